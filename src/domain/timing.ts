import { matchesPattern } from "./catalog.js";
import { durationMs } from "./duration.js";
import type { Digest, QuietHours } from "./subscription.js";
import { clockChange, minutesOf, minutesOfDay, nextPeriod, nextTimeOfDay } from "./zone.js";

const dayMs = 86_400_000;

/**
 * When a digest is sent, given when it was opened and when its newest event came (all ms). `every` goes by the zone's
 * wall clock where it fits into a day without rest, or is whole days: `1h` ends on the hour, `6h` at 00:00, 06:00,
 * 12:00 and 18:00, `1d` at midnight, also on days with 23 or 25 hours. Other durations (`7h`) count from 1970 in UTC.
 */
export function digestDue(digest: Digest, openedAt: number, newestAt: number, zone: string): number {
  if ("quiet" in digest) {
    return Math.min(openedAt + durationMs(digest.max), newestAt + durationMs(digest.quiet));
  }
  if ("dailyAt" in digest) return nextTimeOfDay(openedAt, digest.dailyAt, zone);
  const every = Math.max(1, durationMs(digest.every));
  const byTheWall = dayMs % every === 0 || every % dayMs === 0;
  return byTheWall ? nextPeriod(openedAt, every, zone) : (Math.floor(openedAt / every) + 1) * every;
}

/**
 * When the quiet hours end that now keep an event of this type back; null when none do. Clocks that are set back
 * out of them end them too: for what comes then they are not quiet either.
 */
export function quietUntil(quiet: QuietHours | null, type: string, now: number, zone: string): number | null {
  if (!quiet || quiet.except.some((pattern) => matchesPattern(pattern, type))) return null;
  const [from, to] = [minutesOf(quiet.from), minutesOf(quiet.to)];
  const isWithin = (at: number) => {
    const minute = minutesOfDay(at, zone);
    return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
  };
  if (!isWithin(now)) return null;
  const end = nextTimeOfDay(now, quiet.to, zone);
  const change = clockChange(now, end, zone);
  return change !== null && !isWithin(change) ? change : end;
}
