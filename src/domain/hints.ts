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
  /** Polls of hinted sources, and those of them that found something. */
  readonly followed: number;
  readonly found: number;
}

export const noTrust: Trust = { hits: 0, misses: 0, followed: 0, found: 0 };

/** So many observations of each kind are remembered: a hint that goes stale is given up after about as many. */
const memory = 40;

/** What one poll of a source says of the hint. */
export interface Proof {
  /** Whether the hint said that this source moved. */
  readonly hinted: boolean;
  readonly changed: boolean;
  /** Of the time since the source's last poll, the share that the hint had been read after. */
  readonly covered: number;
}

/**
 * What is known of a hint after a poll. A change that was not hinted at counts as missed only as far as the hint could
 * have known of it: when it happened is unknown, so by the share of the time that the hint covered.
 */
export function judgeHint(before: Trust, { hinted, changed, covered }: Proof): Trust {
  const hit = hinted && changed ? 1 : 0;
  const missed = !hinted && changed ? Math.min(1, Math.max(0, covered)) : 0;
  const fade = 1 - (hit + missed) / memory;
  const fadeFollowed = hinted ? 1 - 1 / memory : 1;
  return {
    hits: before.hits * fade + hit,
    misses: before.misses * fade + missed,
    followed: before.followed * fadeFollowed + (hinted ? 1 : 0),
    found: before.found * fadeFollowed + hit,
  };
}

/** The share of changes that the hint tells of, guarded: 0 before anything is known, and never quite 1. */
export function recallOf({ hits, misses }: Trust): number {
  return Math.min(0.95, hits / (hits + misses + 2));
}

/** The share of hints that are followed by a change; a half before anything is known. */
export function precisionOf({ followed, found }: Trust): number {
  return (found + 1) / (followed + 2);
}
