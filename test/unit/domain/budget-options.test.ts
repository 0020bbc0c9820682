import { describe, expect, it } from "vitest";
import { newActivity } from "../../../src/domain/activity.js";
import { budgetOptions, budgetSteps, weighBudgets } from "../../../src/domain/budget-options.js";
import { createPlan, type Prospect } from "../../../src/domain/plan.js";

const now = Date.parse("2026-11-20T10:00:00.000Z");
const hourMs = 3_600_000;
const bounds = { requestsPerMinute: 30, shortestMs: 60_000, longestMs: 12 * hourMs };

function prospect(id: string, more: Partial<Prospect> = {}): Prospect {
  const known = { polledAt: now - hourMs, notBefore: 0, activity: newActivity(now - hourMs), hinted: false };
  return { id, resource: "clients", requests: 1, weight: 1, bornAt: null, ...known, ...more };
}

/** As many sources as asked for, of which each fifth is busy. */
function planOf(size: number) {
  const busy = { ...newActivity(now - hourMs), visits: 40, expected: 1 };
  const prospects = Array.from({ length: size }, (_, index) =>
    prospect(`src_${index}`, index % 5 === 0 ? { activity: busy, resource: "payments" } : {}),
  );
  return createPlan(prospects, now);
}

describe("budgetOptions", () => {
  it("weighs half, twice and four times of what was set against it", () => {
    const { now: present, options } = budgetOptions(planOf(2_000), bounds, 30);
    expect(options.map(({ requestsPerMinute }) => requestsPerMinute)).toEqual([15, 30, 60, 120]);
    expect(options[1]).toEqual(present);
    const delays = options.map(({ expectedDelaySeconds }) => expectedDelaySeconds ?? 0);
    expect(delays).toEqual(delays.toSorted((a, b) => b - a));
    expect(delays[0]).toBeGreaterThan(1.9 * (delays[1] ?? 0));
  });

  it("counts with what is possible just now, the others with full pace", () => {
    const { now: present, options } = budgetOptions(planOf(2_000), bounds, 7.5);
    expect(present.requestsPerMinute).toBe(7.5);
    expect(present.expectedDelaySeconds).toBeGreaterThan(options[0]?.expectedDelaySeconds ?? 0);
  });

  it("offers nothing that cannot be set", () => {
    const offered = (requestsPerMinute: number) =>
      budgetOptions(planOf(5), { ...bounds, requestsPerMinute }, requestsPerMinute).options.map(
        (option) => option.requestsPerMinute,
      );
    expect(offered(0.1)).toEqual([0.1, 0.2, 0.4]);
    expect(offered(6_000)).toEqual([3_000, 6_000]);
  });

  it("sums up by resource", () => {
    const { byResource, now: present } = budgetOptions(planOf(2_000), bounds, 30);
    expect(byResource).toMatchObject([
      { resource: "payments", sources: 400 },
      { resource: "clients", sources: 1_600 },
    ]);
    const [busy, quiet] = byResource.map(({ expectedDelaySeconds }) => expectedDelaySeconds ?? 0);
    expect(busy).toBeLessThan(present.expectedDelaySeconds ?? 0);
    expect(quiet).toBeGreaterThan(present.expectedDelaySeconds ?? 0);
  });

  it("names the budget that keeps to the longest interval, rounded up", () => {
    const { now: present, requestsPerMinuteForMaxInterval } = budgetOptions(planOf(1_000), bounds, 1);
    expect(present.keepsMaxInterval).toBe(false);
    expect(requestsPerMinuteForMaxInterval).toBe(1.4);
  });
});

describe("budgets to choose from", () => {
  it("hold what is set, in its place, and room above it", () => {
    expect(budgetSteps(30)).toEqual([1, 2, 5, 10, 20, 30, 60, 120, 300, 600]);
    expect(budgetSteps(0.5)).toEqual([0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600]);
    expect(budgetSteps(300)).toEqual([1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200]);
    expect(budgetSteps(6_000).at(-1)).toBe(6_000);
  });

  it("are weighed as the forecast weighs them", () => {
    const plan = planOf(2_000);
    expect(weighBudgets(plan, bounds, [15, 30, 60, 120])).toEqual(budgetOptions(plan, bounds, 30).options);
    expect(weighBudgets(plan, bounds, [1, 2]).map(({ keepsMaxInterval }) => keepsMaxInterval)).toEqual([
      false,
      false,
    ]);
  });
});
