import { parseDuration } from "./duration.js";

const minute = 60_000;
const day = 86_400_000;

/** How long (ms) events, finished deliveries and holds are kept unless the settings say otherwise. */
export const usualRetentionMs = 30 * day;

/** Milliseconds of a retention such as `90m`, `12h` or `30d`, from a minute to ten years; null for anything else. */
export function parseRetention(text: string): number | null {
  const ms = parseDuration(text);
  return ms !== null && ms >= minute && ms <= 3_650 * day ? ms : null;
}

/** How often (ms) what is too old is swept away: so that nothing stays for more than a twelfth longer, hourly at least. */
export function sweepEveryMs(retentionMs: number): number {
  return Math.min(60 * minute, Math.max(5_000, Math.round(retentionMs / 12)));
}

/** How long (ms) the lists of a collection that is gone are kept, should it come back: a day at least. */
export function keptWhenGoneMs(retentionMs: number): number {
  return Math.max(day, retentionMs);
}

/**
 * Whether a collection has been gone for so long that its lists are given up: by the time (ms) at which a listing was
 * read that said so, and not by the time that passed. While nobody could look, it may have come back.
 */
export function isLongGone(goneAt: number, listingReadAt: number | null, retentionMs: number): boolean {
  return listingReadAt !== null && goneAt < listingReadAt - keptWhenGoneMs(retentionMs);
}

const units = [
  ["day", day],
  ["hour", 60 * minute],
  ["minute", minute],
  ["second", 1_000],
] as const;

/** A length of time for people, exactly: `30 days`, `1 hour`, `90 minutes`. */
export function spellDuration(ms: number): string {
  const [noun, length] = units.find(([, unit]) => ms % unit === 0) ?? ["millisecond", 1];
  const many = ms / length;
  return `${many.toLocaleString("en-GB")} ${noun}${many === 1 ? "" : "s"}`;
}
