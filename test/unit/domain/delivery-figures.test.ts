import { expect, test } from "vitest";
import type { Attempt, Delivery } from "../../../src/domain/delivery.js";
import { deliveryFigures } from "../../../src/domain/delivery-figures.js";
import { at, makeDelivery } from "../../api/support/fixtures.js";

const attempt = (
  seconds: number,
  durationMs: number,
  outcome: Attempt["outcome"] = "delivered",
): Attempt => ({
  at: at(seconds),
  durationMs,
  outcome,
});

let made = 0;
const delivery = (status: Delivery["status"], attempts: readonly Attempt[]): Delivery =>
  makeDelivery(`evt_${made++}`, { status, attempts, attemptCount: attempts.length });
const smooth = (seconds: number, durationMs = 80) => delivery("delivered", [attempt(seconds, durationMs)]);

test("counts what arrived, what of it at once, and what was given up", () => {
  const figures = deliveryFigures(
    [
      smooth(1),
      delivery("delivered", [attempt(2, 15_000, "retry"), attempt(3, 90)]),
      delivery("failed", [attempt(4, 15_000, "failed")]),
    ],
    40,
  );
  expect(figures).toMatchObject({ finished: 3, delivered: 2, firstTry: 1 });
});

test("what waits and what was discarded says nothing of the receiver", () => {
  const waits = delivery("pending", [attempt(1, 15_000, "retry")]);
  const figures = deliveryFigures([waits, delivery("discarded", [])], 40);
  expect(figures).toMatchObject({ finished: 0, medianMs: null, slowMs: null, stretches: [] });
});

test("what was sent once more after it had arrived did arrive at the first try", () => {
  const twice = delivery("delivered", [attempt(1, 80), attempt(900, 80)]);
  expect(deliveryFigures([twice], 40).firstTry).toBe(1);
  // Earlier attempts are not kept: some of them failed.
  expect(deliveryFigures([{ ...twice, attemptCount: 25 }], 40).firstTry).toBe(0);
});

test("takes the times of what arrived only, by the nearest rank", () => {
  const fast = Array.from({ length: 18 }, (_, index) => smooth(index, 100 + index));
  const slow = [smooth(20, 1_200), smooth(21, 9_000)];
  const timeout = delivery("failed", [attempt(30, 15_000, "failed")]);
  expect(deliveryFigures([...fast, ...slow, timeout], 40)).toMatchObject({ medianMs: 109, slowMs: 1_200 });
});

test("puts them in a row by their ends, into stretches of as many each but for the oldest", () => {
  const failed = delivery("failed", [attempt(99, 1, "failed")]);
  const figures = deliveryFigures([failed, ...[5, 3, 4, 1, 2].map((second) => smooth(second, second))], 4);
  expect(figures.stretches).toEqual([
    { from: at(1), until: at(2), firstTry: 2, later: 0, failed: 0, medianMs: 1 },
    { from: at(3), until: at(4), firstTry: 2, later: 0, failed: 0, medianMs: 3 },
    { from: at(5), until: at(99), firstTry: 1, later: 0, failed: 1, medianMs: 5 },
  ]);
  expect(
    deliveryFigures(
      [1, 2, 3].map((second) => smooth(second)),
      2,
    ).stretches[0]?.firstTry,
  ).toBe(1);
});
