import type { SessionState } from "./account.js";
import type { UpstreamFailure } from "./upstream.js";

/** A way to find out whether a lost session can be had back: ask with it, or log in anew with stored credentials. */
export type RevivalStep = "probe" | "login";

/** What was tried to bring an account's session back. Times in milliseconds since 1970. */
export interface Revival {
  /** Of the lost session that the counts are about. */
  readonly epoch: number;
  readonly probes: number;
  readonly probedAt: number | null;
  readonly logins: number;
  /** Of the last login, also of an earlier session: logins keep their distance whatever came between. */
  readonly loggedInAt: number | null;
}

/** What a step came to: a session that works (of a login: not stored yet), or why there is none. */
export type RevivalOutcome =
  | { readonly kind: "active"; readonly user: SessionState["user"] }
  | UpstreamFailure;

const firstProbeMs = 10 * 60_000;
const longestProbeMs = 6 * 3_600_000;
const loginGapMs = 10 * 60_000;

/** Logins that seemed to go through without a session that works, before the credentials count as refused. */
const mostHollowLogins = 3;

/** A time some ms after another one. A time that lies too far ahead is of a clock that was set back since. */
function after(time: number, gapMs: number, now: number): number {
  return time > now + gapMs ? now : time + gapMs;
}

/** The counts about the session that is lost now. */
function current(session: SessionState, revival: Revival | null): Revival {
  if (revival?.epoch === session.epoch) return revival;
  const loggedInAt = revival?.loggedInAt ?? null;
  return { epoch: session.epoch, probes: 0, probedAt: null, logins: 0, loggedInAt };
}

/**
 * What is tried next for a lost session, and when (ms); null when only a person can help. With credentials a login, at
 * most one in ten minutes; without them a probe, ten minutes after the loss, then after twice as long each time,
 * up to six hours.
 */
export function nextStep(
  session: SessionState,
  stored: Revival | null,
  canLogIn: boolean,
  now: number,
): { readonly kind: RevivalStep; readonly at: number } | null {
  if (session.status !== "expired") return null;
  const { probes, probedAt, loggedInAt } = current(session, stored);
  if (canLogIn) return { kind: "login", at: loggedInAt === null ? now : after(loggedInAt, loginGapMs, now) };
  const gap = Math.min(firstProbeMs * 2 ** Math.min(probes, 20), longestProbeMs);
  const last = probedAt ?? (session.checkedAt === null ? now : Date.parse(session.checkedAt));
  return { kind: "probe", at: after(last, gap, now) };
}

/** What is noted before a step is made. */
export function afterStep(
  session: SessionState,
  stored: Revival | null,
  kind: RevivalStep,
  now: number,
): Revival {
  const revival = current(session, stored);
  return kind === "login"
    ? { ...revival, logins: revival.logins + 1, loggedInAt: now }
    : { ...revival, probes: revival.probes + 1, probedAt: now };
}

/** What a step leads to: the session back, a wait for a person, credentials that are not used again, or patience. */
export type Verdict =
  | { readonly kind: "restore" }
  | { readonly kind: "challenge"; readonly reason: string }
  | { readonly kind: "refuse"; readonly reason: string }
  | { readonly kind: "wait" };

/** Judges what a step came to. `revival` counts that step already. */
export function judgeStep(
  kind: RevivalStep,
  session: SessionState,
  outcome: RevivalOutcome,
  revival: Revival,
): Verdict {
  if (outcome.kind === "challenged") return { kind: "challenge", reason: outcome.reason };
  const other = outcome.kind === "active" ? otherUser(session.user, outcome.user) : null;
  if (kind === "probe") return { kind: outcome.kind === "active" && !other ? "restore" : "wait" };
  if (other) {
    return {
      kind: "refuse",
      reason: `The stored credentials are of ${other.offered}, not of ${other.watched}`,
    };
  }
  if (outcome.kind === "rejected") return { kind: "refuse", reason: outcome.reason };
  // Nobody watches over this login: a session that does not say whose it is will not do where that is known.
  const proven = outcome.kind === "active" && (outcome.user !== null || session.user === null);
  if (proven) return { kind: "restore" };
  const hollow = outcome.kind === "active" || outcome.kind === "expired";
  if (hollow && revival.logins >= mostHollowLogins) {
    const reason = "The stored credentials are taken, but give no session that works";
    return { kind: "refuse", reason };
  }
  return { kind: "wait" };
}

/** Who is watched, where that is known and a session does not say whose it is; null when that says nothing against it. */
export function unprovenFor(watched: SessionState["user"], offered: SessionState["user"]): string | null {
  return offered === null ? (watched?.email ?? watched?.name ?? null) : null;
}

/**
 * Both names when a session is of another login than the one that is watched: its records would be told as changes of
 * this account's. Null when they are the same, or one of them is not known.
 */
export function otherUser(
  watched: SessionState["user"],
  offered: SessionState["user"],
): { readonly watched: string; readonly offered: string } | null {
  const [before, now] = [watched, offered].map((user) => user?.email ?? user?.name ?? null);
  if (!before || !now || before.toLowerCase() === now.toLowerCase()) return null;
  return { watched: before, offered: now };
}
