import { sessionMs } from "./activity.js";
import type { Columns, Plan } from "./plan.js";

/** How an account spends its requests. */
export interface Limits {
  readonly requestsPerMinute: number;
  /** No source is left alone for longer, ms. */
  readonly longestMs: number;
}

/**
 * The index of a source, in expected visits times milliseconds for a request: (w/c)·∫ u·λ(u) du over the time s since its
 * last poll. To poll the greatest whenever a request is free spaces the polls of a source by the square root of c/wλ,
 * which makes the mean delay the smallest that a budget can buy. λ is a constant (then the integral is λs²/2), and after an
 * act what is left of the session, which ends exponentially; a hint adds a visit, as far as it makes one likely: by Bayes'
 * rule, so that a hint that says little does not outweigh what is known of the source itself.
 * Source: the marginal value of a poll in age-based crawling (Azar et al., PNAS 2018), for delay instead of freshness.
 */
function indexOf(columns: Columns, position: number, since: number): number {
  const { rate, tells, worth, rest, hinted } = columns;
  const every = (rate[position] ?? 0) + (tells[position] ?? 0);
  const odds = (hinted[position] ?? 0) * (rate[position] ?? 0) * since;
  let integral = ((every / 2) * since + odds / (1 + odds)) * since;
  const left = rest[position] ?? 0;
  if (left > 0) {
    const share = since / sessionMs;
    integral += left * sessionMs * (1 - Math.exp(-share) * (1 + share));
  }
  return integral * (worth[position] ?? 0);
}

/** What is polled next, and why; null when nothing may be polled before `at` (ms; infinite when there is nothing). */
export type Turn =
  | { readonly id: string; readonly by: "index" | "longest interval" }
  | { readonly id: null; readonly at: number };

/** Clocks differ by so much, ms. */
const skewMs = 60_000;

/** Chooses the source to be polled now: one look at each of them. */
export function nextTurn(plan: Plan, now: number, limits: Limits): Turn {
  const { prospects, columns } = plan;
  const { polledAt, notBefore, requests } = columns;
  let chosen = -1;
  let greatest = Number.NEGATIVE_INFINITY;
  let oldest = -1;
  let oldestAt = Infinity;
  let earliest = Infinity;
  let all = 0;
  for (let position = 0; position < prospects.length; position++) {
    all += requests[position] ?? 1;
    const open = notBefore[position] ?? 0;
    // What was polled in a time that is still to come was so before the clock was set back: it must not wait for that.
    if (open > now && (polledAt[position] ?? 0) <= now + skewMs) {
      if (open < earliest) earliest = open;
      continue;
    }
    const at = polledAt[position] ?? 0;
    if (at < oldestAt) {
      oldestAt = at;
      oldest = position;
    }
    const index = indexOf(columns, position, now - at);
    if (index > greatest) {
      greatest = index;
      chosen = position;
    }
  }
  const costs = [requests[oldest] ?? 1, requests[chosen] ?? 1] as const;
  const isOldestsTurn = oldest >= 0 && isPressing(plan, { all, oldestAt, costs }, now, limits);
  const prospect = prospects[isOldestsTurn ? oldest : chosen];
  if (!prospect) return { id: null, at: earliest };
  return { id: prospect.id, by: isOldestsTurn ? "longest interval" : "index" };
}

/** Into so many slots the longest interval is divided, to sum up how many requests fall due in each. */
const slots = 64;

/** The longest interval takes this share of the requests at least once it takes any, and never more than the other. */
const leastShare = 1 / 4;
const mostShare = 9 / 10;

/** So much of the longest interval is aimed at: a poll that is under way, and a busy one, come before the next. */
const margin = 0.95;

/** What is late by more than this share of the longest interval was not forgotten: nothing could be polled. */
const lateShare = 1 / 8;

const goldenRatio = (Math.sqrt(5) - 1) / 2;

/**
 * Whether the oldest source must be polled now, so that none grows older than the longest interval. Sources that were
 * polled one after the other fall due so, too: what falls due is polled as early as a fixed share of the requests can
 * deal with it, so that the busy ones never have to wait until all are done. After an outage, when it is much too late,
 * the overdue ones are caught up with in that share. `costs`: requests of the oldest, and of the one chosen by index.
 */
function isPressing(
  plan: Plan,
  of: { readonly all: number; readonly oldestAt: number; readonly costs: readonly [number, number] },
  now: number,
  limits: Limits,
): boolean {
  const { requestsPerMinute } = limits;
  const longestMs = limits.longestMs * margin;
  const perMs = requestsPerMinute / 60_000;
  const share = Math.min(mostShare, Math.max(leastShare, (1.1 * of.all) / (perMs * longestMs)));
  const leftMs = of.oldestAt + longestMs - now;
  if (leftMs < -longestMs * lateShare) return isTurn(share, of.costs, now * perMs);
  if (leftMs < 0) return isTurn(mostShare, of.costs, now * perMs);
  const perSlot = (perMs * share * longestMs) / slots;
  const first = Math.floor((leftMs / longestMs) * slots);
  // Nearly always there is time for all of them.
  if (of.all < perSlot * first) return false;
  const due = dueBySlot(plan, now, longestMs);
  let sum = 0;
  for (let slot = 0; slot < slots - 1; slot++) {
    sum += due[slot] ?? 0;
    if (slot >= first && sum >= perSlot * slot) return isTurn(mostShare, of.costs, now * perMs);
  }
  return false;
}

/**
 * Whether a turn is that of the oldest, so that it comes to this share of the requests: more turns where its polls are
 * cheaper than the others. Steps by the golden ratio fall everywhere alike, however many requests a poll takes.
 */
function isTurn(share: number, [own, other]: readonly [number, number], requestsSoFar: number): boolean {
  const turns = (share * other) / (share * other + (1 - share) * own);
  return (requestsSoFar * goldenRatio) % 1 < turns;
}

/** Requests by when they fall due. What must not be polled yet falls due when it may be. */
function dueBySlot({ prospects, columns }: Plan, now: number, longestMs: number): Float64Array {
  const { polledAt, notBefore, requests } = columns;
  const due = new Float64Array(slots);
  for (let position = 0; position < prospects.length; position++) {
    const by = Math.max((polledAt[position] ?? 0) + longestMs, notBefore[position] ?? 0);
    const slot = Math.max(0, Math.min(slots - 1, Math.floor(((by - now) / longestMs) * slots)));
    due[slot] = (due[slot] ?? 0) + (requests[position] ?? 1);
  }
  return due;
}
