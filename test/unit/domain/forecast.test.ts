import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Bounds, forecast } from "../../../src/domain/forecast.js";
import { createPlan } from "../../../src/domain/plan.js";
import { dayMs, meanGap, playTurns, priorOf, prospectOf } from "../../support/plans.js";

const hourMs = 3_600_000;

const source = fc.record({
  rate: fc.double({ min: 0.05, max: 5, noNaN: true }),
  requests: fc.integer({ min: 1, max: 3 }),
  weight: fc.double({ min: 0.5, max: 2, noNaN: true }),
});
const sources = fc.array(source, { minLength: 40, maxLength: 80 });

function planOf(known: readonly { rate: number; requests: number; weight: number }[]) {
  const prior = priorOf(known.map(({ rate }) => rate / dayMs));
  return createPlan(
    known.map((each, index) => prospectOf(index, each)),
    0,
    { prior },
  );
}

const bounds: Bounds = { requestsPerMinute: 20, shortestMs: 60_000, longestMs: 12 * hourMs };

describe("the forecast", () => {
  test("is what polling by turns comes to", () => {
    fc.assert(
      fc.property(sources, (known) => {
        const { delayMs, meanDelayMs } = forecast(planOf(known), bounds);
        const polls = playTurns(planOf(known), { limits: bounds, shortestMs: 60_000, to: 8 * hourMs });
        let [waited, visits] = [0, 0];
        for (const [index, { rate }] of known.entries()) {
          const times = (polls.get(`source ${index}`) ?? []).filter((time) => time > hourMs);
          const delay = meanGap(times) / 2;
          expect(Math.abs((delayMs[index] ?? 0) / delay - 1)).toBeLessThan(0.2);
          waited += rate * delay;
          visits += rate;
        }
        expect(Math.abs((meanDelayMs ?? 0) / (waited / visits) - 1)).toBeLessThan(0.1);
      }),
      { numRuns: 5 },
    );
  });

  test("promises no more for less, and spends no more than there is", () => {
    const budgets = fc.uniqueArray(fc.integer({ min: 1, max: 600 }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(sources, budgets, (known, perMinute) => {
        const plan = planOf(known);
        const all = perMinute
          .sort((a, b) => a - b)
          .map((requestsPerMinute) => forecast(plan, { ...bounds, requestsPerMinute }));
        for (const [index, { meanDelayMs, requestsPerMinute }] of all.entries()) {
          expect(requestsPerMinute).toBeLessThanOrEqual((perMinute[index] ?? 0) * (1 + 1e-9));
          expect(meanDelayMs).toBeLessThanOrEqual((all[index - 1]?.meanDelayMs ?? Infinity) * (1 + 1e-9));
        }
      }),
      { numRuns: 20 },
    );
  });

  test("keeps to the shortest and to the longest interval", () => {
    const plan = planOf([
      { rate: 5_000, requests: 1, weight: 1 },
      { rate: 0, requests: 1, weight: 1 },
    ]);
    const { delayMs, keepsLongest } = forecast(plan, { ...bounds, requestsPerMinute: 600 });
    expect([...delayMs]).toEqual([30_000, 6 * hourMs]);
    expect(keepsLongest).toBe(true);
  });

  test("says when the longest interval cannot be kept, and what it becomes", () => {
    const plan = planOf(Array.from({ length: 1_440 }, () => ({ rate: 1, requests: 1, weight: 1 })));
    const { delayMs, keepsLongest, requestsPerMinute } = forecast(plan, { ...bounds, requestsPerMinute: 1 });
    expect(keepsLongest).toBe(false);
    expect(requestsPerMinute).toBeCloseTo(1, 6);
    expect(delayMs[0]).toBeCloseTo(12 * hourMs, -3);
  });

  test("tells nothing of an account without sources", () => {
    const { delayMs, meanDelayMs, requestsPerMinute } = forecast(createPlan([], 0), bounds);
    expect([...delayMs]).toEqual([]);
    expect(meanDelayMs).toBeNull();
    expect(requestsPerMinute).toBe(0);
  });

  test("counts on a hint as far as it is trusted", () => {
    const listing = prospectOf(0, { resource: "collections", bornAt: null });
    const told = Array.from({ length: 200 }, (_, index) => prospectOf(index + 1, { resource: "favorites" }));
    const prior = (ageMs: number | null) => (ageMs === null ? 0.01 : 0.2) / dayMs;
    const mean = (hits: number, misses: number) => {
      const trust = new Map([
        ["favorites", { hits, misses, followed: 40, found: 40, expected: 0.1 }],
      ] as const);
      return forecast(createPlan([listing, ...told], 0, { prior, trust }), bounds).meanDelayMs ?? Infinity;
    };
    const delays = [mean(0, 40), mean(20, 20), mean(32, 8), mean(39, 1)];
    expect(delays).toEqual(delays.toSorted((a, b) => b - a));
    expect(delays[3]).toBeLessThan((delays[0] ?? 0) / 2);
  });
});
