import type { Subscription } from "../../domain/subscription.js";
import { subscriptionName } from "../format.js";
import { Action, type FormToken } from "../parts/form.js";

/** Asks before a subscription is deleted. */
export function DeleteSubscription(props: { subscription: Subscription; form: FormToken }) {
  const { subscription, form } = props;
  const path = `/subscriptions/${subscription.id}`;
  return (
    <section class="narrow card">
      <h1>Delete this subscription?</h1>
      <p>
        <strong>{subscriptionName(subscription)}</strong> gets nothing any more, and its list of deliveries
        goes too. Events stay.
      </p>
      {subscription.enabled ? <p class="soft">To pause it instead, go back and switch it off.</p> : null}
      <div class="buttons">
        <Action path={`${path}/delete`} form={form} label="Delete it" danger />
        <a href={path}>Keep it</a>
      </div>
    </section>
  );
}
