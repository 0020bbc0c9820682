import { matchesPattern } from "./catalog.js";
import { durationMs } from "./duration.js";
import type { Digest, QuietHours } from "./subscription.js";
import { minutesOf, minutesOfDay, nextTimeOfDay } from "./zone.js";

/** When a digest is sent, given when it was opened and when its newest event came (all ms). */
export function digestDue(digest: Digest, openedAt: number, newestAt: number, zone: string): number {
  if ("quiet" in digest) {
    return Math.min(openedAt + durationMs(digest.max), newestAt + durationMs(digest.quiet));
  }
  if ("dailyAt" in digest) return nextTimeOfDay(openedAt, digest.dailyAt, zone);
  const every = Math.max(1, durationMs(digest.every));
  return (Math.floor(openedAt / every) + 1) * every;
}

/** When the quiet hours end that now keep an event of this type back; null when none do. */
export function quietUntil(quiet: QuietHours | null, type: string, now: number, zone: string): number | null {
  if (!quiet || quiet.except.some((pattern) => matchesPattern(pattern, type))) return null;
  const [from, to, minute] = [minutesOf(quiet.from), minutesOf(quiet.to), minutesOfDay(now, zone)];
  const within = from <= to ? minute >= from && minute < to : minute >= from || minute < to;
  return within ? nextTimeOfDay(now, quiet.to, zone) : null;
}
