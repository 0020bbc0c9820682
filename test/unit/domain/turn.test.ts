import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createPlan } from "../../../src/domain/plan.js";
import { nextTurn } from "../../../src/domain/turn.js";
import { dayMs, meanGap, playTurns, priorOf, prospectOf } from "../../support/plans.js";

const hourMs = 3_600_000;
const minuteMs = 60_000;

describe("whose turn it is", () => {
  test("comes round in intervals that are proportional to √(c/wλ)", () => {
    const source = fc.record({
      rate: fc.double({ min: 1, max: 9, noNaN: true }),
      requests: fc.integer({ min: 1, max: 3 }),
      weight: fc.double({ min: 0.5, max: 2, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(source, { minLength: 40, maxLength: 60 }), (sources) => {
        const prior = priorOf(sources.map(({ rate }) => rate / dayMs));
        const prospects = sources.map((known, index) => prospectOf(index, known));
        const limits = { requestsPerMinute: 60, longestMs: 365 * dayMs };
        const polls = playTurns(createPlan(prospects, 0, { prior }), { limits, to: 2 * hourMs });
        const units = sources.map(({ rate, requests, weight }, index) => {
          const times = (polls.get(`source ${index}`) ?? []).filter((time) => time > 15 * minuteMs);
          return meanGap(times) / Math.sqrt(requests / (weight * rate));
        });
        const mean = units.reduce((sum, unit) => sum + unit, 0) / units.length;
        for (const unit of units) expect(Math.abs(unit / mean - 1)).toBeLessThan(0.15);
      }),
      { numRuns: 8 },
    );
  });

  test("never comes before it may, and else it is said when it may", () => {
    const source = fc.record({
      polledAt: fc.integer({ min: -dayMs, max: 0 }),
      notBefore: fc.integer({ min: -1_000, max: 1_000 }),
    });
    fc.assert(
      fc.property(fc.array(source, { maxLength: 20 }), (sources) => {
        const plan = createPlan(
          sources.map((known, index) => prospectOf(index, known)),
          0,
        );
        const turn = nextTurn(plan, 0, { requestsPerMinute: 20, longestMs: 12 * hourMs });
        if (turn.id !== null) {
          expect(plan.prospects[plan.positions.get(turn.id) ?? -1]?.notBefore).toBeLessThanOrEqual(0);
        } else {
          expect(turn.at).toBe(Math.min(...sources.map(({ notBefore }) => notBefore)));
          expect(turn.at).toBeGreaterThan(0);
        }
      }),
    );
  });

  test("comes within the longest interval wherever the budget allows it, however many were polled at once", () => {
    const studio = fc.record({
      // Of each cluster: how long ago all of it was polled, as a share of the longest interval.
      clusters: fc.array(
        fc.record({ age: fc.double({ min: 0, max: 0.25, noNaN: true }), size: fc.nat(40) }),
        {
          minLength: 1,
          maxLength: 4,
        },
      ),
      requests: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 5, maxLength: 5 }),
      spare: fc.double({ min: 1.6, max: 10, noNaN: true }),
    });
    fc.assert(
      fc.property(studio, ({ clusters, requests, spare }) => {
        const longestMs = 12 * hourMs;
        const prospects = clusters
          .flatMap(({ age, size }) => Array.from({ length: size + 1 }, () => -age * longestMs))
          .map((polledAt, index) => prospectOf(index, { polledAt, requests: requests[index % 5] ?? 1 }));
        const all = prospects.reduce((sum, each) => sum + each.requests, 0);
        const limits = { requestsPerMinute: (spare * all * minuteMs) / longestMs, longestMs };
        // The first is so busy that the index alone would choose nothing else.
        const prior = priorOf(prospects.map((_, index) => (index === 0 ? 100 : 1e-6) / dayMs));
        const polls = playTurns(createPlan(prospects, 0, { prior }), { limits, to: 3 * longestMs });
        const longestPollMs = (5 * minuteMs) / limits.requestsPerMinute;
        for (const { id, polledAt } of prospects) {
          const times = [polledAt, ...(polls.get(id) ?? []), 3 * longestMs];
          const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
          expect(Math.max(...gaps)).toBeLessThanOrEqual(longestMs + longestPollMs);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("comes soon for a busy one while many that were polled at once fall due at once", () => {
    const prospects = Array.from({ length: 144 }, (_, index) =>
      prospectOf(index, { polledAt: -hourMs, requests: index === 0 ? 1 : 1 + (index % 3) }),
    );
    const prior = priorOf(prospects.map((_, index) => (index === 0 ? 100 : 1e-6) / dayMs));
    const limits = { requestsPerMinute: 2, longestMs: 4 * hourMs };
    const polls = playTurns(createPlan(prospects, 0, { prior }), { limits, to: 8 * hourMs });
    const times = [0, ...(polls.get("source 0") ?? [])];
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(20 * minuteMs);
  });

  test("is not that of the oldest because one that must not be polled yet is older than it should be", () => {
    const failing = prospectOf(0, { polledAt: -2 * dayMs, notBefore: hourMs });
    const quiet = prospectOf(1, { polledAt: -2 * hourMs });
    const busy = prospectOf(2, { polledAt: -hourMs });
    const plan = createPlan([failing, quiet, busy], 0, { prior: priorOf([1 / dayMs, 0, 1 / dayMs]) });
    const turn = nextTurn(plan, 0, { requestsPerMinute: 20, longestMs: 12 * hourMs });
    expect(turn).toEqual({ id: busy.id, by: "index" });
  });

  test("goes to the busy ones most of the time while many are caught up with after an outage", () => {
    const prospects = Array.from({ length: 200 }, (_, index) =>
      prospectOf(index, { polledAt: -dayMs - index }),
    );
    const prior = priorOf(prospects.map((_, index) => (index < 5 ? 100 : 0.001) / dayMs));
    const limits = { requestsPerMinute: 10, longestMs: 12 * hourMs };
    const polls = playTurns(createPlan(prospects, 0, { prior }), { limits, to: hourMs });
    const busy = prospects.slice(0, 5).reduce((sum, { id }) => sum + (polls.get(id)?.length ?? 0), 0);
    expect(busy).toBeGreaterThan(600 * 0.6);
    expect([...polls.values()].filter(({ length }) => length > 0).length).toBeGreaterThan(100);
  });

  test("comes at once for what was polled in a time that is still to come: the clock was set back", () => {
    const prospects = [5 * hourMs, 10_000].map((polledAt, index) =>
      prospectOf(index, { polledAt, notBefore: polledAt + minuteMs }),
    );
    const plan = createPlan(prospects, 0, { prior: priorOf([1 / dayMs, 1 / dayMs]) });
    const limits = { requestsPerMinute: 20, longestMs: 12 * hourMs };
    expect(nextTurn(plan, 0, limits).id).toBe(prospects[0]?.id);
    expect(nextTurn(createPlan(prospects.slice(1), 0), 0, limits)).toEqual({ id: null, at: 70_000 });
  });

  test("comes sooner where a client has just done something, and where a hint says so", () => {
    const activity = { visits: 0, expected: 0, lately: 0, at: 0, actedAt: -minuteMs };
    const [quiet, awake, hinted] = [
      prospectOf(0),
      prospectOf(1, { activity }),
      prospectOf(2, { hinted: true }),
    ];
    const prior = priorOf([1, 1, 1].map((each) => each / dayMs));
    const limits = { requestsPerMinute: 20, longestMs: 12 * hourMs };
    const chosen = (among: Parameters<typeof createPlan>[0]) =>
      nextTurn(createPlan(among, 0, { prior }), 2 * minuteMs, limits).id;
    expect(chosen([quiet, awake])).toBe(awake.id);
    expect(chosen([quiet, hinted])).toBe(hinted.id);
  });

  test("is nobody's where there is nothing", () => {
    const limits = { requestsPerMinute: 20, longestMs: hourMs };
    expect(nextTurn(createPlan([], 0), 0, limits)).toEqual({ id: null, at: Infinity });
  });
});
