import type { Delivery } from "../../domain/delivery.js";
import type { Subscription } from "../../domain/subscription.js";
import { subscriptionName, title } from "../format.js";
import { State, Time, type Tone } from "./basics.js";

/** Whether a subscription works, in a word or two. */
export function subscriptionState(
  subscription: Subscription,
  latest: Delivery | null,
): { readonly tone: Tone; readonly text: string } {
  if (subscription.disabledReason !== null) return { tone: "bad", text: "Switched off" };
  if (!subscription.enabled) return { tone: "idle", text: "Off" };
  const failing = latest?.status === "failed" || latest?.attempts.at(-1)?.outcome === "retry";
  if (failing) return { tone: "warn", text: "Failing" };
  return { tone: "good", text: "On" };
}

/** One subscription in a list. */
export function SubscriptionRow(props: { subscription: Subscription; latest: Delivery | null; now: Date }) {
  const { subscription, latest, now } = props;
  const state = subscriptionState(subscription, latest);
  const at = latest?.attempts.at(-1)?.at ?? null;
  return (
    <li>
      <a href={`/subscriptions/${subscription.id}`} class="line">
        <span class="what">
          <span class="sentence">{subscriptionName(subscription)}</span>
          <span class="meta">
            {title(subscription.channel.type)} ·{" "}
            {subscription.events.includes("*") ? "every event" : subscription.events.join(", ")}
          </span>
        </span>
        <span class="when">
          <State tone={state.tone}>{state.text}</State>
          {at === null ? null : <Time iso={at} now={now} />}
        </span>
      </a>
    </li>
  );
}
