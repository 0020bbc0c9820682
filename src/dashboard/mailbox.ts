import { failingFor, type MailboxState, mailboxLevel } from "../domain/mailbox.js";
import type { Subscription } from "../domain/subscription.js";
import { absolute, count, span } from "./format.js";

/** Whether somebody has to look after its receiver. */
export function isUrgent(mailbox: MailboxState, now: Date): boolean {
  return mailboxLevel(mailbox, now.getTime()) === "problem";
}

/** `14:05:30 UTC`, with its date where that is another day. */
function clock(iso: string, now: Date): string {
  const today = iso.slice(0, 10) === now.toISOString().slice(0, 10);
  return today ? `${iso.slice(11, 19)} UTC` : absolute(iso);
}

function waits(number: number): string {
  if (number === 0) return "nothing waits";
  return `${number.toLocaleString("en-GB")} ${number === 1 ? "delivery waits" : "deliveries wait"}`;
}

/** What keeps deliveries from being sent, in sentences for people. Empty while nothing does. */
export function mailboxTroubles(mailbox: MailboxState, now: Date): string[] {
  const { status, waiting, restsUntil, restReason, failures, disablesAt } = mailbox;
  if (status === "disabled") return waiting === 0 ? [] : [`Off: ${waits(waiting)}.`];
  if (status === "paused") return [`Paused: ${waits(waiting)}.`];
  const sentences: string[] = [];
  if (restsUntil !== null) {
    const until = `Resting until ${clock(restsUntil, now)}`;
    const why =
      restReason === "asked"
        ? "the receiver asked for a pause."
        : `the receiver failed ${count(failures, "time")} in a row. One delivery is tried then.`;
    sentences.push(`${until}: ${why}`);
  }
  const lasts = failingFor(mailbox, now.getTime());
  if (lasts !== null) {
    const end = disablesAt === null ? "" : `; will be switched off on ${absolute(disablesAt)} if it goes on`;
    sentences.push(`Failing for ${span(lasts / 1_000)}${end}.`);
  }
  if (sentences.length > 0 && waiting > 0) sentences.push(`${waits(waiting)}.`);
  return sentences;
}

/** What is in it: `34 deliveries wait, 30 of them due; at most 2 are sent at once`. */
export function mailboxContent(mailbox: MailboxState, { limits }: Pick<Subscription, "limits">): string {
  const { status, waiting, due, concurrency } = mailbox;
  const ready = due === waiting ? "due now" : `${due.toLocaleString("en-GB")} of them due`;
  const content = due === 0 ? waits(waiting) : `${waits(waiting)}, ${ready}`;
  const isSlow = concurrency < limits.concurrency && (status === "sending" || status === "waiting");
  const slowly = isSlow ? `; ${concurrency} at once while the receiver recovers` : "";
  return `${content.charAt(0).toUpperCase()}${content.slice(1)}${slowly}`;
}
