import { isOver, minutes, seconds } from "./length.js";
import type { Memory, Tried, Trouble } from "./memory.js";
import { nothingTried } from "./memory.js";
import type { State } from "./state.js";

/** What to do next. */
export type Step =
  | { readonly do: "rest" }
  | { readonly do: "ask" }
  /** `offer`: what `Tried` knows it by. */
  | { readonly do: "hand over"; readonly what: "cookies" | "nothing"; readonly offer: string };

/** What became of a hand-over that reached pixiehook. */
export type Verdict = "taken" | "refused" | "delayed";

// A little less than a minute, so that the second of two alarms does not come just too early.
const askEvery = seconds(55);
const handOverEvery = minutes(10);
const delay = minutes(1);
const waits = [seconds(30), minutes(1), minutes(2), minutes(5)].map((wait) => wait - seconds(2));
const mostRefused = 50;

const rest: Step = { do: "rest" };

/** Whether pixiehook was out of reach so lately that it is left alone. */
export function isWaiting(trouble: Trouble | null, now: number): boolean {
  if (trouble === null) return false;
  const wait = waits[Math.min(trouble.failures, waits.length) - 1] ?? 0;
  return !isOver(trouble.at, Math.max(wait, trouble.waitMs), now);
}

/** One more time that pixiehook could not be reached. */
export function onceMore(trouble: Trouble | null, waitMs: number, now: number): Trouble {
  const { since = now, failures = 0 } = trouble ?? {};
  return { since: Math.min(since, now), failures: failures + 1, at: now, waitMs };
}

/** What is offered: without cookies the jar still counts, for it tells whether anything is new. */
export function offerOf(state: State, jar: string): { what: "cookies" | "nothing"; offer: string } {
  const what = state.readBy === "server" ? "cookies" : "nothing";
  return { what, offer: `${what}:${jar}` };
}

function isDue({ readBy, session }: State, tried: Tried, jar: string, offer: string, now: number): boolean {
  if (tried.epoch === session.epoch && tried.refused.includes(offer)) return false;
  if (tried.delayed?.offer === offer && !isOver(tried.delayed.at, delay, now)) return false;
  if (session.status !== "active") return true;
  return readBy === "server" && tried.taken !== jar && isOver(tried.at, handOverEvery, now);
}

/** What to do next. `jar`: the hash of the cookies; null when there are none, or none that may be read. */
export function nextStep(memory: Memory, jar: string | null, now: number): Step {
  const { pairing, state, askedAt, tried, trouble } = memory;
  if (pairing === null || isWaiting(trouble, now)) return rest;
  if (state === null || trouble !== null || isOver(askedAt, askEvery, now)) return { do: "ask" };
  if (jar === null) return rest;
  const { what, offer } = offerOf(state, jar);
  return isDue(state, tried, jar, offer, now) ? { do: "hand over", what, offer } : rest;
}

/** What is known after a hand-over in `epoch`. */
export function afterHandOver(
  tried: Tried,
  outcome: {
    readonly verdict: Verdict;
    readonly jar: string;
    readonly offer: string;
    readonly epoch: number;
    /** Why it was refused, where it was of another login. */
    readonly other?: string | null;
  },
  now: number,
): Tried {
  const { verdict, jar, offer, epoch, other = null } = outcome;
  const refused = tried.epoch === epoch ? tried.refused : [];
  if (verdict === "delayed") return { ...tried, delayed: { offer, at: now } };
  if (verdict === "taken") return { ...nothingTried, taken: jar, at: now };
  const all = [...refused, offer].slice(-mostRefused);
  return { ...tried, epoch, refused: all, at: now, other, delayed: null };
}
