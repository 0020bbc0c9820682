import type { JsonValue } from "../../domain/json.js";

/** Everything that invisibly bends a line: control and bidirectional characters, halves of characters. */
const invisible = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu;

/** Text of a receiver's or a client's own making on one line, at most `max` characters. Null when empty. */
export function clean(value: JsonValue | undefined, max = 120): string | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  const text = String(value)
    // Far beyond any limit nothing is ever shown: hostile input costs nothing.
    .slice(0, max * 20)
    .replace(invisible, " ")
    // Marks without end would be drawn over the lines above and below.
    .replace(/(\p{M}{6})\p{M}+/gu, "$1")
    .replace(/\s+/gu, " ")
    .trim();
  return unseen.test(text) ? null : cut(text, max);
}

/** Nothing in it that a reader would see, though joiners and fillers have their place between other characters. */
const unseen = /^[\s\p{Cf}\p{M}\u115f\u1160\u2800\u3164\uffa0]*$/u;

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

/** `1,204`; null for what is not a number. */
export function number(value: JsonValue | undefined): string | null {
  return typeof value === "number" && Number.isFinite(value) ? value.toLocaleString("en-GB") : null;
}

const shapes = {
  hour: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  short: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  day: { dateStyle: "medium" },
  zone: { hour: "2-digit", timeZoneName: "short" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** Formats are slow to make and there are as many as zones in use. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(shape: keyof typeof shapes, timeZone: string, locale = "en-GB"): Intl.DateTimeFormat {
  const key = `${locale} ${shape} ${timeZone}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, { ...shapes[shape], timeZone });
  formats.set(key, format);
  return format;
}

const write = (date: Date, shape: keyof typeof shapes, timeZone: string) =>
  formatFor(shape, timeZone).format(date);

/** Each English knows the names of its own zones only: `GMT`, `EST`, `AEST`, `NZDT`, `IST`, `SAST`. */
const englishes = ["en-GB", "en-US", "en-AU", "en-NZ", "en-IN", "en-ZA"];

function zoneName(date: Date, timeZone: string): string {
  const names = englishes.map((locale) => {
    const parts = formatFor("zone", timeZone, locale).formatToParts(date);
    return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  });
  return names.find((name) => !/[+\u2212-]\d/.test(name)) ?? names[0] ?? "";
}

/** `20 Nov 2026, 10:15 GMT` in the zone; null for what is not a time. */
export function time(value: JsonValue | undefined, timezone: string): string | null {
  const date = typeof value === "string" ? new Date(value) : new Date(Number.NaN);
  if (Number.isNaN(date.getTime())) return null;
  return `${write(date, "day", timezone)}, ${write(date, "hour", timezone)} ${zoneName(date, timezone)}`;
}

/** `20 Nov 2026, 10:15 – 11:40 GMT`, with a second date or zone where the end has another one. Both in ms. */
export function span(from: number, to: number, timezone: string): string {
  const [start, end] = [new Date(from), new Date(to)];
  const zones = [zoneName(start, timezone), zoneName(end, timezone)] as const;
  const days = [write(start, "day", timezone), write(end, "day", timezone)] as const;
  const hours = [write(start, "hour", timezone), write(end, "hour", timezone)] as const;
  if (zones[0] === zones[1] && days[0] === days[1]) {
    return `${days[0]}, ${hours[0]}${hours[0] === hours[1] ? "" : ` – ${hours[1]}`} ${zones[0]}`;
  }
  const first = zones[0] === zones[1] ? "" : ` ${zones[0]}`;
  return `${days[0]}, ${hours[0]}${first} – ${days[1]}, ${hours[1]} ${zones[1]}`;
}

/**
 * How the moments (ms) of one list are written, as short as tells them apart: `10:15` within a day, `20 Nov, 10:15`
 * across days, with the zone where the clocks changed between them; null where all say the same.
 */
export function moments(times: readonly number[], timezone: string): ((at: number) => string) | null {
  const dates = times.map((at) => new Date(at));
  const differ = (of: (date: Date) => string) => new Set(dates.map(of)).size > 1;
  const zones = differ((date) => zoneName(date, timezone));
  if (!zones && !differ((date) => write(date, "short", timezone))) return null;
  const shape = differ((date) => write(date, "day", timezone)) ? "short" : "hour";
  return (at) =>
    `${write(new Date(at), shape, timezone)}${zones ? ` ${zoneName(new Date(at), timezone)}` : ""}`;
}

/** `4 Dec 2026`, of a date without a zone or of a time in the zone. */
export function day(value: JsonValue | undefined, timezone: string): string | null {
  if (typeof value !== "string") return null;
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return clean(value, 40);
  const dateOnly = /^\d{4}-\d{2}-\d{2}$/.test(value);
  return write(date, "day", dateOnly ? "UTC" : timezone);
}
