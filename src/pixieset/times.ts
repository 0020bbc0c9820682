import { isJsonObject, type JsonValue } from "../domain/json.js";
import { withoutSecrets } from "./secrets.js";

/** A time as the upstream gives it. */
export interface UpstreamTime {
  /** For showing: ISO 8601 in UTC when the zone is known, otherwise the upstream's own words; null for none. */
  readonly text: string | null;
  /** ISO 8601 in UTC; null unless the upstream gave a zone. */
  readonly instant: string | null;
}

const none: UpstreamTime = { text: null, instant: null };
const zoned = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)$/i;
const zeroDate = /^(0000|0001-01-01|1970-01-01[T ]00:00:00(\.0+)?(Z|\+00:?00)?$)/i;
const relative = /\b(ago|just now|yesterday|today|tomorrow)\b|^in \d/i;

function instantOf(ms: number): UpstreamTime {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime()) || ms <= 0) return none;
  return { text: date.toISOString(), instant: date.toISOString() };
}

/** Seconds, milliseconds or microseconds since 1970, told apart by size. Smaller numbers are no time. */
function fromEpoch(number: number): UpstreamTime {
  if (number < 1e8) return none;
  if (number < 1e11) return instantOf(number * 1_000);
  return instantOf(number < 1e14 ? number : number / 1_000);
}

function zoneOffset(zone: string): string {
  if (/^(z|utc|gmt)$/i.test(zone)) return "Z";
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}

function fromText(given: string): UpstreamTime {
  const text = given.trim();
  if (text === "" || text.length > 100 || zeroDate.test(text) || relative.test(text)) return none;
  if (text.includes("//") || withoutSecrets(text) !== text) return none;
  if (/^\d{9,17}(\.\d+)?$/.test(text)) return fromEpoch(Number(text));
  const match = zoned.exec(text);
  if (match) {
    const [, date, clock = "", zone = "Z"] = match;
    const [seconds = "", fraction = ""] = clock.replace(",", ".").split(".");
    const full = `${seconds.length === 5 ? `${seconds}:00` : seconds}.${fraction.slice(0, 3).padEnd(3, "0")}`;
    const ms = Date.parse(`${date}T${full}${zoneOffset(zone)}`);
    return Number.isNaN(ms) ? { text, instant: null } : instantOf(ms);
  }
  // RFC 1123 and its like: words, and a zone at the end.
  if (/^[a-z]{3},? /i.test(text) && /(GMT|UTC|[+-]\d{4})$/i.test(text)) {
    const ms = Date.parse(text);
    if (!Number.isNaN(ms)) return instantOf(ms);
  }
  return { text, instant: null };
}

/**
 * Reads a time in any of the upstream's forms. Without a zone it stays text and is never taken for an instant;
 * zero dates, and words such as "3 minutes ago" that change with every reading, are no time at all.
 */
export function readTime(value: JsonValue | undefined): UpstreamTime {
  if (typeof value === "number") return fromEpoch(value);
  if (typeof value === "string") return fromText(value);
  if (!isJsonObject(value)) return none;
  // PHP writes a date object as {date, timezone_type, timezone}.
  const { date, timezone } = value;
  if (typeof date === "string" && typeof timezone === "string") {
    return fromText(/^(utc|gmt|z|[+-]\d\d:?\d\d)$/i.test(timezone) ? `${date.trim()}${timezone}` : date);
  }
  const inner = [value.iso, value.datetime, value.date, value.value, value.timestamp].find(
    (part) => part != null,
  );
  return inner === undefined || isJsonObject(inner) ? none : readTime(inner);
}
