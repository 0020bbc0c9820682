import { leastBudget, mostBudget } from "./account.js";
import { type Bounds, type Forecast, forecast } from "./forecast.js";
import type { Plan } from "./plan.js";
import type { ResourceName } from "./record.js";

/** What a budget would buy. */
export interface BudgetOption {
  readonly requestsPerMinute: number;
  /** Requests a minute that it would really use: sources that may not be polled sooner need no more. */
  readonly usedRequestsPerMinute: number;
  /** Mean time between a change and its detection; null when no change is expected. */
  readonly expectedDelaySeconds: number | null;
  readonly keepsMaxInterval: boolean;
}

/** What an account's budget buys as it is used just now, and what others would buy at full pace. */
export interface BudgetOptions {
  readonly now: BudgetOption;
  /** Requests a minute, up to a tenth, that it takes to poll every source within the longest interval. */
  readonly requestsPerMinuteForMaxInterval: number;
  readonly byResource: readonly ResourceForecast[];
  /** Half of what was set, what was set, twice and four times as much, as far as that can be set. */
  readonly options: readonly BudgetOption[];
}

/** The sources of one resource together. */
export interface ResourceForecast {
  readonly resource: ResourceName;
  readonly sources: number;
  readonly expectedDelaySeconds: number | null;
}

const factors = [0.5, 1, 2, 4];

/** Budgets that people choose among: each is felt. Beyond the first of `rare` few upstreams would stand it. */
const steps = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600];
const rare = [1_200, 3_000, mostBudget];

/** Requests a minute to choose from, in their order: what was set, round numbers around it, and room above. */
export function budgetSteps(present: number): number[] {
  const room = rare.filter((budget) => budget <= 4 * present);
  return [...new Set([...steps, ...room, present])].sort((a, b) => a - b);
}

/**
 * Weighs budgets against each other for the same sources.
 * `bounds`: what was set; `effective`: the requests a minute that are possible just now.
 */
export function budgetOptions(plan: Plan, bounds: Bounds, effective: number): BudgetOptions {
  const present = forecast(plan, { ...bounds, requestsPerMinute: effective });
  const budgets = factors
    .map((factor) => bounds.requestsPerMinute * factor)
    .filter((budget) => budget >= leastBudget && budget <= mostBudget);
  const options = budgets.map((requestsPerMinute) => {
    const isPresent = requestsPerMinute === effective;
    return optionOf(
      requestsPerMinute,
      isPresent ? present : forecast(plan, { ...bounds, requestsPerMinute }),
    );
  });
  return {
    now: optionOf(effective, present),
    requestsPerMinuteForMaxInterval: Math.ceil(present.leastRequestsPerMinute * 10) / 10,
    byResource: byResource(plan, present),
    options,
  };
}

/** What each of these budgets (requests a minute) would buy at full pace. */
export function weighBudgets(plan: Plan, bounds: Bounds, budgets: readonly number[]): BudgetOption[] {
  return budgets.map((requestsPerMinute) =>
    optionOf(requestsPerMinute, forecast(plan, { ...bounds, requestsPerMinute })),
  );
}

function optionOf(requestsPerMinute: number, found: Forecast): BudgetOption {
  return {
    requestsPerMinute,
    usedRequestsPerMinute: Math.round(found.requestsPerMinute * 100) / 100,
    expectedDelaySeconds: found.meanDelayMs === null ? null : secondsOf(found.meanDelayMs),
    keepsMaxInterval: found.keepsLongest,
  };
}

function byResource({ prospects }: Plan, { delayMs, changes }: Forecast): ResourceForecast[] {
  const sums = new Map<ResourceName, { sources: number; weighed: number; changes: number }>();
  for (const [position, { resource }] of prospects.entries()) {
    const sum = sums.get(resource) ?? { sources: 0, weighed: 0, changes: 0 };
    const expected = changes[position] ?? 0;
    sum.sources += 1;
    sum.weighed += expected * (delayMs[position] ?? 0);
    sum.changes += expected;
    sums.set(resource, sum);
  }
  return [...sums].map(([resource, sum]) => ({
    resource,
    sources: sum.sources,
    expectedDelaySeconds: sum.changes > 0 ? secondsOf(sum.weighed / sum.changes) : null,
  }));
}

/** Seconds, to a tenth. */
export function secondsOf(ms: number): number {
  return Math.round(ms / 100) / 10;
}
