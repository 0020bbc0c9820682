import { describe, expect, test } from "vitest";
import type { AttemptOutcome } from "../../../src/domain/delivery.js";
import { failingFor, mailboxLevel, mailboxState } from "../../../src/domain/mailbox.js";
import { afterOutcome, type ReceiverState, receiverOf } from "../../../src/domain/receiver.js";
import { makeSubscription } from "../../api/support/fixtures.js";

const subscription = makeSubscription({ limits: { perSecond: 20, concurrency: 10 } });
const { channel } = subscription;
const now = Date.parse("2026-11-20T10:00:00.000Z");
const day = 86_400_000;
const empty = { waiting: 0, due: 0 };
const busy = { waiting: 7, due: 3 };
const at = (ms: number) => new Date(ms).toISOString();

const retry = { kind: "retry", error: "500", afterMs: null, holdMailbox: false, overloaded: false } as const;
const held: AttemptOutcome = { ...retry, afterMs: 60_000, holdMailbox: true };
const play = (outcomes: readonly AttemptOutcome[]): ReceiverState =>
  outcomes.reduce(
    (known, outcome) => afterOutcome(known, outcome, { now, random: 0.5, concurrency: 10 }),
    receiverOf(null, channel),
  );
const failing = play(Array(6).fill(retry));

describe("what a mailbox is doing", () => {
  test("is told by what waits, while its receiver works", () => {
    expect(mailboxState(subscription, empty, null, now)).toEqual({
      status: "idle",
      ...empty,
      restsUntil: null,
      restReason: null,
      failures: 0,
      failingSince: null,
      disablesAt: null,
      concurrency: 10,
    });
    expect(mailboxState(subscription, { waiting: 7, due: 0 }, null, now).status).toBe("waiting");
    expect(mailboxState(subscription, busy, null, now)).toMatchObject({ status: "sending", ...busy });
  });

  test("is to rest while the breaker is open, and to send with one at once after it", () => {
    const rest = mailboxState(subscription, busy, failing, now);
    expect(rest).toMatchObject({ status: "resting", restReason: "failures", failures: 6, concurrency: 1 });
    expect(rest.restsUntil).toBe(at(now + 30_000));
    expect(rest.failingSince).toBe(at(now));
    const after = mailboxState(subscription, busy, failing, now + 30_000);
    expect(after).toMatchObject({ status: "sending", restsUntil: null, restReason: null, concurrency: 1 });
    expect(after.failingSince).toBe(at(now));
  });

  test("is to rest when the receiver asked for it, even with nothing to send", () => {
    const rest = mailboxState(subscription, empty, play([held]), now);
    expect(rest).toMatchObject({ status: "resting", restReason: "asked", restsUntil: at(now + 60_000) });
  });

  test("is nothing while it is paused or off, whatever its receiver is like", () => {
    for (const [status, more] of [
      ["paused", { paused: true }],
      ["disabled", { enabled: false }],
      ["disabled", { enabled: false, paused: true }],
    ] as const) {
      const state = mailboxState({ ...subscription, ...more }, busy, failing, now);
      const nothing = { restsUntil: null, restReason: null, disablesAt: null, concurrency: 1 };
      expect(state).toMatchObject({ status, ...busy, ...nothing });
      expect(mailboxState({ ...subscription, ...more }, busy, null, now).concurrency).toBe(1);
    }
  });

  test("says when the subscription is switched off: after five days, and a day after the warning at least", () => {
    const since = (days: number, warned: number | null = null) => {
      const warnedAt = warned === null ? null : now - warned * day;
      const state = { ...failing, failingSince: now - days * day, warnedAt };
      return mailboxState(subscription, busy, state, now).disablesAt;
    };
    expect(since(0)).toBe(at(now + 5 * day));
    expect(since(2, 1)).toBe(at(now + 3 * day));
    expect(since(20)).toBe(at(now + day));
    expect(since(5, 0.5)).toBe(at(now + day / 2));
  });

  test("has nothing to do with what another address was like", () => {
    const moved = { ...subscription, channel: { type: "slack", url: "https://hooks.slack.com/x" } } as const;
    expect(mailboxState(moved, busy, failing, now)).toEqual(mailboxState(moved, busy, null, now));
  });
});

describe("whether somebody has to look after it", () => {
  const later = (ms: number) => mailboxState(subscription, empty, failing, now + ms);
  const level = (mailbox: Parameters<typeof mailboxLevel>[0], ms = 0) => mailboxLevel(mailbox, now + ms);

  test("depends on who is the reason: its own failures, its wish, or whoever paused it", () => {
    expect(level(mailboxState(subscription, busy, null, now))).toBe("good");
    expect(level(later(0))).toBe("problem");
    expect(level(mailboxState(subscription, empty, play([held]), now))).toBe("notice");
    expect(level(mailboxState({ ...subscription, paused: true }, busy, failing, now))).toBe("notice");
    expect(level(mailboxState({ ...subscription, enabled: false }, busy, failing, now), day)).toBe("good");
  });

  test("one failure is no news, ten minutes of nothing else are, rest or not", () => {
    const once = mailboxState(subscription, empty, play([retry]), now);
    expect([level(once), level(once, 599_999), level(once, 600_000)]).toEqual(["good", "good", "problem"]);
    expect(failingFor(once, now + 600_000)).toBe(600_000);
  });
});
