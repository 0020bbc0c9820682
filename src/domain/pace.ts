import type { Heard, ToldLimit } from "./upstream.js";

/**
 * How fast an account asks, as a share of its own budget. Halved when the upstream has enough of us, back by the same
 * amount each second: the rule by which many senders share a line fairly without knowing of each other (Chiu and Jain,
 * 1989). Times are milliseconds by one clock, Redis's.
 */
export interface Pace {
  /** In (0, 1]: what it was at `at`. */
  readonly factor: number;
  /** From when on it comes back. */
  readonly at: number;
  /** When it was last taken down. */
  readonly slowedAt: number;
}

/** The share is never less. */
export const slowestPace = 1 / 16;
/** From nothing to the whole budget; so from the slowest pace in half an hour. */
export const recoveryMs = 32 * 60_000;
/** So long after a step there is no other: refusals that come together are one. */
export const coolDownMs = 10_000;
/** So many troubles in a row, whatever the source, are the upstream's and not a list's. */
const mostTroubles = 3;
/** Shortest time between two requests, and after an answer that came sooner, unless the budget is so large that it must be shorter. */
export const courteousGapMs = 250;
/** No gap, and nothing that the upstream says, stops an account for longer at once. */
export const longestStopMs = 3_600_000;

/** The share at a time; null: never slowed down. `lua/pace-at.lua` is the same formula. */
export function paceAt(pace: Pace | null, now: number): number {
  if (pace === null) return 1;
  return Math.min(1, pace.factor + Math.max(0, now - pace.at) / recoveryMs);
}

/** Half the pace; null when it was taken down just now. */
export function slower(pace: Pace | null, now: number): Pace | null {
  const since = pace === null ? coolDownMs : now - pace.slowedAt;
  if (since >= 0 && since < coolDownMs) return null;
  return { factor: Math.max(slowestPace, paceAt(pace, now) / 2), at: now, slowedAt: now };
}

/** A pace that does not come back while the account rests until a time. */
export function restingPace(pace: Pace, now: number, until: number): Pace {
  return { ...pace, factor: paceAt(pace, now), at: Math.max(pace.at, now, until) };
}

/**
 * What an answer says of how the upstream bears us: it is `well` when it answered, whatever it said of the list;
 * `enough` when it will not have more; `trouble` when it could not answer. Null when it says nothing.
 */
export function bearingOf(kind: Heard["kind"]): "well" | "enough" | "trouble" | null {
  if (kind === "rate_limited" || kind === "challenged") return "enough";
  if (kind === "transient") return "trouble";
  return kind === "ok" || kind === "gone" || kind === "forbidden" || kind === "rejected" ? "well" : null;
}

/** Whether an answer slows the account down, given how many troubles there were in a row with it. */
export function slowsDown(kind: Heard["kind"], troubles: number): boolean {
  const bearing = bearingOf(kind);
  return bearing === "enough" || (bearing === "trouble" && troubles >= mostTroubles);
}

/**
 * Shortest time between two requests, ms. At full pace what was not used may be asked for at once; at any slower one
 * requests are spread. `lua/request-token.lua` is the same formula.
 */
export function requestGapMs(requestsPerMinute: number, factor: number, gapMs = courteousGapMs): number {
  const even = 60_000 / requestsPerMinute;
  return factor < 1 ? Math.min(even / factor, longestStopMs) : Math.min(gapMs, even);
}

/** What is kept of a told limit: no more than `remaining` within `forMs`, `gapMs` apart. */
export interface Tightening {
  readonly remaining: number;
  readonly forMs: number;
  readonly gapMs: number;
}

/** Null when a told limit says nothing that can be kept to. */
export function tighteningOf({ remaining, resetMs }: ToldLimit): Tightening | null {
  if (!(remaining >= 0 && resetMs >= 1 && Number.isFinite(resetMs))) return null;
  const left = Math.min(Math.floor(remaining), 1_000_000);
  const forMs = Math.ceil(Math.min(resetMs, longestStopMs));
  // Spread over the whole time, also where it is longer than what is kept to.
  return { remaining: left, forMs, gapMs: Math.ceil(Math.min(resetMs / (left + 1), longestStopMs)) };
}

/** An account's budget as it stands. */
export interface BudgetState {
  readonly requestsPerMinute: number;
  /** The share of it that is used at most. */
  readonly pace: number;
  /** Requests a minute that are possible just now, with what the upstream says of its own budget. */
  readonly effectiveRequestsPerMinute: number;
  /** Milliseconds for which no request is made at all; 0 for none. */
  readonly restingMs: number;
  /** Requests of the last minute. */
  readonly usedLastMinute: number;
}

/** `toldGapMs`: the gap that the upstream's own budget asks for; 0 for none. */
export function effectiveRate(requestsPerMinute: number, factor: number, toldGapMs: number): number {
  const own = requestsPerMinute * factor;
  const rate = toldGapMs > 0 ? Math.min(own, 60_000 / toldGapMs) : own;
  // What is not slowed down is what was set, to the last digit: any less would be taken for slower.
  return rate < requestsPerMinute ? Math.round(rate * 1_000) / 1_000 : requestsPerMinute;
}
