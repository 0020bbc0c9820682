import type { Account } from "./account.js";
import { resourcesFor } from "./catalog.js";
import type { Bounds } from "./forecast.js";
import type { ResourceName } from "./record.js";
import type { SourceState } from "./source.js";
import type { Subscription } from "./subscription.js";
import type { Heard, ReadOutcome } from "./upstream.js";

const longestBackoff = 15 * 60_000;
const offInterval = 6 * 3_600_000;
const openInterval = 5 * 60_000;
/** What fails takes no more than this share of the budget: a resource can fail in thousands of collections at once. */
const failingShare = 1 / 4;

/**
 * The resources that an account polls: those it names, or else collections and whatever some subscription could
 * match. Collections come first, because they say which other sources there are.
 */
export function wantedResources(
  account: Pick<Account, "id" | "resources">,
  subscriptions: readonly Wish[],
): ResourceName[] {
  const asked = account.resources ?? [];
  return [
    ...new Set<ResourceName>(["collections", ...asked, ...subscribedResources(account, subscriptions)]),
  ];
}

type Wish = Pick<Subscription, "account" | "events" | "enabled">;

/** The resources that some subscription could match. */
export function subscribedResources(
  account: Pick<Account, "id">,
  subscriptions: readonly Wish[],
): ResourceName[] {
  const patterns = subscriptions
    .filter((subscription) => subscription.enabled)
    .filter(({ account: only }) => only === null || only === account.id)
    .flatMap(({ events }) => events);
  return resourcesFor([...new Set(patterns)]);
}

/** Pause before a missing record is looked at a second time, ms. */
export function removalPauseMs(account: Pick<Account, "polling">): number {
  return Math.min(account.polling.minIntervalSeconds * 1_000, 5_000);
}

/** The appointment (ms) of a source that has none, since its index decides: the last time that there is. */
const someTime = 8.64e15;

/** When (ms) a source is polled at the latest, and whether not before; if not, its index may have it polled sooner. */
export interface NextPoll {
  readonly at: number;
  readonly appointed: boolean;
}

/**
 * What comes after a poll that ended now. After a good one the index of the source decides. What must be looked at again
 * is, soon; failures double their wait up to 15 minutes, or as long as it takes for all that fail to be tried again with
 * a quarter of the budget, but never wait longer than the longest interval. `failing`: how many others fail.
 */
export function nextPoll(
  account: Pick<Account, "polling">,
  source: Pick<
    SourceState,
    | "failures"
    | "missing"
    | "doubted"
    | "doubts"
    | "baselined"
    | "lastPolledAt"
    | "completeAt"
    | "contentHash"
  >,
  outcome: ReadOutcome["kind"],
  now: number,
  failing: () => number,
): NextPoll {
  const interval = account.polling.minIntervalSeconds * 1_000;
  const longest = account.polling.maxIntervalMinutes * 60_000;
  const appointment = (at: number): NextPoll => ({ at, appointed: true });
  if (outcome === "scan") {
    // A list that does not hold still judges no absence: looking again at once would go on without end.
    const judged = source.completeAt === source.lastPolledAt;
    // What waits for another list to speak for the upstream gains nothing by haste.
    const looksAgain = source.missing > source.doubted && judged;
    if (looksAgain || source.doubts > 0 || !source.baselined)
      return appointment(now + removalPauseMs(account));
    // Records that are missing, or could not be judged, wait for another good reading, of this list or of another.
    const isOpen = source.missing > 0 || source.contentHash === null;
    const at = isOpen ? now + Math.min(longest, Math.max(interval, openInterval)) : someTime;
    return { at, appointed: false };
  }
  const roundMs = (failing() * 60_000) / (account.polling.requestsPerMinute * failingShare);
  if (outcome === "forbidden" || outcome === "gone")
    return appointment(now + Math.min(Math.max(offInterval, roundMs), longest));
  const doubled = interval * 2 ** Math.min(source.failures, 20);
  const backoff = Math.max(roundMs, Math.min(doubled, longestBackoff));
  return appointment(now + Math.max(interval, Math.min(backoff, longest)));
}

/** How long the whole account rests after trouble that is not one source's own, ms; null for no rest. */
export function accountRestMs(
  outcome: ReadOutcome | Pick<Heard, "kind" | "afterMs">,
  failures: number,
): number | null {
  if (outcome.kind !== "rate_limited" && outcome.kind !== "transient") return null;
  if (typeof outcome.afterMs === "number") return Math.min(Math.max(outcome.afterMs, 1_000), 3_600_000);
  if (outcome.kind === "transient") return null;
  return Math.min(30_000 * 2 ** Math.min(failures, 6), longestBackoff);
}

/** How long a source waits at least, and at most (ms), and how many requests there are. */
export function boundsOf({ polling }: Pick<Account, "polling">): Bounds {
  return {
    requestsPerMinute: polling.requestsPerMinute,
    shortestMs: polling.minIntervalSeconds * 1_000,
    longestMs: polling.maxIntervalMinutes * 60_000,
  };
}

/** How much it matters to find a change of a resource soon: less if nobody waits for it. */
export function weightOf(resource: ResourceName, subscribed: ReadonlySet<ResourceName>): number {
  return subscribed.has(resource) ? 1 : 1 / 4;
}
