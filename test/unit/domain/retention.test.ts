import { expect, test } from "vitest";
import { spansWithin } from "../../../src/dashboard/replay-draft.js";
import { parseRetention, spellDuration, sweepEveryMs } from "../../../src/domain/retention.js";

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

test.each([
  ["1m", minute],
  ["90m", 90 * minute],
  ["0.5h", 30 * minute],
  ["30d", 30 * day],
  ["3650d", 3_650 * day],
  ["59s", null],
  ["3651d", null],
  ["30", null],
  ["forever", null],
])("a retention of %s is %s", (text, ms) => {
  expect(parseRetention(text)).toBe(ms);
});

test("what is too old is gone within a twelfth of the retention, an hour at most and five seconds at least", () => {
  expect([minute, 10 * minute, 6 * hour, 12 * hour, 30 * day].map(sweepEveryMs)).toEqual([
    5_000,
    50_000,
    30 * minute,
    hour,
    hour,
  ]);
});

test("a retention is told in the largest unit that says it exactly", () => {
  const told = [minute, 90 * minute, 12 * hour, 36 * hour, day, 30 * day, 3_650 * day].map(spellDuration);
  expect(told).toEqual(["1 minute", "90 minutes", "12 hours", "36 hours", "1 day", "30 days", "3,650 days"]);
});

test("events can be sent again from as far back as they are kept, and no further", () => {
  const labels = (ms: number) => spansWithin(ms).map(([, label]) => label);
  expect(labels(30 * day)).toEqual([
    "The last hour",
    "The last 24 hours",
    "The last 7 days",
    "The last 30 days",
  ]);
  expect(labels(hour)).toEqual(["The last hour"]);
  expect(labels(minute)).toEqual(["The last minute"]);
  expect(labels(90 * day).at(-1)).toBe("The last 90 days");
});
