import fc from "fast-check";
import { expect, test } from "vitest";
import { toldLimit } from "../../../src/pixieset/limits.js";

const now = Date.parse("2026-11-20T10:00:00Z");

test.each<[Record<string, string>, { remaining: number; resetMs: number } | null]>([
  [
    { "ratelimit-remaining": "7", "ratelimit-reset": "30" },
    { remaining: 7, resetMs: 30_000 },
  ],
  [
    { "x-ratelimit-remaining": "7", "x-ratelimit-reset": `${now / 1_000 + 30}` },
    { remaining: 7, resetMs: 30_000 },
  ],
  [
    { "x-rate-limit-remaining": "0", "x-rate-limit-reset": `${now + 9_000}` },
    { remaining: 0, resetMs: 9_000 },
  ],
  [
    { "x-ratelimit-remaining": "7", "x-ratelimit-reset": "Fri, 20 Nov 2026 10:00:30 GMT" },
    { remaining: 7, resetMs: 30_000 },
  ],
  [{ ratelimit: "limit=100, remaining=50, reset=5" }, { remaining: 50, resetMs: 5_000 }],
  [
    { ratelimit: '"default";r=50;t=30', "ratelimit-policy": '"default";q=100;w=3600' },
    { remaining: 50, resetMs: 30_000 },
  ],
  // Of several budgets the tightest.
  [{ ratelimit: '"burst";r=5;t=1, "day";r=9;t=40000' }, { remaining: 9, resetMs: 40_000_000 }],
  [
    { "x-ratelimit-remaining": "90, 2", "x-ratelimit-reset": "60, 60" },
    { remaining: 2, resetMs: 60_000 },
  ],
  // What says nothing, or nonsense.
  [{}, null],
  [{ "ratelimit-remaining": "7" }, null],
  [{ "ratelimit-remaining": "7", "ratelimit-reset": "0" }, null],
  [{ "ratelimit-remaining": "-7", "ratelimit-reset": "30" }, null],
  [{ "ratelimit-remaining": "7", "ratelimit-reset": "-30" }, null],
  [{ "ratelimit-remaining": "NaN", "ratelimit-reset": "Infinity" }, null],
  [{ "ratelimit-remaining": "7", "ratelimit-reset": `${now / 1_000 - 30}` }, null],
  [{ ratelimit: '"default";r=-1;t=30' }, null],
  [{ ratelimit: '"default";r=1.5;t=30' }, null],
  [{ ratelimit: `${'"x";r=1;t=1,'.repeat(100)}` }, null],
])("%j says %j", (headers, limit) => {
  expect(toldLimit(headers, now)).toEqual(limit);
});

test("whatever stands there, it says nothing or a number of requests and a time of at most a day", () => {
  const text = fc.oneof(
    fc.string(),
    fc.double().map(String),
    fc.bigInt().map(String),
    fc.stringMatching(/^[rt=;, \d."-]*$/),
  );
  fc.assert(
    fc.property(text, text, text, (remaining, reset, ratelimit) => {
      const limit = toldLimit(
        { "ratelimit-remaining": remaining, "x-ratelimit-reset": reset, ratelimit },
        now,
      );
      if (limit === null) return;
      expect(limit.remaining).toBeGreaterThanOrEqual(0);
      expect(limit.resetMs).toBeGreaterThan(0);
      expect(limit.resetMs).toBeLessThanOrEqual(86_400_000);
    }),
    { numRuns: 500 },
  );
});
