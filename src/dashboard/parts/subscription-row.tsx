import type { Delivery } from "../../domain/delivery.js";
import type { MailboxState } from "../../domain/mailbox.js";
import type { Subscription } from "../../domain/subscription.js";
import { subscriptionName, title } from "../format.js";
import { mailboxTroubles } from "../mailbox.js";
import { wantedWords } from "../subscription-words.js";
import { State, Time, type Tone } from "./basics.js";

/** A subscription with its newest delivery and what its mailbox is doing. */
export interface SubscriptionView {
  readonly subscription: Subscription;
  readonly latest: Delivery | null;
  readonly mailbox: MailboxState;
}

/** Names of what is wanted that fit into a row; the page of the subscription has all. */
const shownNames = 4;

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

const order: readonly Tone[] = ["bad", "warn", "good", "idle"];

/** What needs somebody first, and what is off last; otherwise as they come. */
export function problemsFirst(rows: readonly SubscriptionView[]): SubscriptionView[] {
  const rank = (row: SubscriptionView) => order.indexOf(subscriptionState(row).tone);
  return [...rows].sort((a, b) => rank(a) - rank(b));
}

/** What is wrong, or was at the last attempt, in a sentence; nothing when all is well. */
function troubleOf({ subscription, latest, mailbox }: SubscriptionView, now: Date): string {
  if (subscription.disabledReason !== null)
    return `pixiehook switched it off: ${subscription.disabledReason}`;
  if (!subscription.enabled) return "";
  const troubles = mailboxTroubles(mailbox, now);
  const attempt = latest?.attempts.at(-1);
  if (troubles.length > 0 || !attempt || attempt.outcome === "delivered") return troubles.join(" ");
  const why =
    attempt.error ?? (attempt.status === undefined ? "" : `the receiver answered ${attempt.status}`);
  return `${why.charAt(0).toUpperCase()}${why.slice(1)}`;
}

/** One subscription in a list. */
export function SubscriptionRow({ row, now }: { row: SubscriptionView; now: Date }) {
  const { subscription, latest } = row;
  const state = subscriptionState(row);
  const at = latest?.attempts.at(-1)?.at ?? null;
  const trouble = troubleOf(row, now);
  return (
    <li>
      <a href={`/subscriptions/${subscription.id}`} id={`row-${subscription.id}`} class="line">
        <span class="what">
          <span class="sentence">{subscriptionName(subscription)}</span>
          <span class="meta">
            {title(subscription.channel.type)} · {wantedWords(subscription.events, shownNames)}
          </span>
          {trouble === "" ? null : <span class={`trouble ${state.tone}`}>{trouble}</span>}
        </span>
        <span class="when">
          <State tone={state.tone}>{state.text}</State>
          {at === null ? null : <Time iso={at} now={now} />}
        </span>
      </a>
    </li>
  );
}
