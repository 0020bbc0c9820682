import type { Delivery } from "./delivery.js";
import { mostPerSecond, type Subscription } from "./subscription.js";

/** What is sent again: what failed, what was never made, or both and what was delivered. */
export const replayChoices = ["failed", "missing", "all"] as const;
export type ReplayChoice = (typeof replayChoices)[number];
export const replayStatuses = ["running", "done", "cancelled"] as const;

/** How many replays of a subscription are kept; the oldest are forgotten. */
export const keptReplays = 20;

/** What somebody asks for. Times are ISO 8601 in UTC; `until` null means now. */
export interface ReplayInput {
  readonly since: string;
  readonly until: string | null;
  readonly only: ReplayChoice;
}

/** Events of a time that are sent to one subscription again, little by little. */
export interface Replay {
  readonly id: string;
  readonly subscription: string;
  /** Over the events' `timestamp`: `since` belongs to it, `until` does not. */
  readonly since: string;
  readonly until: string;
  readonly only: ReplayChoice;
  readonly status: (typeof replayStatuses)[number];
  /** How many events it was to send when it was asked for; null when that took too long to count. */
  readonly count: number | null;
  /** Events that concern the subscription, so far: `queued` and `skipped` together. */
  readonly matched: number;
  /** Events put into the mailbox again, so far. */
  readonly queued: number;
  /** Events that were left as they are, so far. */
  readonly skipped: number;
  /** When (ms) the newest delivery was made before it was asked for; 0 when there was none. */
  readonly lastMade: number;
  /** How far it has come; null at the beginning, and when it has ended. */
  readonly position: string | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

/**
 * What becomes of an event. `none`: it does not concern the subscription. `left`: it does, and stays as it is. `made`: it
 * gets the delivery that it never had. `again`: its delivery is sent again. `queued`: this replay did that already.
 */
export type Fate = "none" | "left" | "made" | "again" | "queued";

/** What is known of an event when its fate is decided. */
export interface Facts {
  /** When it was committed, ms. */
  readonly at: number;
  /** Held back in a flood that nobody let go. */
  readonly isHeld: boolean;
  /** Whether the subscription wants it, as it is now. */
  readonly isWanted: boolean;
  /** The delivery that carries it, alone or in a digest; null when there is none. */
  readonly delivery: Pick<Delivery, "status" | "replay" | "attempts"> | null;
  /** Deliveries made before this time (ms) may have been deleted: their absence says nothing. */
  readonly deliveriesKnownSince: number;
}

/** Decides what becomes of an event. Decided again after it was done, it comes to `queued` or `left`. */
export function fateOf(replay: Pick<Replay, "id" | "only" | "createdAt">, facts: Facts): Fate {
  const { delivery, isHeld, isWanted } = facts;
  if (isHeld) return "none";
  if (!delivery) {
    if (!isWanted) return "none";
    return replay.only === "failed" || facts.at < facts.deliveriesKnownSince ? "left" : "made";
  }
  if (delivery.replay === replay.id) return "queued";
  if (delivery.status === "pending" || replay.only === "missing") return "left";
  if (delivery.status !== "delivered") return "again";
  // What went out since it was asked for has just arrived.
  const isFresh = (delivery.attempts.at(-1)?.at ?? "") > replay.createdAt;
  return replay.only === "all" && !isFresh ? "again" : "left";
}

/**
 * Since when (ms) every delivery that was made before the replay is still there, given that those made up to `trimmedUpTo`
 * may have been deleted because there were too many, and all from before `keptSince` because they were too old.
 */
export function deliveriesKnownSince(
  replay: Pick<Replay, "createdAt" | "lastMade">,
  { trimmedUpTo, keptSince }: { trimmedUpTo: number; keptSince: number },
): number {
  // Once it is the replay's own that are deleted, all that were made before it can be gone, and nothing else.
  const isOwn = trimmedUpTo >= Date.parse(replay.createdAt);
  return Math.max(keptSince, (isOwn ? replay.lastMade : trimmedUpTo) + 1);
}

/** Whether an event of this time (ISO 8601) is among those that were asked for. */
export function isInRange({ since, until }: Pick<Replay, "since" | "until">, timestamp: string): boolean {
  const at = Date.parse(timestamp);
  return at >= Date.parse(since) && at < Date.parse(until);
}

const mostWaiting = 200;
/** Fresh events wait behind what is due: behind about two seconds of it. */
const secondsWaiting = 2;

/** How many more deliveries may become due now, given how many are. */
export function roomFor(of: Pick<Subscription, "channel" | "limits">, due: number): number {
  return Math.min(mostWaiting, Math.max(1, Math.round(mostPerSecond(of) * secondsWaiting))) - due;
}

/** A replay that is asked for now. */
export function newReplay(
  input: ReplayInput,
  { id, subscription, now, lastMade }: { id: string; subscription: string; now: string; lastMade: number },
): Replay {
  const until = input.until !== null && input.until < now ? input.until : now;
  return {
    id,
    subscription,
    since: input.since,
    until,
    only: input.only,
    status: "running",
    count: null,
    matched: 0,
    queued: 0,
    skipped: 0,
    lastMade,
    position: null,
    createdAt: now,
    finishedAt: null,
  };
}

/** A replay after a step: `position` is where it goes on, null when it has come to the end. */
export function advance(
  replay: Replay,
  step: { queued: number; skipped: number; position: string | null },
  now: string,
): Replay {
  const queued = replay.queued + step.queued;
  const skipped = replay.skipped + step.skipped;
  const counted = { ...replay, matched: queued + skipped, queued, skipped };
  if (step.position !== null) return { ...counted, position: step.position };
  return { ...counted, status: "done", position: null, finishedAt: now };
}

/** A replay after an account was deleted: it goes on with the one that follows, and names the deleted one no more. */
export function leaveAccount(
  replay: Replay,
  { account, following, now }: { account: string; following: string | null; now: string },
): Replay {
  if (replay.position?.split(" ")[0] !== account) return replay;
  if (replay.status !== "running") return { ...replay, position: null };
  return advance(replay, { queued: 0, skipped: 0, position: following }, now);
}
