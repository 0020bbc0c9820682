import type { JsonValue } from "./json.js";

const units = ["B", "kB", "MB", "GB", "TB"];

/** `8.4 MB`. */
export function size(bytes: JsonValue | undefined): string | null {
  if (typeof bytes !== "number" || !(bytes > 0)) return null;
  let [amount, power] = [bytes, 0];
  // As it is written: 999,999 bytes are 1 MB, and not 1,000 kB.
  for (; Math.round(amount * 10) >= 10_000 && power < units.length - 1; power++) amount /= 1_000;
  return `${amount.toLocaleString("en-GB", { maximumFractionDigits: 1 })} ${units[power]}`;
}
