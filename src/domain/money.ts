import type { JsonValue } from "./json.js";

const none = /^(bif|clp|djf|gnf|isk|jpy|kmf|krw|pyg|rwf|ugx|uyi|vnd|vuv|xaf|xof|xpf)$/i;
const three = /^(bhd|iqd|jod|kwd|lyd|omr|tnd)$/i;

/**
 * How many decimals a currency's smallest unit has. Source: ISO 4217. Reading and showing an amount both go by it:
 * `Intl` shows fewer for some currencies, and would make their amounts look a hundred times as large.
 */
export function decimalsOf(currency: string | null): number {
  if (none.test(currency ?? "")) return 0;
  return three.test(currency ?? "") ? 3 : 2;
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
  // `+ 0` takes the sign off nothing.
  return format.format(amount / 10 ** decimals + 0);
}
