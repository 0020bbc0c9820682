import type { JsonValue } from "../../domain/json.js";
import { decimalsOf } from "../../domain/money.js";

/** Everything that invisibly bends a line: control and bidirectional characters, halves of characters. */
const invisible = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu;

/** Text of a receiver's or a client's own making on one line, at most `max` characters. Null when empty. */
export function clean(value: JsonValue | undefined, max = 120): string | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  const text = String(value)
    // Far beyond any limit nothing is ever shown: hostile input costs nothing.
    .slice(0, max * 20)
    .replace(invisible, " ")
    .replace(/\s+/gu, " ")
    .trim();
  return text === "" ? null : cut(text, max);
}

/** The text, or its beginning and an ellipsis: at most `max` UTF-16 units, no character cut through. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  let length = max - 1;
  const unit = text.charCodeAt(length - 1);
  if (unit >= 0xd800 && unit <= 0xdbff) length -= 1;
  return `${text.slice(0, length).trimEnd()}…`;
}

/** `1 photo`, `12 photos`, `1,204 photos`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;
}

/** An amount in minor units as people write it: `£500.00`, `¥500`. Null when the currency is unknown. */
export function money(amount: JsonValue | undefined, currency: JsonValue | undefined): string | null {
  if (typeof amount !== "number" || !Number.isFinite(amount)) return null;
  if (typeof currency !== "string" || !/^[A-Za-z]{3}$/.test(currency)) return null;
  const decimals = decimalsOf(currency);
  const format = new Intl.NumberFormat("en-GB", {
    style: "currency",
    currency: currency.toUpperCase(),
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return format.format(amount / 10 ** decimals);
}

const shapes = {
  time: {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  },
  hour: { timeStyle: "short" },
  day: { dateStyle: "medium" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** Formats are slow to make and there are as many as zones in use. */
const formats = new Map<string, Intl.DateTimeFormat>();

function write(date: Date, shape: keyof typeof shapes, timeZone: string): string {
  const key = `${shape} ${timeZone}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat("en-GB", { ...shapes[shape], timeZone });
  formats.set(key, format);
  return format.format(date);
}

/** `20 Nov 2026, 10:15 GMT` in the zone; null for what is not a time. */
export function time(value: JsonValue | undefined, timezone: string): string | null {
  const date = typeof value === "string" ? new Date(value) : new Date(Number.NaN);
  return Number.isNaN(date.getTime()) ? null : write(date, "time", timezone);
}

/** `10:15` in the zone; null for what is not a time. */
export function hour(value: string, timezone: string): string | null {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : write(date, "hour", timezone);
}

/** `4 Dec 2026`, of a date without a zone or of a time in the zone. */
export function day(value: JsonValue | undefined, timezone: string): string | null {
  if (typeof value !== "string") return null;
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return clean(value, 40);
  const dateOnly = /^\d{4}-\d{2}-\d{2}$/.test(value);
  return write(date, "day", dateOnly ? "UTC" : timezone);
}

/** `8.4 MB`. */
export function size(bytes: JsonValue | undefined): string | null {
  if (typeof bytes !== "number" || !(bytes > 0)) return null;
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  return `${(bytes / 1_000 ** power).toLocaleString("en-GB", { maximumFractionDigits: 1 })} ${units[power]}`;
}
