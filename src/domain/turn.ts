import type { Plan } from "./plan.js";

/** How an account spends its requests. */
export interface Limits {
  readonly requestsPerMinute: number;
  /** No source is left alone for longer, ms. */
  readonly longestMs: number;
}

/** A client who did something goes on for a while: so long on average, ms. */
const sessionMs = 5 * 60_000;

/** What is still to come right after an act, as a share of a visit. */
const sessionRest = 0.5;

/** After so many times the length of a session nobody is there any more. */
const sessionTail = 5;

/**
 * The index of a source, in expected visits times milliseconds for a request: (w/c)·∫ u·λ(u) du over the time s since its
 * last poll. To poll the greatest whenever a request is free spaces the polls of a source by the square root of c/wλ,
 * which makes the mean delay the smallest that a budget can buy. λ is a constant (then the integral is λs²/2), and after an
 * act what is left of the session, which ends exponentially; a hint adds a visit that has probably been.
 * Source: the marginal value of a poll in age-based crawling (Azar et al., PNAS 2018), for delay instead of freshness.
 */
function indexOf({ columns }: Plan, position: number, now: number): number {
  const { rate, tells, worth, polledAt, actedAt, hinted } = columns;
  const at = polledAt[position] ?? now;
  const since = now - at;
  const every = (rate[position] ?? 0) + (tells[position] ?? 0);
  let integral = (every * since * since) / 2 + (hinted[position] ?? 0) * since;
  const idle = at - (actedAt[position] ?? Number.NaN);
  if (idle < sessionTail * sessionMs) {
    const share = since / sessionMs;
    const left = sessionRest * Math.exp(-idle / sessionMs);
    integral += left * sessionMs * (1 - Math.exp(-share) * (1 + share));
  }
  return integral * (worth[position] ?? 0);
}

/** What is polled next, and why; null when nothing may be polled before `at` (ms; infinite when there is nothing). */
export type Turn =
  | { readonly id: string; readonly by: "index" | "longest interval" }
  | { readonly id: null; readonly at: number };

/** Chooses the source to be polled now: one look at each of them. */
export function nextTurn(plan: Plan, now: number, limits: Limits): Turn {
  const { prospects, columns } = plan;
  const { polledAt, notBefore, requests } = columns;
  const due = new Float64Array(slots);
  const slotMs = limits.longestMs / slots;
  let chosen = -1;
  let greatest = -1;
  let oldest = -1;
  let oldestAt = Infinity;
  let earliest = Infinity;
  for (let position = 0; position < prospects.length; position++) {
    const at = polledAt[position] ?? 0;
    const slot = Math.min(slots - 1, Math.max(0, Math.floor((at + limits.longestMs - now) / slotMs)));
    due[slot] = (due[slot] ?? 0) + (requests[position] ?? 1);
    const open = notBefore[position] ?? 0;
    if (open > now) {
      if (open < earliest) earliest = open;
      continue;
    }
    if (at < oldestAt) {
      oldestAt = at;
      oldest = position;
    }
    const index = indexOf(plan, position, now);
    if (index > greatest) {
      greatest = index;
      chosen = position;
    }
  }
  const isOldestsTurn = oldest >= 0 && isPressing(due, now - oldestAt, now, limits);
  const prospect = prospects[isOldestsTurn ? oldest : chosen];
  if (!prospect) return { id: null, at: earliest };
  return { id: prospect.id, by: isOldestsTurn ? "longest interval" : "index" };
}

/** Into so many slots the longest interval is divided, to sum up how many requests fall due in each. */
const slots = 64;

/** The longest interval takes this share of the budget at least once it takes any, and never more than the other. */
const leastShare = 1 / 4;
const mostShare = 9 / 10;

/**
 * Whether the oldest source must be polled now, so that none grows older than the longest interval. Sources that were
 * polled one after the other fall due so, too: what falls due is polled as early as a fixed share of the requests can
 * deal with it, so that the busy ones never have to wait until all are done. After an outage, when it is too late,
 * the overdue ones are caught up with in that share.
 */
function isPressing(due: Float64Array, oldestMs: number, now: number, limits: Limits): boolean {
  const { requestsPerMinute, longestMs } = limits;
  const perMs = requestsPerMinute / 60_000;
  const all = due.reduce((sum, requests) => sum + requests, 0);
  const share = Math.min(mostShare, Math.max(leastShare, (1.1 * all) / (perMs * longestMs)));
  if (oldestMs > longestMs) return (now * perMs * share) % 1 < share;
  const perSlot = (perMs * share * longestMs) / slots;
  let sum = 0;
  for (let slot = 0; slot < slots - 1; slot++) {
    sum += due[slot] ?? 0;
    if (sum > 0 && sum >= perSlot * slot) return true;
  }
  return false;
}
