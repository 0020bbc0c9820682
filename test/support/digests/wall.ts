import { durationMs } from "../../../src/domain/duration.js";
import type { Digest, QuietHours } from "../../../src/domain/subscription.js";

/**
 * When digests are due and quiet hours end, by looking at the clock on the wall minute after minute: slow, and sharing
 * nothing with the arithmetic that it checks.
 */
const minute = 60_000;
const formats = new Map<string, Intl.DateTimeFormat>();
const seen = new Map<string, number>();

/** Minutes since midnight on the wall. */
function wallAt(at: number, zone: string): number {
  const key = `${zone} ${Math.floor(at / minute)}`;
  const known = seen.get(key);
  if (known !== undefined) return known;
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat("sv-SE", { timeZone: zone, hour: "2-digit", minute: "2-digit" });
  formats.set(zone, format);
  const minutes = minutesOf(format.format(at));
  seen.set(key, minutes);
  return minutes;
}

const minutesOf = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

/** The first full minute after `after` that comes to, or leaps over, a time of day that fits. */
function firstMinute(after: number, zone: string, fits: (minutes: number) => boolean): number {
  for (let at = (Math.floor(after / minute) + 1) * minute; ; at += minute) {
    const [before, now] = [wallAt(at - minute, zone), wallAt(at, zone)];
    const leap = (now - before + 1_440) % 1_440;
    // A leap back shows as one of nearly a day.
    const passed = leap <= 180 ? Array.from({ length: leap }, (_, i) => (now - i + 1_440) % 1_440) : [now];
    if (passed.some(fits)) return at;
  }
}

/** When a digest must go out that was opened and last grew at these times. */
export function dueOf(digest: Digest, opened: number, newest: number, zone: string): number {
  if ("quiet" in digest) return Math.min(opened + durationMs(digest.max), newest + durationMs(digest.quiet));
  if ("dailyAt" in digest) {
    const wanted = minutesOf(digest.dailyAt);
    return firstMinute(opened, zone, (minutes) => minutes === wanted);
  }
  const every = durationMs(digest.every) / minute;
  if (1_440 % every === 0) return firstMinute(opened, zone, (minutes) => minutes % every === 0);
  return (Math.floor(opened / (every * minute)) + 1) * every * minute;
}

/** Whether quiet hours keep an event of this type back. */
export function isQuiet(quiet: QuietHours | null, type: string, at: number, zone: string): boolean {
  if (quiet === null || quiet.except.includes(type)) return false;
  const [from, to, now] = [minutesOf(quiet.from), minutesOf(quiet.to), wallAt(at, zone)];
  return from < to ? now >= from && now < to : now >= from || now < to;
}

/** The first time, from `at` on, that is not quiet. */
export function afterQuiet(quiet: QuietHours | null, type: string, at: number, zone: string): number {
  let free = at;
  while (isQuiet(quiet, type, free, zone)) free = (Math.floor(free / minute) + 1) * minute;
  return free;
}
