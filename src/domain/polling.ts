import type { Account } from "./account.js";
import { resourcesFor } from "./catalog.js";
import type { ResourceName } from "./record.js";
import type { SourceState } from "./source.js";
import type { Subscription } from "./subscription.js";
import type { ReadOutcome } from "./upstream.js";

const longestBackoff = 15 * 60_000;
const offInterval = 6 * 3_600_000;

/**
 * The resources that an account polls: those it names, or else collections and whatever some subscription could
 * match. Collections come first, because they say which other sources there are.
 */
export function wantedResources(
  account: Pick<Account, "id" | "resources">,
  subscriptions: readonly Pick<Subscription, "account" | "events" | "enabled">[],
): ResourceName[] {
  const patterns = subscriptions
    .filter((subscription) => subscription.enabled)
    .filter(({ account: only }) => only === null || only === account.id)
    .flatMap(({ events }) => events);
  const asked = account.resources ?? [];
  return [...new Set<ResourceName>(["collections", ...asked, ...resourcesFor([...new Set(patterns)])])];
}

/** Pause before a missing record is looked at a second time, ms. */
export function removalPauseMs(account: Pick<Account, "polling">): number {
  return Math.min(account.polling.minIntervalSeconds * 1_000, 5_000);
}

/**
 * When a source is polled next (ms), given how the poll went that ended now. Good polls come back after the
 * smallest interval; the budget stretches it. Failures double their wait up to 15 minutes. Never later
 * than the longest interval.
 */
export function nextPollAt(
  account: Pick<Account, "polling">,
  source: Pick<
    SourceState,
    "failures" | "missing" | "doubted" | "doubts" | "baselined" | "lastPolledAt" | "completeAt"
  >,
  outcome: ReadOutcome["kind"],
  now: number,
): number {
  const interval = account.polling.minIntervalSeconds * 1_000;
  const longest = account.polling.maxIntervalMinutes * 60_000;
  if (outcome === "forbidden" || outcome === "gone") return now + Math.min(offInterval, longest);
  if (outcome === "scan") {
    // A list that does not hold still judges no absence: looking again at once would go on without end.
    const judged = source.completeAt === source.lastPolledAt;
    // What waits for another list to speak for the upstream gains nothing by haste.
    const looksAgain = source.missing > source.doubted && judged;
    if (looksAgain || source.doubts > 0 || !source.baselined) return now + removalPauseMs(account);
    return now + interval;
  }
  const doubled = interval * 2 ** Math.min(source.failures, 20);
  return now + Math.max(interval, Math.min(doubled, longestBackoff, longest));
}

/** How long the whole account rests after trouble that is not one source's own, ms; null for no rest. */
export function accountRestMs(outcome: ReadOutcome, failures: number): number | null {
  if (outcome.kind !== "rate_limited" && outcome.kind !== "transient") return null;
  if (outcome.afterMs !== null) return Math.min(Math.max(outcome.afterMs, 1_000), 3_600_000);
  if (outcome.kind === "transient") return null;
  return Math.min(30_000 * 2 ** Math.min(failures, 6), longestBackoff);
}

/** Seconds between a change and its detection that a source's user can expect: half of the time between polls. */
export function expectedDelaySeconds(
  account: Pick<Account, "polling">,
  sources: readonly Pick<SourceState, "pages" | "status">[],
): number {
  const requests = sources
    .filter(({ status }) => status !== "off")
    .reduce((sum, { pages }) => sum + pages, 0);
  const cycle = (requests / account.polling.requestsPerMinute) * 60;
  return Math.round(Math.max(account.polling.minIntervalSeconds, cycle) * 5) / 10;
}
