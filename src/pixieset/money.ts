import { decimalsOf } from "../domain/money.js";
import { numberOf, type Row } from "./fields.js";

/** An amount in the smallest unit. Whole numbers are that already; `"500.00"`, with a point, is in whole units. */
export function amountOf(row: Row, currency: string | null, ...names: string[]): number | null {
  const nested = row.object(...names);
  const value = nested ? nested.value("amount", "value", "cents", "minor") : row.value(...names);
  // The digits of a URL are no amount.
  if (typeof value === "string" && value.includes("//")) return null;
  const digits = typeof value === "string" ? value.replace(/[^\d.,-]/g, "") : value;
  const number = numberOf(digits);
  if (number === null) return null;
  const fractional = typeof value === "string" ? /\.\d+$/.test(String(digits)) : !Number.isInteger(number);
  const minor = fractional ? Math.round(number * 10 ** decimalsOf(currency)) : number;
  return Number.isSafeInteger(minor) ? minor : null;
}

export function currencyOf(row: Row): string | null {
  const nested = row.object("currency", "amount");
  return (
    (nested?.text("code", "iso", "currency") ?? row.text("currency", "currency_code"))?.toUpperCase() ?? null
  );
}
