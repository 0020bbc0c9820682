import type { JsonValue } from "./json.js";

/** `8.4 MB`. */
export function size(bytes: JsonValue | undefined): string | null {
  if (typeof bytes !== "number" || !(bytes > 0)) return null;
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  return `${(bytes / 1_000 ** power).toLocaleString("en-GB", { maximumFractionDigits: 1 })} ${units[power]}`;
}
