import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SessionState } from "../../../src/domain/account.js";
import {
  afterStep,
  judgeStep,
  nextStep,
  otherUser,
  type Revival,
  type RevivalOutcome,
  unprovenFor,
} from "../../../src/domain/session.js";

const minute = 60_000;
const start = Date.parse("2026-11-20T10:00:00.000Z");
const user = { name: "Ana Smith", email: "ana@smith.example" };
const expired: SessionState = {
  status: "expired",
  checkedAt: new Date(start).toISOString(),
  user,
  reason: "The upstream answered 401",
  epoch: 4,
  renewal: "cookies",
};
const none: Revival = { epoch: 4, probes: 0, probedAt: null, logins: 0, loggedInAt: null };

describe("the next step to have a session back", () => {
  it.each(["active", "challenged", "unverified"] as const)("is none while it is %s", (status) => {
    expect(nextStep({ ...expired, status }, null, true, start)).toBeNull();
  });

  it("is a probe after ten minutes, then after twice as long each time, up to six hours", () => {
    let revival: Revival | null = null;
    let now = start;
    const gaps: number[] = [];
    for (let i = 0; i < 9; i++) {
      const step = nextStep(expired, revival, false, now);
      expect(step?.kind).toBe("probe");
      gaps.push(((step?.at ?? 0) - now) / minute);
      now = step?.at ?? 0;
      revival = afterStep(expired, revival, "probe", now);
    }
    expect(gaps).toEqual([10, 20, 40, 80, 160, 320, 360, 360, 360]);
  });

  it("begins anew for another loss", () => {
    const revival = { ...none, epoch: 2, probes: 6, probedAt: start - minute };
    expect(nextStep(expired, revival, false, start)).toEqual({ kind: "probe", at: start + 10 * minute });
  });

  it("is a login at once with credentials, but never two in ten minutes, whichever session they were for", () => {
    expect(nextStep(expired, null, true, start)).toEqual({ kind: "login", at: start });
    const revival = { ...none, epoch: 2, loggedInAt: start - 4 * minute };
    expect(nextStep(expired, revival, true, start)).toEqual({ kind: "login", at: start + 6 * minute });
  });

  it("is not put off for long by a clock that was set back", () => {
    const revival = {
      ...none,
      probes: 1,
      probedAt: start + 1_000 * minute,
      loggedInAt: start + 1_000 * minute,
    };
    expect(nextStep(expired, revival, true, start)?.at).toBe(start);
    expect(nextStep(expired, revival, false, start)?.at).toBe(start);
  });

  it("is never more than one login in ten minutes, nor a probe in less, however often it is asked for", () => {
    const looks = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 * minute }), fc.boolean(), fc.boolean()));
    fc.assert(
      fc.property(looks, (steps) => {
        let now = start;
        let revival: Revival | null = null;
        let session = expired;
        const logins: number[] = [];
        for (const [wait, canLogIn, lostAgain] of steps) {
          now += wait;
          const step = nextStep(session, revival, canLogIn, now);
          if (!step || step.at > now) continue;
          revival = afterStep(session, revival, step.kind, now);
          if (step.kind === "login") logins.push(now);
          const checkedAt = new Date(now).toISOString();
          if (lostAgain) session = { ...session, epoch: session.epoch + 2, checkedAt };
        }
        for (const [i, at] of logins.slice(1).entries())
          expect(at - (logins[i] ?? 0)).toBeGreaterThanOrEqual(10 * minute);
      }),
    );
  });
});

describe("what a step leads to", () => {
  const active: RevivalOutcome = { kind: "active", user };
  const stranger: RevivalOutcome = { kind: "active", user: { name: null, email: "eve@other.example" } };
  const nobody: RevivalOutcome = { kind: "active", user: null };
  const failed = (
    kind: "expired" | "challenged" | "rejected" | "gone" | "shape_changed",
  ): RevivalOutcome => ({
    kind,
    reason: kind,
  });
  const passing: RevivalOutcome = { kind: "transient", reason: "502", afterMs: null };

  it.each([
    ["probe", "a good session", active, 0, "restore"],
    ["probe", "one that does not say whose it is", nobody, 0, "restore"],
    ["probe", "somebody else's", stranger, 0, "wait"],
    ["probe", "no session", failed("expired"), 0, "wait"],
    ["probe", "a challenge", failed("challenged"), 0, "challenge"],
    ["probe", "a request that is not understood", failed("rejected"), 0, "wait"],
    ["probe", "trouble that passes", passing, 0, "wait"],
    ["login", "a good session", active, 1, "restore"],
    ["login", "somebody else's", stranger, 1, "refuse"],
    ["login", "one that does not say whose it is", nobody, 1, "wait"],
    ["login", "such a one again and again", nobody, 3, "refuse"],
    ["login", "a session that does not work", failed("expired"), 2, "wait"],
    ["login", "such a one again and again", failed("expired"), 3, "refuse"],
    ["login", "wrong credentials", failed("rejected"), 1, "refuse"],
    ["login", "a challenge", failed("challenged"), 1, "challenge"],
    ["login", "an unknown answer", failed("shape_changed"), 9, "wait"],
    ["login", "trouble that passes", passing, 9, "wait"],
  ] as const)("of a %s with %s", (kind, _name, outcome, logins, verdict) => {
    expect(judgeStep(kind, expired, outcome, { ...none, logins }).kind).toBe(verdict);
  });

  it("takes a login's session where nobody knows whose it was", () => {
    expect(judgeStep("login", { ...expired, user: null }, nobody, none).kind).toBe("restore");
  });
});

describe("another user", () => {
  it.each([
    [user, { name: "Ana", email: "ANA@smith.example" }, false],
    [user, { name: "Ana Smith", email: "eve@other.example" }, true],
    [{ name: "Ana Smith", email: null }, { name: "ana smith", email: null }, false],
    [{ name: "Ana Smith", email: null }, { name: "Eve", email: null }, true],
    [user, null, false],
    [null, user, false],
    [user, { name: null, email: null }, false],
  ])("than %j is %j: %s", (watched, offered, other) => {
    expect(otherUser(watched, offered) !== null).toBe(other);
  });
});

it("a session that does not say whose it is proves nothing where the login is known, and that alone", () => {
  const ana = { name: "Ana", email: "ana@smith.example" };
  expect(unprovenFor(ana, null)).toBe("ana@smith.example");
  expect(unprovenFor({ name: "Ana", email: null }, null)).toBe("Ana");
  expect(unprovenFor(ana, ana)).toBeNull();
  expect(unprovenFor(null, null)).toBeNull();
});
