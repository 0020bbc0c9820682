import type { Level } from "./finding.js";
import { disablesAt, placesOf, type ReceiverState, receiverOf, restsUntil } from "./receiver.js";
import type { Subscription } from "./subscription.js";

/** What a mailbox is doing. The first that holds: switched off, paused, at rest, and then by what waits in it. */
export const mailboxStatuses = ["disabled", "paused", "resting", "sending", "waiting", "idle"] as const;
export type MailboxStatus = (typeof mailboxStatuses)[number];

/** A mailbox as it is shown. */
export interface MailboxState {
  readonly status: MailboxStatus;
  /** Deliveries that are not done yet, and those among them that are due. */
  readonly waiting: number;
  readonly due: number;
  /** While it rests: until when, and whether its failures or the receiver's own wish is the reason. */
  readonly restsUntil: string | null;
  readonly restReason: "failures" | "asked" | null;
  /** Attempts in a row that found nobody who works. */
  readonly failures: number;
  /** The first failed attempt since the last that succeeded; null while none failed. */
  readonly failingSince: string | null;
  /** When it is switched off if attempts go on to fail; null while none failed, or nothing is sent to it. */
  readonly disablesAt: string | null;
  /** How many may be under way at once: fewer than the subscription allows while its receiver recovers. */
  readonly concurrency: number;
}

/** What a mailbox is doing at this time (ms). What is known of the receiver counts only if it is about this channel. */
export function mailboxState(
  subscription: Pick<Subscription, "channel" | "enabled" | "paused" | "limits">,
  { waiting, due }: { readonly waiting: number; readonly due: number },
  known: ReceiverState | null,
  now: number,
): MailboxState {
  const { channel, enabled, paused, limits } = subscription;
  const receiver = receiverOf(known, channel);
  const rest = restsUntil(receiver);
  const isOff = !enabled || paused;
  const rests = !isOff && rest > now;
  const awake = due > 0 ? "sending" : waiting > 0 ? "waiting" : "idle";
  const restReason = receiver.heldUntil === rest ? "asked" : "failures";
  return {
    status: !enabled ? "disabled" : paused ? "paused" : rests ? "resting" : awake,
    waiting,
    due,
    restsUntil: rests ? iso(rest) : null,
    restReason: rests ? restReason : null,
    failures: receiver.failures,
    failingSince: iso(receiver.failingSince),
    disablesAt: isOff ? null : iso(disablesAt(receiver, now)),
    // Whatever it was before: it starts with one.
    concurrency: isOff ? 1 : placesOf(receiver, limits.concurrency),
  };
}

/** One failed attempt is no news yet: after so long (ms) of nothing but failures, people hear of it. */
const newsAfterMs = 600_000;

/** How long (ms) it has had nothing but failures; null while it has not, or too briefly to say so. */
export function failingFor(
  { status, failingSince }: Pick<MailboxState, "status" | "failingSince">,
  now: number,
): number | null {
  const lasts = failingSince === null ? 0 : now - Date.parse(failingSince);
  return status === "disabled" || status === "paused" || lasts < newsAfterMs ? null : lasts;
}

/** Whether somebody has to look after the receiver, or should know of it: the one judgement that all places share. */
export function mailboxLevel(
  mailbox: Pick<MailboxState, "status" | "restReason" | "failingSince">,
  now: number,
): Level {
  const { status, restReason } = mailbox;
  if (status === "disabled") return "good";
  if (status === "paused") return "notice";
  if (restReason === "failures" || failingFor(mailbox, now) !== null) return "problem";
  return status === "resting" ? "notice" : "good";
}

function iso(ms: number): string;
function iso(ms: number | null): string | null;
function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
