import type { ResourceName } from "./record.js";

/**
 * A list whose rows change when something happens in other lists is a hint: reading it tells which of those to look
 * at. `from` is read, `to` may have moved. Nothing is ever stated from a hint, it only says where to look first.
 */
export interface Hint {
  readonly from: ResourceName;
  readonly to: readonly ResourceName[];
}

export const hints: readonly Hint[] = [
  {
    from: "collections",
    to: ["downloads", "photo_downloads", "video_downloads", "favorites", "sharing_links"],
  },
  { from: "payments", to: ["invoices"] },
];

const hinting = new Map(hints.flatMap(({ from, to }) => to.map((resource) => [resource, from] as const)));

/** The list that hints at changes of a resource; null when none does. */
export function hintedBy(resource: ResourceName): ResourceName | null {
  return hinting.get(resource) ?? null;
}

/** How good a hint has proved for the sources of one resource. Older observations count less. */
export interface Trust {
  /** Changes that were hinted at before they were found. */
  readonly hits: number;
  /** Changes that were not, though the hint had been read meanwhile. */
  readonly misses: number;
  /** Polls of hinted sources, those of them that found something, and how many would have without any hint. */
  readonly followed: number;
  readonly found: number;
  readonly expected: number;
}

export const noTrust: Trust = { hits: 0, misses: 0, followed: 0, found: 0, expected: 0 };

/** So many changes are remembered, and so many followed hints: one that goes stale is given up after a few times as many. */
const memory = 40;
const memoryFollowed = 60;

/** What one poll of a source says of the hint. */
export interface Proof {
  /** Whether the hint said that this source moved. */
  readonly hinted: boolean;
  readonly changed: boolean;
  /** Of the time since the source's last poll, the share that the hint had been read after. */
  readonly covered: number;
  /** How many visits were to be expected in that time, hint or not; none where that is not known. */
  readonly expected?: number;
}

/**
 * What is known of a hint after a poll. A change that was not hinted at counts as missed only as far as the hint could
 * have known of it. When it happened is unknown: in the time that the hint covered and missed by it, or after that.
 */
export function judgeHint(before: Trust, { hinted, changed, covered, expected = 0 }: Proof): Trust {
  const hit = hinted && changed ? 1 : 0;
  const known = Math.min(1, Math.max(0, covered));
  const unseen = known * (1 - recallOf(before));
  const missed = !hinted && changed ? unseen / (unseen + 1 - known) : 0;
  const fade = 1 - (hit + missed) / memory;
  const fadeFollowed = hinted ? 1 - 1 / memoryFollowed : 1;
  return {
    hits: before.hits * fade + hit,
    misses: before.misses * fade + missed,
    followed: before.followed * fadeFollowed + (hinted ? 1 : 0),
    found: before.found * fadeFollowed + hit,
    expected: before.expected * fadeFollowed + (hinted ? 1 - Math.exp(-Math.max(0, expected)) : 0),
  };
}

/** The share of changes that the hint tells of, guarded: 0 before anything is known, and never quite 1. */
export function recallOf({ hits, misses }: Trust): number {
  return Math.min(0.95, hits / (hits + misses + 2));
}

/**
 * What is taken for granted before anything is known, in polls: a hint then makes a change a hundred times likelier. It
 * counts less the more hints were followed, and in the end not at all.
 */
const granted = 0.1;
const grantedExpected = granted / 100;

const odds = (polls: number, { followed }: Trust, more: number) =>
  (polls + more) / (Math.max(0, followed - polls) + granted);

/**
 * How many times the odds of a change are what they were, once a source is hinted at. A hint that comes for everything
 * finds what would have been found anyway: it comes to about 1, and is worth no attention.
 */
export function liftOf(trust: Trust): number {
  const left = granted * Math.max(0, 1 - trust.followed / memoryFollowed);
  return odds(trust.found, trust, left) / odds(trust.expected, trust, grantedExpected);
}

/**
 * The share of changes that a hint tells of and chance would not: its recall, less the share that it would name if it
 * named sources at random. Guarded by a standard deviation, since a few finds may be luck.
 */
export function worthOf(trust: Trust): number {
  const certain = Math.max(0, trust.found - Math.sqrt(trust.found));
  const lift = odds(certain, trust, granted) / odds(trust.expected, trust, granted);
  return recallOf(trust) * Math.max(0, 1 - 1 / lift);
}
