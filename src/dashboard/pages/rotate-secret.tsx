import type { Subscription } from "../../domain/subscription.js";
import { absolute, subscriptionName } from "../format.js";
import { PageHead } from "../parts/basics.js";
import { Tick } from "../parts/fields.js";
import { Form, type FormToken } from "../parts/form.js";

/** How long the former secret signs too, in seconds; the first is what most want. */
export const graces: readonly (readonly [seconds: number, label: string, help: string])[] = [
  [86_400, "24 hours", "Time to give the new one to your program without haste."],
  [3_600, "1 hour", "For programs that take it at once."],
  [604_800, "7 days", "For programs that others look after."],
  [0, "Not at all", "The former one may be known to somebody: only the new one signs from now on."],
];

const nameOf = ({ channel }: Subscription) =>
  channel.type === "webhook" && channel.asymmetric ? "key" : "secret";

/** Asks before the signing secret changes. */
export function RotateSecret(props: { subscription: Subscription; problem?: string; form: FormToken }) {
  const { subscription, problem, form } = props;
  const path = `/subscriptions/${subscription.id}`;
  const name = nameOf(subscription);
  return (
    <section class="narrow card rotate">
      <h1>Change the signing {name}?</h1>
      <p>
        <strong>{subscriptionName(subscription)}</strong> gets a new {name}. Give it to the program that
        receives the webhook, or that will refuse what it gets.
      </p>
      <Form form={form} action={`${path}/rotate`}>
        <fieldset aria-describedby={problem ? "grace-problem" : undefined}>
          <legend>How long does the former one sign too?</legend>
          {problem ? (
            <p class="problem" id="grace-problem">
              {problem}
            </p>
          ) : null}
          {graces.map(([seconds, label, help], index) => (
            <Tick
              type="radio"
              name="grace"
              value={String(seconds)}
              checked={index === 0}
              label={label}
              help={help}
            />
          ))}
        </fieldset>
        <div class="buttons after">
          <button type="submit">Change it</button>
          <a href={path}>Keep it</a>
        </div>
      </Form>
    </section>
  );
}

/** The new secret, or the new public key: a secret is shown this once. */
export function RotatedSecret(props: {
  subscription: Subscription;
  secret: string;
  /** Until when the former one signs too; null when it does not any more. */
  until: string | null;
  form: FormToken;
}) {
  const { subscription, secret, until, form } = props;
  const path = `/subscriptions/${subscription.id}`;
  const key = nameOf(subscription) === "key" ? subscription.publicKey : null;
  const name = nameOf(subscription);
  return (
    <div data-address={path}>
      <PageHead
        title={`The signing ${name} is new`}
        lead={
          until === null
            ? `The former one does not sign any more.`
            : `The former one signs too until ${absolute(until)}, so nothing is refused meanwhile.`
        }
      />
      <section class="card form">
        <div class="row">
          <h2>{key === null ? "Keep the new secret" : "Use the new public key"}</h2>
          <button type="button" class="quiet more" data-copy="secret" hidden>
            Copy
          </button>
        </div>
        <p class="soft">
          {key === null
            ? "It is shown only now. Put it where your program had the former one."
            : "Put it where your program had the former one. It is no secret, and stays on the page of the subscription."}
        </p>
        <p class="secret">
          <code id="secret">{key ?? secret}</code>
        </p>
      </section>
      <section class="card form">
        <h2>See it work</h2>
        <p class="soft">When your program has it, send a test: it is signed with the new {name}.</p>
        <div class="buttons after">
          <Form form={form} action={`${path}/test`} target="_blank" rel="noopener">
            <button type="submit">Send a test</button>
          </Form>
          <a href={path}>Go to the subscription</a>
        </div>
      </section>
    </div>
  );
}
