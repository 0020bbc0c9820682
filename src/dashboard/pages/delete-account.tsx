import type { Subscription } from "../../domain/subscription.js";
import type { AccountView } from "../../services/accounts.js";
import { count, subscriptionName } from "../format.js";
import { wrong } from "../parts/fields.js";
import { Form, type FormToken } from "../parts/form.js";

/** Subscriptions that are named; others are counted. */
const named = 10;

/** Asks before an account is deleted, and says what goes with it. */
export function DeleteAccount(props: {
  account: AccountView;
  /** Those that tell of this account alone. */
  subscriptions: readonly Subscription[];
  /** The form was sent without the tick. */
  isUnsure: boolean;
  form: FormToken;
}) {
  const { account, subscriptions, isUnsure, form } = props;
  const path = `/accounts/${account.id}`;
  const problem = isUnsure ? "Tick this first: it cannot be undone." : undefined;
  const more = subscriptions.length - named;
  return (
    <section class="narrow card" data-address={isUnsure ? `${path}/delete` : undefined}>
      <h1>Delete {account.name}?</h1>
      <p>pixiehook stops watching it and forgets all that it knows of it. Nothing changes at Pixieset.</p>
      <p>What goes:</p>
      <ul class="goes">
        <li>every event that was found in it, with what was sent of them</li>
        <li>its session, and the password if one is stored</li>
        {subscriptions.length === 0 ? null : (
          <li>
            {count(subscriptions.length, "subscription")} of this account alone:{" "}
            {subscriptions.slice(0, named).map(subscriptionName).join(", ")}
            {more > 0 ? ` and ${more.toLocaleString("en-GB")} more` : ""}
          </li>
        )}
      </ul>
      <Form form={form} action={`${path}/delete`} class="sure" novalidate>
        {problem === undefined ? null : (
          <p class="problem" id="sure-problem" role="alert">
            {problem}
          </p>
        )}
        <label class="tick">
          <input type="checkbox" id="sure" name="sure" value="yes" {...wrong("sure", problem)} />
          <span class="label">I know that this cannot be undone</span>
        </label>
        <div class="buttons">
          <button type="submit" class="danger">
            Delete it
          </button>
          <a href={path}>Keep it</a>
        </div>
      </Form>
    </section>
  );
}
