import { hintedBy } from "./hints.js";
import { type Plan, recallFor } from "./plan.js";
import type { Limits } from "./turn.js";

/** What a budget buys: how long changes wait until they are found. */
export interface Forecast {
  /** Expected time (ms) between a change and its detection, by the position of the source in the plan. */
  readonly delayMs: Float64Array;
  /** Expected changes a millisecond, by the same position. */
  readonly changes: Float64Array;
  /** The mean over all expected changes, ms; null for an account without sources. */
  readonly meanDelayMs: number | null;
  /** Requests a minute that are used. */
  readonly requestsPerMinute: number;
  /** Whether no source is left alone for longer than the longest interval. */
  readonly keepsLongest: boolean;
  /** Requests a minute that it takes to keep to the longest interval. */
  readonly leastRequestsPerMinute: number;
}

/** Limits with the shortest interval, ms. */
export interface Bounds extends Limits {
  readonly shortestMs: number;
}

/** Halvings of the price's logarithm: to a part in a million. */
const steps = 27;

/**
 * Forecasts the delays that the policy comes to with a budget. In balance every poll comes at the same index θ, the price
 * of a request: λs²/2 · w/c = θ, so that a source is polled every √(2θc/wλ), within the clamps; θ is found by
 * halving, so that the polls cost what the budget is. A change waits half an interval, or, where a hint tells of it,
 * half of the hint's.
 */
export function forecast(plan: Plan, bounds: Bounds): Forecast {
  const { columns, prospects } = plan;
  const { requestsPerMinute, shortestMs, longestMs } = bounds;
  const size = prospects.length;
  const budget = requestsPerMinute / 60_000;
  const least = (columns.requests.subarray(0, size).reduce((sum, each) => sum + each, 0) || 0) / longestMs;
  const keepsLongest = least <= budget;
  // A longest interval that the budget cannot keep becomes what it can.
  const longest = keepsLongest ? longestMs : (longestMs * least) / budget;

  // What stands still while the price is looked for, so that ten thousand sources are forecast within milliseconds.
  const spacing = new Float64Array(size);
  for (let position = 0; position < size; position++) {
    const rate = (columns.rate[position] ?? 0) + (columns.tells[position] ?? 0);
    spacing[position] = Math.sqrt(2 / (rate * (columns.worth[position] ?? 0)));
  }
  const intervalAt = (position: number, root: number) =>
    Math.min(longest, Math.max(shortestMs, root * (spacing[position] ?? Infinity)));
  const costAt = (root: number) => {
    let cost = 0;
    for (let position = 0; position < size; position++)
      cost += (columns.requests[position] ?? 1) / intervalAt(position, root);
    return cost;
  };
  let [low, high] = [-60, 60];
  for (let step = 0; step < steps; step++) {
    const middle = (low + high) / 2;
    if (costAt(Math.exp(middle / 2)) > budget) low = middle;
    else high = middle;
  }
  const root = Math.exp(high / 2);

  const hintDelay = new Map(
    prospects.map(({ resource }, position) => [resource, intervalAt(position, root) / 2] as const),
  );
  const delayMs = new Float64Array(size);
  const changes = new Float64Array(size);
  let weighed = 0;
  let all = 0;
  for (const [position, prospect] of prospects.entries()) {
    const from = hintedBy(prospect.resource);
    const recall = recallFor(plan, prospect);
    const alone = intervalAt(position, root) / 2;
    const told = from === null ? alone : (hintDelay.get(from) ?? alone);
    const delay = recall * Math.min(told, alone) + (1 - recall) * alone;
    const expected = (columns.rate[position] ?? 0) / (1 - recall);
    delayMs[position] = delay;
    changes[position] = expected;
    weighed += expected * delay;
    all += expected;
  }
  return {
    delayMs,
    changes,
    meanDelayMs: all > 0 ? weighed / all : null,
    requestsPerMinute: costAt(root) * 60_000,
    keepsLongest,
    leastRequestsPerMinute: least * 60_000,
  };
}
