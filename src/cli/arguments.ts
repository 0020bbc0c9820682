import { InvalidArgumentError } from "commander";
import { type Role, roles } from "../../workers/index.js";
import { durationMs, durationSchema } from "../domain/duration.js";

/** Readers of what stands behind an option. Each throws `InvalidArgumentError`, which says what to use. */

export function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("use a whole number");
  return Number(text);
}

/** A whole number from `least` to `most`. */
export function amount(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = whole(text);
    if (number < least || number > most)
      throw new InvalidArgumentError(`use a whole number from ${least} to ${most}`);
    return number;
  };
}

export function port(text: string): number {
  const number = whole(text);
  if (number > 65_535) throw new InvalidArgumentError("use a number from 0 to 65535");
  return number;
}

export function roleList(text: string): Role[] {
  return text.split(",").map((name) => {
    const role = roles.find((known) => known === name.trim());
    if (!role) throw new InvalidArgumentError(`use some of ${roles.join(",")}`);
    return role;
  });
}

/** An http or https address. */
export function address(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : "";
  if (!/^https?:$/.test(protocol)) throw new InvalidArgumentError("use an http or https address");
  return text;
}

export function duration(text: string): string {
  if (!durationSchema.safeParse(text).success)
    throw new InvalidArgumentError("use a duration such as 30s, 5m or 30d");
  return text;
}

/** Unix seconds, or a time in ISO 8601. */
export function time(text: string): Date {
  const at = new Date(/^\d{1,12}$/.test(text) ? Number(text) * 1_000 : text);
  if (Number.isNaN(at.getTime()))
    throw new InvalidArgumentError("use Unix seconds or a time like 2026-11-20T10:15:00Z");
  return at;
}

/** A time (ISO 8601, with a zone), a date, or how long ago (`2d`); as ISO 8601 in UTC. */
export function moment(text: string): string {
  if (durationSchema.safeParse(text).success) return new Date(Date.now() - durationMs(text)).toISOString();
  const isTime = /^\d{4}-\d\d-\d\d(T.*(Z|[+-]\d\d:?\d\d))?$/.test(text);
  if (!isTime || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError("use a time such as 2026-11-20T10:15:00Z, a date, or how long ago: 2d");
  return new Date(text).toISOString();
}

export function number(text: string): number {
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(text)) throw new InvalidArgumentError("use a number");
  return Number(text);
}
