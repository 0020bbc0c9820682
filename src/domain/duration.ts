import { z } from "zod";

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const pattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** Milliseconds of a duration such as `500ms`, `5s`, `5m`, `2h` or `1d`; null when it is not one. */
export function parseDuration(text: string): number | null {
  const match = pattern.exec(text);
  if (!match) return null;
  return Math.round(Number(match[1]) * units[match[2] as keyof typeof units]);
}

/** A duration in a request body, at most 30 days. It stays text; `durationMs` reads it. */
export const durationSchema = z
  .string()
  .refine((text) => {
    const ms = parseDuration(text);
    return ms !== null && ms <= 30 * units.d;
  }, "must be a duration of at most 30 days such as 500ms, 5s, 5m, 2h or 1d")
  .meta({ example: "5m" });

/** Milliseconds of a duration that `durationSchema` has accepted. */
export function durationMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new Error(`not a duration: ${text}`);
  return ms;
}
