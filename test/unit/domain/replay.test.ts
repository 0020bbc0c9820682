import fc from "fast-check";
import { expect, test } from "vitest";
import { deliveryStatuses } from "../../../src/domain/delivery.js";
import {
  advance,
  deliveriesKnownSince,
  type Facts,
  fateOf,
  isInRange,
  newReplay,
  type Replay,
  replayChoices,
  roomFor,
} from "../../../src/domain/replay.js";

const now = "2026-11-20T10:00:00.000Z";
const named = { id: "rpl_1", subscription: "sub_1", now, lastMade: 0 };
const ask = (only: (typeof replayChoices)[number]) =>
  newReplay({ since: "2026-11-19T00:00:00.000Z", until: null, only }, named);

const attempt = fc
  .date({
    min: new Date("2026-11-19T00:00:00Z"),
    max: new Date("2026-11-21T00:00:00Z"),
    noInvalidDate: true,
  })
  .map((at) => ({ at: at.toISOString(), durationMs: 1, outcome: "delivered" as const }));
const delivery = fc.record({
  status: fc.constantFrom(...deliveryStatuses),
  replay: fc.constantFrom(null, "rpl_0", "rpl_1"),
  attempts: fc.array(attempt, { maxLength: 2 }),
});
const facts: fc.Arbitrary<Facts> = fc.record({
  at: fc.integer({ min: 0, max: 100 }),
  isHeld: fc.boolean(),
  isWanted: fc.boolean(),
  delivery: fc.option(delivery),
  deliveriesKnownSince: fc.integer({ min: 0, max: 100 }),
});
const choice = fc.constantFrom(...replayChoices);

test("whatever a replay did is not done by it again", () => {
  fc.assert(
    fc.property(facts, choice, fc.constantFrom(...deliveryStatuses), (given, only, status) => {
      const fate = fateOf(ask(only), given);
      if (fate !== "made" && fate !== "again") return;
      const after = { ...given, delivery: { status, replay: "rpl_1", attempts: [] } };
      expect(fateOf(ask(only), after)).toBe("queued");
    }),
  );
});

test("nothing is sent that is held back, on its way, unwanted, or that may have been sent and forgotten", () => {
  fc.assert(
    fc.property(facts, choice, (given, only) => {
      const fate = fateOf(ask(only), given);
      if (given.isHeld) expect(fate).toBe("none");
      if (given.delivery?.status === "pending") expect(fate).not.toBe("again");
      expect(fate === "made").toBe(
        !given.isHeld &&
          given.delivery === null &&
          given.isWanted &&
          only !== "failed" &&
          given.at >= given.deliveriesKnownSince,
      );
    }),
  );
});

test("all is what failed, what is missing, and what was delivered before it was asked for", () => {
  const sends = (given: Facts, only: (typeof replayChoices)[number]) =>
    ["made", "again"].includes(fateOf(ask(only), given));
  fc.assert(
    fc.property(facts, (given) => {
      const last = given.delivery?.attempts.at(-1)?.at ?? "";
      const isOldNews =
        !given.isHeld &&
        given.delivery?.status === "delivered" &&
        given.delivery.replay !== "rpl_1" &&
        last < now;
      expect(sends(given, "all")).toBe(sends(given, "failed") || sends(given, "missing") || isOldNews);
      expect(sends(given, "failed") && sends(given, "missing")).toBe(false);
    }),
  );
});

test("the beginning of the time belongs to it, the end does not, and nothing of the future does", () => {
  const range = { since: "2026-11-19T00:00:00.000Z", until: "2026-11-20T00:00:00.000Z" };
  expect(isInRange(range, range.since)).toBe(true);
  expect(isInRange(range, range.until)).toBe(false);
  expect(isInRange(range, "2026-11-18T23:59:59.999Z")).toBe(false);
  const later = newReplay({ since: now, until: "2027-01-01T00:00:00.000Z", only: "all" }, named);
  expect(later.until).toBe(now);
});

test("steps add up, and the one without a place ends it", () => {
  const step = fc.record({ queued: fc.nat(50), skipped: fc.nat(50) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1 }), (steps) => {
      const before = steps.reduce<Replay>(
        (replay, each) => advance(replay, { ...each, position: "p" }, now),
        ask("all"),
      );
      expect(before).toMatchObject({ status: "running", finishedAt: null, position: "p" });
      expect(before.matched).toBe(steps.reduce((sum, each) => sum + each.queued + each.skipped, 0));
      const end = advance(before, { queued: 0, skipped: 0, position: null }, now);
      expect(end).toMatchObject({ status: "done", finishedAt: now, position: null, matched: before.matched });
    }),
  );
});

test("there is room for two seconds of the subscription's rate, for one at least and 200 at most", () => {
  const room = (perSecond: number, type: "webhook" | "slack", due = 0) =>
    roomFor({ channel: { type } as never, limits: { perSecond, concurrency: 1 } }, due);
  expect([room(20, "webhook"), room(0.01, "webhook"), room(1_000, "webhook")]).toEqual([40, 1, 200]);
  expect([room(20, "slack"), room(20, "webhook", 40), room(20, "webhook", 90)]).toEqual([2, 0, -50]);
});

test("deliveries that were deleted because there were too many are not missing, those of the replay apart", () => {
  const began = Date.parse(now);
  const replay = { createdAt: now, lastMade: began - 5_000 };
  const known = (trimmedUpTo: number) =>
    deliveriesKnownSince(replay, { trimmedUpTo, keptSince: began - 9_000 });
  expect([known(0), known(began - 7_000), known(began - 1)]).toEqual([began - 9_000, began - 6_999, began]);
  expect([known(began), known(began + 60_000)]).toEqual([began - 4_999, began - 4_999]);
  const first = { createdAt: now, lastMade: 0 };
  expect(deliveriesKnownSince(first, { trimmedUpTo: began + 1, keptSince: 0 })).toBe(1);
});
