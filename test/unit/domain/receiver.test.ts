import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AttemptOutcome } from "../../../src/domain/delivery.js";
import {
  afterOutcome,
  concernOf,
  placesOf,
  probeNow,
  type ReceiverState,
  receiverOf,
  restsUntil,
  startSlowly,
} from "../../../src/domain/receiver.js";
import type { ChannelSettings } from "../../../src/domain/subscription.js";

const channel: ChannelSettings = { type: "slack", url: "https://hooks.slack.com/services/T/B/1" };
const fresh = receiverOf(null, channel);
const second = 1_000;
const hour = 3_600 * second;
const concurrency = 10;

const retry = { kind: "retry", error: "500", afterMs: null, holdMailbox: false, overloaded: false } as const;
const overloaded: AttemptOutcome = { ...retry, error: "502", overloaded: true };
const held: AttemptOutcome = { ...retry, error: "429", afterMs: 60 * second, holdMailbox: true };
const failed: AttemptOutcome = { kind: "failed", error: "400" };
const blocked: AttemptOutcome = { kind: "blocked", error: "private" };
const delivered: AttemptOutcome = { kind: "delivered" };

function play(outcomes: readonly AttemptOutcome[], state = fresh, from = 0, random = 0.5): ReceiverState {
  return outcomes.reduce<ReceiverState>(
    (known, outcome, i) => afterOutcome(known, outcome, { now: from + i, random, concurrency }),
    state,
  );
}
const times = (count: number, outcome: AttemptOutcome) => Array.from({ length: count }, () => outcome);

describe("the breaker", () => {
  test("opens at the fifth failure in a row, not before, whatever kind of failure it is", () => {
    expect(restsUntil(play(times(4, retry)))).toBe(0);
    expect(restsUntil(play([...times(4, retry), blocked]))).toBe(4 + 30 * second);
    expect(restsUntil(play([...times(4, retry), delivered, retry]))).toBe(0);
  });

  test("is not opened by a receiver that answers about a message, or that asks for a pause", () => {
    expect(restsUntil(play(times(20, failed)))).toBe(0);
    expect(restsUntil(play(times(6, held), fresh, 1_000))).toBe(1_005 + 60 * second);
    expect(play(times(6, held)).opened).toBe(0);
  });

  test("lets one probe through, rests twice as long after each that fails, 15 minutes at most, ±20 %", () => {
    for (const random of [0, 0.5, 0.999]) {
      let state = play(times(5, retry), fresh, 0, random);
      let opened = 4;
      for (const minutes of [0.5, 1, 2, 4, 8, 15, 15, 15]) {
        const pause = restsUntil(state) - opened;
        expect(pause / 60_000 / minutes).toBeGreaterThanOrEqual(0.79);
        expect(pause / 60_000 / minutes).toBeLessThanOrEqual(1.21);
        expect(placesOf(state, concurrency)).toBe(1);
        opened = restsUntil(state);
        state = afterOutcome(state, retry, { now: opened, random, concurrency });
      }
    }
  });

  test("is not opened further by what was under way when it opened", () => {
    const once = play(times(5, retry));
    expect(restsUntil(play(times(9, retry), once, 5))).toBe(restsUntil(once));
  });

  test("lets a probe through at once when someone asks, but not against the receiver's own wish", () => {
    expect(restsUntil(probeNow(play(times(5, retry)), 100))).toBe(100);
    expect(restsUntil(probeNow(play([...times(5, retry), held]), 100))).toBe(5 + 60 * second);
  });
});

test("a pause that the receiver asks for holds everything, a day at most", () => {
  const asked = (afterMs: number) => restsUntil(play([{ ...retry, afterMs, holdMailbox: true }], fresh, 7));
  expect(asked(60 * second)).toBe(7 + 60 * second);
  expect(asked(240 * hour)).toBe(7 + 24 * hour);
});

describe("a receiver that comes back", () => {
  test("gets one at a time, then twice as many each round, then as many as it may", () => {
    let state = startSlowly(fresh);
    const rounds: number[] = [];
    while (state.window !== null) {
      const places = placesOf(state, concurrency);
      rounds.push(places);
      state = play(times(places, delivered), state);
    }
    expect(rounds).toEqual([1, 2, 4, 8]);
    expect(placesOf(state, concurrency)).toBe(concurrency);
  });

  test("is given half as many when it says that it is overloaded, and never none", () => {
    expect(placesOf(play([overloaded]), concurrency)).toBe(5);
    expect(placesOf(play([overloaded, overloaded]), concurrency)).toBe(2);
    expect(placesOf(play(times(4, overloaded)), concurrency)).toBe(1);
    expect(placesOf(play([overloaded]), 1)).toBe(1);
  });
});

describe("people", () => {
  const failSince = (since: number, now: number, warnedAt: number | null = null) =>
    concernOf({ ...fresh, failingSince: since, warnedAt }, now);

  test("are warned after a day of nothing but failures, once", () => {
    expect(failSince(0, 24 * hour - 1)).toBeNull();
    expect(failSince(0, 24 * hour)).toEqual({ kind: "failing", since: 0, disablesAt: 5 * 24 * hour });
    expect(failSince(0, 100 * hour, 24 * hour)).toBeNull();
  });

  test("hear of the end after five days, and never within a day of the warning", () => {
    expect(failSince(0, 120 * hour - 1, 24 * hour)).toBeNull();
    expect(failSince(0, 120 * hour, 24 * hour)).toEqual({ kind: "disable", since: 0 });
    expect(failSince(0, 500 * hour)).toMatchObject({ kind: "failing", disablesAt: 524 * hour });
    expect(failSince(0, 510 * hour, 500 * hour)).toBeNull();
    expect(failSince(0, 524 * hour, 500 * hour)).toMatchObject({ kind: "disable" });
  });

  test("need not hear of one that delivered in between", () => {
    const state = play([retry, delivered, retry], fresh, 7);
    expect(state.failingSince).toBe(9);
    expect(state.warnedAt).toBeNull();
  });
});

test("a healthy receiver's state never changes: there is nothing to write", () => {
  expect(play(times(100, delivered))).toBe(fresh);
});

test("nothing of it holds for another channel", () => {
  const known = play(times(5, retry));
  expect(receiverOf(known, channel)).toBe(known);
  expect(receiverOf(known, { ...channel, url: `${channel.url}2` })).toMatchObject({
    openUntil: 0,
    failingSince: null,
  });
});

test("whatever happens: there is a place, no rest is beyond 24 h, and a success ends every trouble but the hold", () => {
  const outcome = fc.constantFrom(retry, overloaded, held, failed, blocked, delivered);
  const step = fc.record({
    outcome,
    after: fc.integer({ min: 0, max: 3 * 24 * hour }),
    random: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 50 }), (steps, most) => {
      let [state, now] = [fresh, 0];
      for (const { outcome: next, after, random } of steps) {
        now += after;
        state = afterOutcome(state, next, { now, random, concurrency: most });
        expect(placesOf(state, most)).toBeGreaterThanOrEqual(1);
        expect(placesOf(state, most)).toBeLessThanOrEqual(most);
        expect(restsUntil(state) - now).toBeLessThanOrEqual(24 * hour);
        if (next.kind === "delivered")
          expect(state).toMatchObject({ failures: 0, openUntil: 0, failingSince: null });
      }
    }),
  );
});
