import type { Attempt } from "../../domain/delivery.js";
import type { Subscription } from "../../domain/subscription.js";
import { destination, subscriptionName, took } from "../format.js";
import { PageHead } from "../parts/basics.js";
import { Form, type FormToken } from "../parts/form.js";
import { Steps } from "../parts/steps.js";

function CopyButton({ of }: { of: string }) {
  return (
    <button type="button" class="quiet more" data-copy={of} hidden>
      Copy
    </button>
  );
}

const check = `import { Webhook } from "standardwebhooks";

const hook = new Webhook(process.env.PIXIEHOOK_SECRET);
// The body as it came, before anything reads it as JSON
const event = hook.verify(body, request.headers);`;

/** How receivers tell that a request is ours. */
function SigningSecret({ secret }: { secret: string }) {
  return (
    <section class="card form">
      <div class="row">
        <h2>Keep the signing secret</h2>
        <CopyButton of="secret" />
      </div>
      <p class="soft">
        It is shown only now. With it your program knows that a request comes from pixiehook and was not
        changed.
      </p>
      <p class="secret">
        <code id="secret">{secret}</code>
      </p>
      <div class="row">
        <h3>How to check it</h3>
        <CopyButton of="check" />
      </div>
      <pre class="code" id="check">
        {check}
      </pre>
      <p class="meta">
        Any <a href="https://www.standardwebhooks.com">Standard Webhooks</a> library does it, in any language.
        Should the secret get lost, <a href="/docs#rotateSecret">the API</a> gives you a new one.
      </p>
    </section>
  );
}

function PublicKey({ publicKey }: { publicKey: string }) {
  return (
    <section class="card form">
      <div class="row">
        <h2>Check with the public key</h2>
        <CopyButton of="public-key" />
      </div>
      <p class="soft">
        With it your program knows that a request comes from pixiehook and was not changed. It is no secret.
      </p>
      <p class="secret">
        <code id="public-key">{publicKey}</code>
      </p>
      <p class="meta">
        The header <code>webhook-signature</code> holds <code>v1a,</code> and an ed25519 signature in base64,
        made over <code>webhook-id</code>, <code>webhook-timestamp</code> and the body as it came, with dots
        between them.
      </p>
    </section>
  );
}

/** What came of a test. Scripts put it on the page that asked for it. */
function Tried({ attempt }: { attempt: Attempt | null }) {
  const good = attempt?.outcome === "delivered";
  return (
    <div id="tried" aria-live="polite">
      {attempt === null ? null : (
        <p class={`notice ${good ? "good" : "bad"}`}>
          {good
            ? `The test arrived, in ${took(attempt.durationMs)}.`
            : `The test did not arrive${attempt.error ? `: ${attempt.error}` : ""}.`}
        </p>
      )}
    </div>
  );
}

const looks = {
  webhook: "A sample event goes out at once, and what came of it is shown here.",
  slack: "A sample message goes out at once: look into your channel.",
  email: "A sample mail goes out at once: look into your mailbox, and among the junk too.",
} as const;

/** A new subscription: what to keep of it, and a test. */
export function Subscribed(props: {
  subscription: Subscription;
  /** Shown this once; null where nobody checks signatures, and ever after. */
  secret: string | null;
  /** What came of a test, if there was one. */
  attempt: Attempt | null;
  isFirst: boolean;
  form: FormToken;
}) {
  const { subscription, secret, attempt, isFirst, form } = props;
  const { channel, publicKey } = subscription;
  const path = `/subscriptions/${subscription.id}`;
  const isArrived = attempt?.outcome === "delivered";
  // Without scripts the secret would be gone with the page: the answer opens beside it.
  const beside = secret === null ? {} : { target: "_blank", rel: "noopener" };
  return (
    <div data-address={isFirst ? `${path}/subscribed?first=1` : `${path}/subscribed`}>
      {isFirst ? <Steps current={3} /> : null}
      <PageHead
        title={`${subscriptionName(subscription)} is on`}
        lead={`Events go to ${destination(channel)} from now on.`}
      />
      {secret === null || publicKey !== null ? null : <SigningSecret secret={secret} />}
      {publicKey === null ? null : <PublicKey publicKey={publicKey} />}
      <section class="card form">
        <h2>Send a test to see it arrive</h2>
        <p class="soft">{looks[channel.type]}</p>
        <Tried attempt={attempt} />
        <div class="buttons after">
          <Form form={form} action={`${path}/subscribed`} id="try" {...beside}>
            {isFirst ? <input type="hidden" name="first" value="1" /> : null}
            <button type="submit" class={isArrived ? "quiet" : undefined}>
              {attempt === null ? "Send a test" : "Send another"}
            </button>
          </Form>
          <a href={path}>Go to the subscription</a>
          {isFirst ? <a href="/">Go to the home page</a> : null}
        </div>
      </section>
    </div>
  );
}
