/**
 * What was learned of how often something happens in a source. Kept with the source, so that it survives restarts.
 * What is counted are visits: a client acts several times in a row, and that says as much as one act of how soon
 * somebody comes again. Older visits count less and less.
 */
export interface Activity {
  /** How many visits were seen. */
  readonly visits: number;
  /** How many the prior expected in the same time. */
  readonly expected: number;
  /** How many visits were seen lately: forgotten sooner. */
  readonly lately: number;
  /** Up to when (ms since 1970) all three count. */
  readonly at: number;
  /** When (ms) something last happened, as far as it is known; null when nothing is. */
  readonly actedAt: number | null;
}

const dayMs = 86_400_000;

/** Visits lose weight by e in so long, ms. */
const memoryMs = 14 * dayMs;
const latelyMs = 3 * dayMs;

/** Acts that are closer than this belong to one visit, ms. */
const visitGapMs = 30 * 60_000;

/** So many expected visits are as much evidence as the prior itself. */
const priorWeight = 1;

/** Further visits within some days that one visit is a sign of, whatever the age. */
const echo = 0.5;

/** What is expected of a source of an age (ms; null for a list that has none) before it is known: visits a millisecond. */
export type Prior = (ageMs: number | null) => number;

/**
 * Clients look at a gallery when it is new. The prior falls with a power of the age, which fits fading of any speed
 * better than any one speed would. A list without an age is that of all invoices, or the like.
 */
export const priorRate: Prior = (ageMs) => {
  if (ageMs === null) return 0.5 / dayMs;
  const days = Math.max(0, ageMs) / dayMs;
  return (1 / (1 + days / 7) ** 2 + 0.0005) / dayMs;
};

/** How old a thing is (ms); null when nobody knows. What is still to come is as new as can be. */
function ageOf(bornAt: number | null, now: number): number | null {
  return bornAt === null || !Number.isFinite(bornAt) ? null : Math.max(0, now - bornAt);
}

/** What the prior expects from `from` to `to` (ms), with the weight that it has at the end. */
function expectedBetween(from: number, to: number, bornAt: number | null, prior: Prior): number {
  let sum = 0;
  const isAged = ageOf(bornAt, to) !== null;
  const birth = isAged ? (bornAt ?? 0) : from;
  // What is older has been forgotten.
  let at = Math.max(from, to - 8 * memoryMs);
  while (at < to) {
    // The prior falls fastest at first: short steps where the age is small, long ones later.
    const step = isAged ? Math.min(memoryMs / 2, Math.max(dayMs / 2, (at - birth) / 2)) : memoryMs;
    const end = Math.min(to, at + step);
    const rate = prior(ageOf(bornAt, (at + end) / 2));
    sum += rate * memoryMs * (Math.exp((end - to) / memoryMs) - Math.exp((at - to) / memoryMs));
    at = end;
  }
  return sum;
}

/** What a poll saw. */
export interface Observation {
  /** When (ms) the poll began. */
  readonly now: number;
  /** When (ms) the thing itself began: a collection's event or its creation; null when there is no such time. */
  readonly bornAt: number | null;
  /** Whether something changed whose time nobody knows. */
  readonly untimed: boolean;
  /** The times (ms) of what changed, as far as they are known; of a first look, all that the records tell. */
  readonly times: readonly number[];
}

/** Nothing is known of a source before its first poll. */
export function newActivity(since: number): Activity {
  return { visits: 0, expected: 0, lately: 0, at: since, actedAt: null };
}

/** What is known after a poll. Times that lie in the future count as now, and what is no time does not count. */
export function observe(before: Activity, observation: Observation, prior: Prior = priorRate): Activity {
  const { now, bornAt, untimed, times } = observation;
  const at = Math.max(now, before.at);
  const fade = (time: number, memory: number) => Math.exp((Math.min(time, at) - at) / memory);
  let visits = before.visits * fade(before.at, memoryMs);
  let lately = before.lately * fade(before.at, latelyMs);
  let actedAt = before.actedAt;
  const acts = untimed ? [...times, (before.at + at) / 2] : times;
  for (const act of acts.filter(Number.isFinite).sort((a, b) => a - b)) {
    const time = Math.min(act, at);
    if (actedAt === null || Math.abs(time - actedAt) > visitGapMs) {
      visits += fade(time, memoryMs);
      lately += fade(time, latelyMs);
    }
    if (actedAt === null || time > actedAt) actedAt = time;
  }
  return {
    visits,
    expected: before.expected * fade(before.at, memoryMs) + expectedBetween(before.at, at, bornAt, prior),
    lately,
    at,
    actedAt,
  };
}

/** How a group of sources (of one resource and about one age) really does beside the prior: 1 when nothing is known. */
export function calibration(group: readonly Pick<Activity, "visits" | "expected">[]): number {
  const seen = group.reduce((sum, each) => sum + each.visits, 0);
  const expected = group.reduce((sum, each) => sum + each.expected, 0);
  return (seen + priorWeight) / (expected + priorWeight);
}

/**
 * Expected visits a millisecond: the mean of a Gamma posterior over Poisson counts, whose prior falls with the age, and
 * what the latest visits are a sign of. `scale`: what the source's group makes of the prior.
 */
export function visitRate(
  activity: Activity,
  bornAt: number | null,
  now: number,
  scale: number,
  prior: Prior = priorRate,
): number {
  const expected = prior(ageOf(bornAt, now)) * scale;
  const posterior = (expected * (activity.visits + priorWeight)) / (activity.expected * scale + priorWeight);
  // A clock that was set back must not make more of them.
  const lately = activity.lately * Math.exp(Math.min(0, activity.at - now) / latelyMs);
  return posterior + (echo * lately) / latelyMs;
}

/** A client who did something goes on for a while: so long on average, ms. */
export const sessionMs = 5 * 60_000;

/** What is still to come right after an act, as a share of a visit. */
const restOfVisit = 0.5;

/** After so many times the length of a session nobody is there any more. */
const sessionTail = 5;

/** What is still to come at a time (ms) of the visit that was seen last, as a share of a visit: it ends exponentially. */
export function sessionRest({ actedAt }: Activity, at: number): number {
  const idle = actedAt === null ? Infinity : Math.max(0, at - actedAt);
  return idle < sessionTail * sessionMs ? restOfVisit * Math.exp(-idle / sessionMs) : 0;
}
