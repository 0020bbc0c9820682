import type { Subscription } from "../../domain/subscription.js";
import { destination, subscriptionName } from "../format.js";
import { PageHead } from "../parts/basics.js";
import { FirstSteps } from "../parts/first-steps.js";
import { Form, type FormToken } from "../parts/form.js";

/** A new webhook, with the secret that is shown this once. */
export function Subscribed(props: {
  subscription: Subscription;
  secret: string;
  isFirst: boolean;
  form: FormToken;
}) {
  const { subscription, secret, isFirst, form } = props;
  const path = `/subscriptions/${subscription.id}`;
  return (
    <div data-address={path}>
      <PageHead
        title={`${subscriptionName(subscription)} is on`}
        lead={`Events go to ${destination(subscription.channel)} from now on.`}
      />
      {isFirst ? <FirstSteps at="test" /> : null}
      <section class="card form">
        <div class="row">
          <h2>Keep the signing secret</h2>
          <button type="button" class="quiet more" data-copy="secret" hidden>
            Copy
          </button>
        </div>
        <p class="soft">
          It is shown only now. With it your program knows that a request comes from pixiehook and was not
          changed.
        </p>
        <p class="secret">
          <code id="secret">{secret}</code>
        </p>
        <p class="meta">
          Any <a href="https://www.standardwebhooks.com">Standard Webhooks</a> library checks signatures with
          it. Should it get lost, <a href="/docs#rotateSecret">the API</a> gives you a new one.
        </p>
      </section>
      <section class="card form">
        <h2>See it work</h2>
        <p class="soft">A sample event goes out at once. What came of it opens in a new tab.</p>
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
