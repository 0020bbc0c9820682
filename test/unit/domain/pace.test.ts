import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bearingOf,
  coolDownMs,
  effectiveRate,
  type Pace,
  paceAt,
  recoveryMs,
  requestGapMs,
  restingPace,
  slower,
  slowestPace,
  slowsDown,
  tighteningOf,
} from "../../../src/domain/pace.js";

const hour = 3_600_000;
const start = Date.parse("2026-11-20T10:00:00Z");

/** Slowed down at each of these times. */
const slowedAt = (...times: number[]) =>
  times.reduce<Pace | null>((pace, time) => slower(pace, time) ?? pace, null);

describe("the pace", () => {
  test("is halved by each refusal, down to a sixteenth, and refusals that come together are one", () => {
    const times = Array.from({ length: 6 }, (_, i) => start + i * coolDownMs);
    const factors = times.map((time, i) => paceAt(slowedAt(...times.slice(0, i + 1)), time));
    const coming = coolDownMs / recoveryMs;
    expect(factors[0]).toBe(1 / 2);
    expect(factors[1]).toBeCloseTo((1 / 2 + coming) / 2);
    expect(factors.slice(4)).toEqual([slowestPace, slowestPace]);
    expect(slower(slowedAt(start), start + coolDownMs - 1)).toBeNull();
  });

  test("comes back by the same amount each second: from the slowest in half an hour", () => {
    const pace = { factor: slowestPace, at: start, slowedAt: start };
    expect(paceAt(pace, start + hour / 2)).toBe(1);
    expect(paceAt(pace, start + hour / 2 - 1_000)).toBeLessThan(1);
    expect(paceAt(pace, start + hour / 4)).toBeCloseTo((1 + slowestPace) / 2);
  });

  test("does not come back while the account rests", () => {
    const pace = restingPace({ factor: 1 / 4, at: start, slowedAt: start }, start, start + hour);
    expect(paceAt(pace, start + hour)).toBe(1 / 4);
    expect(paceAt(pace, start + hour + recoveryMs / 4)).toBeCloseTo(1 / 2);
  });

  test("stays between a sixteenth and one, and only rises by itself, whatever happens", () => {
    const happening = fc.record({ after: fc.nat({ max: hour }), rests: fc.option(fc.nat({ max: hour })) });
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 40 }), fc.nat({ max: hour }), (happenings, later) => {
        let pace: Pace | null = null;
        let now = start;
        for (const { after, rests } of happenings) {
          const before = paceAt(pace, now);
          now += after;
          expect(paceAt(pace, now)).toBeGreaterThanOrEqual(before);
          pace = slower(pace, now) ?? pace;
          if (pace && rests !== null) pace = restingPace(pace, now, now + rests);
          expect(paceAt(pace, now)).toBeGreaterThanOrEqual(slowestPace);
        }
        expect(paceAt(pace, now + later)).toBeLessThanOrEqual(1);
        expect(paceAt(pace, now + 3 * hour)).toBe(1);
      }),
    );
  });

  test("survives a clock that is set back", () => {
    const pace = slowedAt(start);
    expect(paceAt(pace, start - hour)).toBe(1 / 2);
    expect(slower(pace, start - hour)?.factor).toBe(1 / 4);
  });
});

test("one refusal slows down, of troubles the third in a row, and a list's own faults never", () => {
  expect(["rate_limited", "challenged"].map((kind) => slowsDown(kind as "challenged", 0))).toEqual([
    true,
    true,
  ]);
  expect([1, 2, 3, 4].map((troubles) => slowsDown("transient", troubles))).toEqual([
    false,
    false,
    true,
    true,
  ]);
  for (const kind of ["ok", "gone", "forbidden", "rejected"] as const) expect(bearingOf(kind)).toBe("well");
  for (const kind of ["expired", "shape_changed", "aborted"] as const) {
    expect(bearingOf(kind)).toBeNull();
    expect(slowsDown(kind, 9)).toBe(false);
  }
});

test("at full pace requests keep a courteous gap, at any slower one they are spread", () => {
  expect(requestGapMs(30, 1)).toBe(250);
  expect(requestGapMs(600, 1)).toBe(100);
  expect(requestGapMs(30, 1 / 2)).toBe(4_000);
  expect(requestGapMs(30, 1 / 16)).toBe(32_000);
  expect(requestGapMs(0.1, 1 / 16)).toBe(hour);
});

describe("a told limit", () => {
  test("is spread over the time until its reset", () => {
    expect(tighteningOf({ by: "gallery", remaining: 3, resetMs: 60_000 })).toEqual({
      remaining: 3,
      forMs: 60_000,
      gapMs: 15_000,
    });
    expect(effectiveRate(30, 1, 15_000)).toBe(4);
    expect(effectiveRate(30, 1 / 16, 15_000)).toBe(1.875);
    expect(effectiveRate(30, 1, 100)).toBe(30);
    expect(effectiveRate(0.3333, 1, 0)).toBe(0.3333);
  });

  test("never stops an account for more than an hour, whatever it says", () => {
    fc.assert(
      fc.property(fc.double(), fc.double(), (remaining, resetMs) => {
        const kept = tighteningOf({ by: "gallery", remaining, resetMs });
        if (kept === null) return;
        expect(Number.isInteger(kept.remaining) && kept.remaining >= 0).toBe(true);
        for (const ms of [kept.forMs, kept.gapMs]) {
          expect(ms).toBeGreaterThan(0);
          expect(ms).toBeLessThanOrEqual(hour);
        }
      }),
    );
    for (const nonsense of [Number.NaN, -1, Number.POSITIVE_INFINITY])
      expect(tighteningOf({ by: "gallery", remaining: 1, resetMs: nonsense })).toBeNull();
    expect(tighteningOf({ by: "gallery", remaining: -1, resetMs: 1_000 })).toBeNull();
  });
});
