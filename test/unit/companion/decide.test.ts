import { describe, expect, test } from "vitest";
import { afterHandOver, isWaiting, nextStep, offerOf, onceMore } from "../../../companion/src/decide.js";
import { emptyMemory, type Memory, nothingTried } from "../../../companion/src/memory.js";
import type { State } from "../../../companion/src/state.js";

const now = 1_000_000_000;
const minute = 60_000;

const stateOf = (change: Partial<State["session"]> = {}, readBy: State["readBy"] = "server"): State => ({
  account: { id: "acc_1", name: "Smith Studio" },
  session: { status: "expired", reason: null, epoch: 1, ...change },
  readBy,
  hosts: { gallery: "https://galleries.pixieset.com/api/v1", studio: "https://studio.pixieset.com/api/v1" },
  signInUrl: "https://galleries.pixieset.com/",
});

const memoryOf = (change: Partial<Memory> = {}): Memory => ({
  ...emptyMemory,
  pairing: { address: "https://hooks.example.com", token: "pxc_x" },
  state: stateOf(),
  askedAt: now,
  ...change,
});

const cookies = (offer: string) => ({ do: "hand over", what: "cookies", offer });

describe("a session that is not active", () => {
  test.each(["expired", "challenged", "unverified"] as const)(
    "is mended at once while it is %s",
    (status) => {
      const memory = memoryOf({
        state: stateOf({ status }),
        tried: { ...nothingTried, taken: "a", at: now },
      });
      expect(nextStep(memory, "a", now)).toEqual(cookies("cookies:a"));
    },
  );

  test("is not offered what was refused in this epoch, and is in the next one", () => {
    const outcome = { verdict: "refused", jar: "a", offer: "cookies:a", epoch: 1 } as const;
    const tried = afterHandOver(nothingTried, outcome, now);
    expect(nextStep(memoryOf({ tried }), "a", now)).toEqual({ do: "rest" });
    expect(nextStep(memoryOf({ tried }), "b", now)).toEqual(cookies("cookies:b"));
    expect(nextStep(memoryOf({ tried, state: stateOf({ epoch: 2 }) }), "a", now)).toEqual(
      cookies("cookies:a"),
    );
  });

  test("is tried again a minute after Pixieset could not be asked, with other cookies at once", () => {
    const outcome = { verdict: "delayed", jar: "a", offer: "cookies:a", epoch: 1 } as const;
    const memory = memoryOf({ tried: afterHandOver(nothingTried, outcome, now) });
    const later = (ms: number) => ({ ...memory, askedAt: now + ms });
    expect(nextStep(memory, "a", now)).toEqual({ do: "rest" });
    expect(nextStep(later(minute - 1), "a", now + minute - 1)).toEqual({ do: "rest" });
    expect(nextStep(later(minute), "a", now + minute)).toEqual(cookies("cookies:a"));
    expect(nextStep(memory, "b", now)).toEqual(cookies("cookies:b"));
  });

  test("stays as it is while the browser has no cookies, or none that may be read", () => {
    expect(nextStep(memoryOf(), null, now)).toEqual({ do: "rest" });
  });
});

describe("a session that is active", () => {
  const active = stateOf({ status: "active" });

  test("is replaced when the cookies changed, at most once in ten minutes", () => {
    const at = (ms: number, jar: string) =>
      nextStep(
        memoryOf({ state: active, askedAt: now + ms, tried: { ...nothingTried, taken: "a", at: now } }),
        jar,
        now + ms,
      );
    expect(at(10 * minute - 1, "b")).toEqual({ do: "rest" });
    expect(at(10 * minute, "b")).toEqual(cookies("cookies:b"));
    expect(at(60 * minute, "a")).toEqual({ do: "rest" });
  });

  test("is not touched while the browser reads", () => {
    expect(nextStep(memoryOf({ state: stateOf({ status: "active" }, "browser") }), "a", now)).toEqual({
      do: "rest",
    });
  });
});

describe("while the browser reads", () => {
  const state = stateOf({}, "browser");

  test("nothing is offered but a look through it", () => {
    expect(nextStep(memoryOf({ state }), "a", now)).toEqual({
      do: "hand over",
      what: "nothing",
      offer: "nothing:a",
    });
  });

  test("a jar that was refused as cookies counts as new", () => {
    const { offer } = offerOf(stateOf(), "a");
    const tried = afterHandOver(nothingTried, { verdict: "refused", jar: "a", offer, epoch: 1 }, now);
    expect(nextStep(memoryOf({ state, tried }), "a", now)).toMatchObject({ what: "nothing" });
  });
});

describe("the state", () => {
  test("is asked for once a minute, and before anything else", () => {
    expect(nextStep(memoryOf({ state: null }), "a", now)).toEqual({ do: "ask" });
    expect(nextStep(memoryOf({ askedAt: null }), "a", now)).toEqual({ do: "ask" });
    const quiet = memoryOf({ state: stateOf({ status: "active" }, "browser") });
    expect(nextStep(quiet, "a", now + 30_000)).toEqual({ do: "rest" });
    expect(nextStep(quiet, "a", now + minute)).toEqual({ do: "ask" });
  });

  test("is not asked for without a pairing", () => {
    expect(nextStep(emptyMemory, "a", now)).toEqual({ do: "rest" });
  });

  test("is asked for less and less often while nobody answers: 30 s, 1, 2 and then 5 minutes", () => {
    let trouble = onceMore(null, 0, now);
    const waits = [30_000, minute, 2 * minute, 5 * minute, 5 * minute];
    let at = now;
    for (const wait of waits) {
      // Alarms come a little early at times.
      expect(isWaiting(trouble, at + wait - 3_000)).toBe(true);
      expect(nextStep(memoryOf({ trouble }), "a", at + wait - 3_000)).toEqual({ do: "rest" });
      at += wait;
      expect(nextStep(memoryOf({ trouble }), "a", at)).toEqual({ do: "ask" });
      trouble = onceMore(trouble, 0, at);
    }
    expect(trouble.since).toBe(now);
  });

  test("waits as long as pixiehook asks for, and not at all when somebody looks", () => {
    const trouble = onceMore(null, 10 * minute, now);
    expect(isWaiting(trouble, now + 9 * minute)).toBe(true);
    expect(isWaiting({ ...trouble, at: null }, now)).toBe(false);
  });
});

test("a clock that was set back ends every wait", () => {
  const before = now - 365 * 24 * 60 * minute;
  expect(isWaiting(onceMore(null, 0, now), before)).toBe(false);
  expect(nextStep(memoryOf(), "a", before)).toEqual({ do: "ask" });
  const tried = { ...nothingTried, taken: "a", at: now };
  const memory = memoryOf({ state: stateOf({ status: "active" }), askedAt: before, tried });
  expect(nextStep(memory, "b", before)).toEqual(cookies("cookies:b"));
});
