import type { Delivery } from "../../domain/delivery.js";
import type { MailboxState } from "../../domain/mailbox.js";
import type { Subscription } from "../../domain/subscription.js";
import { subscriptionName, title } from "../format.js";
import { State, Time, type Tone } from "./basics.js";

/** A subscription with its newest delivery and what its mailbox is doing. */
export interface SubscriptionView {
  readonly subscription: Subscription;
  readonly latest: Delivery | null;
  readonly mailbox: MailboxState;
}

/** Whether a subscription works, in a word or two. */
export function subscriptionState({ subscription, latest, mailbox }: SubscriptionView): {
  readonly tone: Tone;
  readonly text: string;
} {
  if (subscription.disabledReason !== null) return { tone: "bad", text: "Switched off" };
  if (!subscription.enabled) return { tone: "idle", text: "Off" };
  if (mailbox.status === "paused") return { tone: "warn", text: "Paused" };
  if (mailbox.status === "resting") return { tone: "warn", text: "Resting" };
  const failing =
    mailbox.failures > 0 || latest?.status === "failed" || latest?.attempts.at(-1)?.outcome === "retry";
  if (failing) return { tone: "warn", text: "Failing" };
  return { tone: "good", text: "On" };
}

/** Why a subscription does not work, or did not lately; null while nothing is wrong. */
function subscriptionReason({ subscription, latest, mailbox }: SubscriptionView): string | null {
  if (subscription.disabledReason !== null) return subscription.disabledReason;
  if (!subscription.enabled || mailbox.status === "paused") return null;
  if (mailbox.restReason === "asked") return "The receiver asked for a pause.";
  const attempt = latest?.attempts.at(-1);
  if (!attempt || attempt.outcome === "delivered") return null;
  const why =
    attempt.error ?? (attempt.status === undefined ? "" : `the receiver answered ${attempt.status}`);
  return why === "" ? null : `${why.charAt(0).toUpperCase()}${why.slice(1)}`;
}

/** One subscription in a list. */
export function SubscriptionRow({ row, now }: { row: SubscriptionView; now: Date }) {
  const { subscription, latest } = row;
  const state = subscriptionState(row);
  const reason = subscriptionReason(row);
  const at = latest?.attempts.at(-1)?.at ?? null;
  return (
    <li>
      <a href={`/subscriptions/${subscription.id}`} id={`row-${subscription.id}`} class="line">
        <span class="what">
          <span class="sentence">{subscriptionName(subscription)}</span>
          <span class="meta">
            {title(subscription.channel.type)} ·{" "}
            {subscription.events.includes("*") ? "every event" : subscription.events.join(", ")}
          </span>
          {reason === null ? null : <span class="reason">{reason}</span>}
        </span>
        <span class="when">
          <State tone={state.tone}>{state.text}</State>
          {at === null ? null : <Time iso={at} now={now} />}
        </span>
      </a>
    </li>
  );
}
