import { longestHoldMs } from "./backoff.js";
import type { AttemptOutcome } from "./delivery.js";
import { hashOf } from "./ids.js";
import type { ChannelSettings } from "./subscription.js";

/**
 * How the receiver behind a mailbox has been lately. Times in ms since 1970. It is about one channel as it is set: for
 * another URL, everything begins anew.
 */
export interface ReceiverState {
  /** Hash of the channel that this is about. */
  readonly channel: string;
  /** The receiver's own wish: until then it is left alone. */
  readonly heldUntil: number;
  /** The first failed attempt since the last that succeeded; null while none failed. */
  readonly failingSince: number | null;
  /** The last failed attempt since the last that succeeded; null while none failed. */
  readonly failedAt: number | null;
  /** When people were warned of that; null while they were not. */
  readonly warnedAt: number | null;
  /** Attempts in a row that found nobody who works. */
  readonly failures: number;
  /** The breaker: how often in a row it has opened, and until when nothing is sent. Then one delivery is the probe. */
  readonly opened: number;
  readonly openUntil: number;
  /** How many may be under way at once while it recovers; null: as many as the subscription allows. */
  readonly window: number | null;
}

/** Failed attempts in a row that open the breaker. */
const failuresToOpen = 5;
const firstPauseMs = 30_000;
const longestPauseMs = 15 * 60_000;
const day = 86_400_000;
/** After so long (ms) of nothing but failures, people are warned; after `disableAfterMs` it is switched off. */
const warnAfterMs = day;
const disableAfterMs = 5 * day;
/** After so long (ms) without an attempt, a failure is the first again: in between, nobody knows how it was. */
const silenceMs = 2 * day;
/** Nobody is switched off sooner than this after the warning. */
const graceMs = day;

/** What is known of the receiver behind a channel; of another channel's nothing holds for it. */
export function receiverOf(known: ReceiverState | null, settings: ChannelSettings): ReceiverState {
  const channel = hashOf([JSON.stringify(settings)]);
  if (known?.channel === channel) return known;
  return {
    channel,
    heldUntil: 0,
    failingSince: null,
    failedAt: null,
    warnedAt: null,
    failures: 0,
    opened: 0,
    openUntil: 0,
    window: null,
  };
}

/** Without a rest that ends later than any can: it was begun before the clock was set back. */
export function afterClock(state: ReceiverState, now: number): ReceiverState {
  const openUntil = state.openUntil > now + longestPauseMs * 1.2 ? now : state.openUntil;
  const heldUntil = state.heldUntil > now + longestHoldMs ? now : state.heldUntil;
  if (openUntil === state.openUntil && heldUntil === state.heldUntil) return state;
  return { ...state, openUntil, heldUntil };
}

/** Until when (ms) nothing may be sent; in the past when it may. */
export function restsUntil({ heldUntil, openUntil }: ReceiverState): number {
  return Math.max(heldUntil, openUntil);
}

/** How many deliveries may be under way at once, of the `concurrency` that the subscription allows. */
export function placesOf({ window }: ReceiverState, concurrency: number): number {
  return window === null ? concurrency : Math.max(1, Math.min(concurrency, Math.floor(window)));
}

/** One that comes back after a long time starts with one delivery at a time: what waits must not flatten it. */
export function startSlowly(state: ReceiverState): ReceiverState {
  return { ...state, window: 1 };
}

/** Told to let a probe through at once: someone asked for it. */
export function probeNow(state: ReceiverState, now: number): ReceiverState {
  return state.openUntil > now ? { ...state, openUntil: now } : state;
}

interface Circumstances {
  readonly now: number;
  /** In [0, 1). */
  readonly random: number;
  /** The subscription's `limits.concurrency`. */
  readonly concurrency: number;
}

/** The state after an attempt. The same object when nothing has changed: a healthy receiver costs no write. */
export function afterOutcome(
  state: ReceiverState,
  outcome: AttemptOutcome,
  at: Circumstances,
): ReceiverState {
  if (outcome.kind === "delivered") return afterSuccess(state, at.concurrency);
  const failing = stillFailing(state, at.now);
  const wish = outcome.kind === "retry" && outcome.holdMailbox ? (outcome.afterMs ?? 0) : 0;
  const holdUntil = wish > 0 ? at.now + Math.min(wish, longestHoldMs) : 0;
  // It refused this message, or asked for a pause: somebody is there.
  if (outcome.kind === "failed" || outcome.kind === "gone" || holdUntil > 0) {
    return { ...closed(failing), heldUntil: Math.max(state.heldUntil, holdUntil) };
  }
  const overloaded = outcome.kind === "retry" && outcome.overloaded;
  const window = overloaded ? placesOf(state, at.concurrency) / 2 : state.window;
  return open({ ...failing, window: window && Math.max(1, window), failures: state.failures + 1 }, at);
}

/** Failing since the first failure in a row, or from now on where long silence lies in between. */
function stillFailing(state: ReceiverState, now: number): ReceiverState {
  const { failingSince, failedAt } = state;
  const isFirst = failingSince === null || (failedAt !== null && now - failedAt > silenceMs);
  return isFirst
    ? { ...state, failingSince: now, failedAt: now, warnedAt: null }
    : { ...state, failedAt: now };
}

function afterSuccess(state: ReceiverState, concurrency: number): ReceiverState {
  const { failingSince, failures, opened, window } = state;
  if (failingSince === null && failures === 0 && opened === 0 && window === null) return state;
  // One more for each that succeeds doubles it with each round, as TCP's slow start does (RFC 5681, 3.1).
  const grown = window === null || window + 1 >= concurrency ? null : window + 1;
  return { ...closed(state), failingSince: null, failedAt: null, warnedAt: null, window: grown };
}

const closed = (state: ReceiverState): ReceiverState => ({ ...state, failures: 0, opened: 0, openUntil: 0 });

/** Opens the breaker after enough failures, and again, for longer, when a probe fails. ±20 % keeps probes apart. */
function open(state: ReceiverState, { now, random }: Circumstances): ReceiverState {
  // Those that were under way when it opened tell nothing new.
  if (state.failures < failuresToOpen || state.openUntil > now) return state;
  const pause = Math.min(firstPauseMs * 2 ** state.opened, longestPauseMs) * (0.8 + 0.4 * random);
  return { ...state, opened: state.opened + 1, openUntil: now + Math.round(pause), window: 1 };
}

export type Concern =
  | { readonly kind: "failing"; readonly since: number; readonly disablesAt: number }
  | { readonly kind: "disable"; readonly since: number };

/** When it is switched off if its attempts go on to fail (ms); null while none failed. */
export function disablesAt({ failingSince, warnedAt }: ReceiverState, now: number): number | null {
  return failingSince === null ? null : Math.max(failingSince + disableAfterMs, (warnedAt ?? now) + graceMs);
}

/** What people must hear of a receiver whose attempt has just failed; null when it is nothing yet, or was told. */
export function concernOf(state: ReceiverState, now: number): Concern | null {
  const { failingSince, warnedAt } = state;
  const end = disablesAt(state, now);
  if (failingSince === null || end === null || now - failingSince < warnAfterMs) return null;
  if (warnedAt === null) return { kind: "failing", since: failingSince, disablesAt: end };
  return now >= end ? { kind: "disable", since: failingSince } : null;
}
