import type { Account } from "./account.js";
import { isVerified, sharesOf } from "./order.js";
import type { SourceState } from "./source.js";
import type { Change, Scan } from "./upstream.js";

/**
 * How many head polls may come between two full scans. Full scans, of `pages` requests each, are there for the changes
 * below the head, head polls, of one, for those inside: by the square-root law their rates relate as the roots of the
 * shares over the costs.
 */
function headsBetween(state: Pick<SourceState, "pages" | "order">): number {
  const { order, pages } = state;
  if (!isVerified(order) || pages < 2) return 0;
  const { inside, below } = sharesOf(order);
  return Math.min(pages, Math.floor(Math.sqrt((pages * inside) / below)));
}

/** Requests that a poll of a source takes in the mean: fewer than a full scan where most polls read the head only. */
export function expectedRequests(state: Pick<SourceState, "pages" | "order">): number {
  const heads = headsBetween(state);
  return (heads + state.pages) / (heads + 1);
}

/**
 * Whether a poll at `now` (ms) may read a list's head only. Whatever is missing, unjudged, doubted, unreadable or set
 * aside, and whatever went wrong last, is for a full scan; and one comes at least once in the longest interval.
 */
export function readsHead(account: Pick<Account, "polling">, state: SourceState, now: number): boolean {
  const { status, baselined, contentHash, missing, doubts, unreadable, aside, completeAt } = state;
  const isSettled = status === "active" && baselined && contentHash !== null && missing === 0 && doubts === 0;
  const isPlain = unreadable === 0 && aside.paths.length === 0;
  if (!isSettled || !isPlain || completeAt === null) return false;
  const isRecent = now - Date.parse(completeAt) < account.polling.maxIntervalMinutes * 60_000;
  return isRecent && state.order.heads < headsBetween(state);
}

/**
 * Start of the last good poll that read a whole list, ISO 8601. An earlier release read nothing else, and did not write
 * it down.
 */
export const fullyReadAt = (state: Pick<SourceState, "fullAt" | "lastPolledAt">) =>
  state.fullAt ?? state.lastPolledAt;

/**
 * Since when, at the earliest, a change can have happened that was found by this scan, ISO 8601. What stands before all
 * that was known was not there at the last poll, even if that read the head only. Where an upstream's own time says
 * that it was somewhere, and in all other cases, only what was looked at counts.
 */
export function notBeforeOf(state: SourceState, scan: Pick<Scan, "head">, change: Change): string | null {
  const full = fullyReadAt(state);
  const { head } = scan;
  const { lastPolledAt } = state;
  if (!head || lastPolledAt === null) return full;
  if (change.kind === "created" && head.front.has(change.key)) {
    const { occurredAt } = change.record;
    const isOlder = occurredAt !== null && Date.parse(occurredAt) < Date.parse(lastPolledAt);
    return isOlder ? full : lastPolledAt;
  }
  if (change.kind !== "updated" || !head.seen?.keys.has(change.key)) return full;
  return full !== null && full > head.seen.at ? full : head.seen.at;
}
