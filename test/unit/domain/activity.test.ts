import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Activity,
  calibration,
  newActivity,
  observe,
  priorRate,
  sessionRest,
  visitRate,
} from "../../../src/domain/activity.js";
import { dayMs } from "../../support/plans.js";

const minuteMs = 60_000;
const start = 1_000 * dayMs;

/** What is known after polls at some times of what happened at others. */
function watched(
  polls: readonly number[],
  times: readonly number[],
  bornAt: number | null,
  untimed = false,
): Activity {
  let [activity, from] = [newActivity(start), Number.NEGATIVE_INFINITY];
  for (const now of polls) {
    const seen = times.filter((time) => time > from && time <= now);
    const saw = untimed ? { untimed: seen.length > 0, times: [] } : { untimed: false, times: seen };
    activity = observe(activity, { now, bornAt, ...saw });
    from = now;
  }
  return activity;
}

const end = start + 60 * dayMs;
const moment = fc.integer({ min: start, max: end });

describe("what is known of a source", () => {
  test("is the same whether its history is seen in one poll or in many, when its times are known", () => {
    const age = fc.option(fc.integer({ min: 0, max: 900 * dayMs }));
    fc.assert(
      fc.property(fc.array(moment), fc.array(moment), age, (times, polls, ageMs) => {
        const bornAt = ageMs === null ? null : start - ageMs;
        const once = watched([end], times, bornAt);
        const often = watched([...polls.sort((a, b) => a - b), end], times, bornAt);
        expect(often.visits).toBeCloseTo(once.visits, 6);
        expect(often.lately).toBeCloseTo(once.lately, 6);
        expect(often.actedAt).toBe(once.actedAt);
        expect(Math.abs(often.expected / once.expected - 1)).toBeLessThan(0.1);
      }),
    );
  });

  test("counts acts a few minutes apart as one visit, and older visits less", () => {
    const visit = [0, 3, 20, 45].map((minutes) => end - minutes * minuteMs);
    expect(watched([end], visit, null).visits).toBeCloseTo(1, 2);
    expect(watched([end], [end - 14 * dayMs], null).visits).toBeCloseTo(1 / Math.E, 6);
    expect(watched([end], [end - 2 * dayMs, end], null).visits).toBeGreaterThan(1.8);
  });

  test("tells that nothing happens in a collection whose day is to come, or never comes, as of any other", () => {
    for (const bornAt of [start, end + 300 * dayMs, end + 2_000_000 * dayMs]) {
      const quiet = watched([start, start + 30 * dayMs, end], [], bornAt);
      expect(visitRate(quiet, bornAt, end, 1) * dayMs).toBeLessThan(0.1);
    }
  });

  test("is never NaN, infinite or negative, whatever the upstream says of times", () => {
    const odd = fc.oneof(
      fc.constantFrom(NaN, Infinity, -Infinity, Number.MAX_VALUE, -Number.MAX_VALUE, 0, -1),
      fc.double(),
      fc.integer({ min: start - 9_000 * dayMs, max: end + 9_000 * dayMs }),
    );
    const poll = fc.record({ times: fc.array(odd, { maxLength: 5 }), untimed: fc.boolean(), at: moment });
    fc.assert(
      fc.property(fc.array(poll, { maxLength: 8 }), fc.option(odd), (polls, bornAt) => {
        let activity = newActivity(start);
        for (const { at, ...saw } of polls) activity = observe(activity, { now: at, bornAt, ...saw });
        for (const value of [activity.visits, activity.expected, activity.lately, activity.at]) {
          expect(Number.isFinite(value)).toBe(true);
          expect(value).toBeGreaterThanOrEqual(0);
        }
        for (const scale of [calibration([activity]), 1, 0.01]) {
          const rate = visitRate(activity, bornAt, end, scale);
          expect(Number.isFinite(rate)).toBe(true);
          expect(rate).toBeGreaterThan(0);
        }
        expect(sessionRest(activity, end)).toBeGreaterThanOrEqual(0);
        expect(sessionRest(activity, end)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("how often somebody is expected to come", () => {
  test("is what the prior says as long as nothing is known, and less the older the thing", () => {
    const rates = [null, 0, 7, 30, 365, 3_650].map((days) => {
      const bornAt = days === null ? null : start - days * dayMs;
      expect(visitRate(newActivity(start), bornAt, start, 1)).toBe(
        priorRate(days === null ? null : days * dayMs),
      );
      return priorRate(days === null ? null : days * dayMs);
    });
    expect(rates.slice(1)).toEqual(rates.slice(1).sort((a, b) => b - a));
  });

  test("comes to more than half of the true rate, however little was believed, with times and without", () => {
    const polls = Array.from({ length: 60 * 12 }, (_, index) => start + (index + 1) * 2 * 3_600_000);
    for (const perDay of [0.5, 2]) {
      const times = Array.from(
        { length: 60 * perDay },
        (_, index) => start + ((index + 0.5) * dayMs) / perDay,
      );
      for (const untimed of [false, true]) {
        // Three years old: the prior expects next to nothing.
        const bornAt = start - 1_000 * dayMs;
        const activity = watched(polls, times, bornAt, untimed);
        const rate = visitRate(activity, bornAt, end, calibration([activity])) * dayMs;
        expect(rate / perDay).toBeGreaterThan(0.5);
        expect(rate / perDay).toBeLessThan(1.8);
      }
    }
  });

  test("falls while nobody comes", () => {
    const times = [start + dayMs, start + 2 * dayMs];
    const rates = [3, 6, 12, 24, 48].map((days) =>
      visitRate(watched([start + days * dayMs], times, null), null, start + days * dayMs, 1),
    );
    expect(rates).toEqual(rates.toSorted((a, b) => b - a));
  });

  test("is a number, and no more than at its last poll, when the clock was set back by years", () => {
    for (const times of [[], [start]]) {
      const activity = watched([start + dayMs], times, null);
      const before = visitRate(activity, null, start + dayMs, 1);
      expect(visitRate(activity, null, start - 9_000 * dayMs, 1)).toBe(before);
    }
  });

  test("is more where all sources of the kind are busier than was believed", () => {
    const expected = { visits: 0, expected: 20 };
    expect(calibration([])).toBe(1);
    expect(calibration([{ visits: 200, expected: 20 }])).toBeCloseTo(10, 0);
    expect(calibration([expected])).toBeCloseTo(1 / 21, 6);
  });
});

test("a client who did something goes on for some minutes, and no longer", () => {
  const activity = { ...newActivity(start), actedAt: start };
  const rests = [0, 2, 10, 20].map((minutes) => sessionRest(activity, start + minutes * minuteMs));
  expect(rests).toEqual(rests.toSorted((a, b) => b - a));
  expect(rests[0]).toBeGreaterThan(0);
  expect(sessionRest(activity, start + 60 * minuteMs)).toBe(0);
  expect(sessionRest(newActivity(start), start)).toBe(0);
});
