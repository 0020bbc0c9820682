import type { Subscription } from "../../domain/subscription.js";
import { subscriptionName } from "../format.js";
import { Action } from "../parts/basics.js";

/** Asks before a subscription is deleted. */
export function DeleteSubscription({ subscription, form }: { subscription: Subscription; form: string }) {
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
