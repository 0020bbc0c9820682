import { hintedBy } from "./hints.js";
import { type Plan, recallFor } from "./plan.js";
import type { Limits } from "./turn.js";

/** What a budget buys: how long changes wait until they are found. */
export interface Forecast {
  /** Expected time (ms) between a change and its detection, by the position of the source in the plan. */
  readonly delayMs: Float64Array;
  /** The mean over all expected changes, ms; null for an account without sources. */
  readonly meanDelayMs: number | null;
  /** Requests a minute that are used. */
  readonly requestsPerMinute: number;
  /** Whether no source is left alone for longer than the longest interval. */
  readonly keepsLongest: boolean;
}

/** Limits with the shortest interval, ms. */
export interface Bounds extends Limits {
  readonly shortestMs: number;
}

/** Halvings of the price's logarithm: to a part in a million. */
const steps = 40;

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

  const intervalAt = (position: number, price: number) => {
    const rate = (columns.rate[position] ?? 0) + (columns.tells[position] ?? 0);
    const worth = rate * (columns.worth[position] ?? 0);
    const wanted = worth > 0 ? Math.sqrt((2 * price) / worth) : longest;
    return Math.min(longest, Math.max(shortestMs, wanted));
  };
  const costAt = (price: number) => {
    let cost = 0;
    for (let position = 0; position < size; position++)
      cost += (columns.requests[position] ?? 1) / intervalAt(position, price);
    return cost;
  };
  let [low, high] = [-60, 60];
  for (let step = 0; step < steps; step++) {
    const middle = (low + high) / 2;
    if (costAt(Math.exp(middle)) > budget) low = middle;
    else high = middle;
  }
  const price = Math.exp(high);

  const hintDelay = new Map(
    prospects.map(({ resource }, position) => [resource, intervalAt(position, price) / 2] as const),
  );
  const delayMs = new Float64Array(size);
  let weighed = 0;
  let changes = 0;
  for (const [position, prospect] of prospects.entries()) {
    const from = hintedBy(prospect.resource);
    const recall = recallFor(plan, prospect);
    const alone = intervalAt(position, price) / 2;
    const told = from === null ? alone : (hintDelay.get(from) ?? alone);
    delayMs[position] = recall * Math.min(told, alone) + (1 - recall) * alone;
    const expected = (columns.rate[position] ?? 0) / (1 - recall);
    weighed += expected * delayMs[position];
    changes += expected;
  }
  return {
    delayMs,
    meanDelayMs: changes > 0 ? weighed / changes : null,
    requestsPerMinute: costAt(price) * 60_000,
    keepsLongest,
  };
}
