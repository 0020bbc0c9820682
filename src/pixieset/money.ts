import { decimalsOf } from "../domain/money.js";
import { numberOf, type Row } from "./fields.js";

const isBare = (text: string) => /^[\d.,'+\s-]*$/.test(text);

/** An amount as people read it, with its sign or code: `£1,250`, `1.234,56 €`. Null where that is not one number. */
function shown(text: string, currency: string | null): number | null {
  const [found, ...others] = text.match(/-?\d[\d.,'\s]*/g) ?? [];
  if (found === undefined || others.length > 0) return null;
  const digits = found.replace(/[.,'\s]+$/, "");
  const decimals = decimalsOf(currency);
  // The last mark stands before decimals if no more digits follow than the currency has.
  const fraction = decimals === 0 ? "" : (new RegExp(`[.,](\\d{1,${decimals}})$`).exec(digits)?.[1] ?? "");
  const whole = fraction === "" ? digits : digits.slice(0, -fraction.length - 1);
  if (!/^-?(\d+|\d{1,3}([.,'\s]\d{2,3})+)$/.test(whole)) return null;
  const minor = Number(`${whole.replace(/[.,'\s]/g, "")}${fraction.padEnd(decimals, "0")}`);
  if (!Number.isSafeInteger(minor)) return null;
  // The sign may stand before the currency.
  return minor > 0 && /^\s*-/.test(text) ? -minor : minor;
}

/**
 * An amount in the smallest unit. Whole numbers are that already, unless the same amount as people read it says
 * otherwise; `"500.00"`, with a point, and `£500` are in whole units.
 */
export function amountOf(row: Row, currency: string | null, ...names: string[]): number | null {
  const nested = row.object(...names);
  const value = nested ? nested.value("amount", "value", "cents", "minor") : row.value(...names);
  // The digits of a URL are no amount.
  if (typeof value === "string" && value.includes("//")) return null;
  if (typeof value === "string" && !isBare(value)) return shown(value, currency);
  const digits = typeof value === "string" ? value.replace(/[^\d.,-]/g, "") : value;
  const number = numberOf(digits);
  if (number === null) return null;
  const factor = 10 ** decimalsOf(currency);
  const formatted = row.text(...names.flatMap((name) => [`${name}_formatted`, `formatted_${name}`]));
  const isWhole = number !== 0 && formatted !== null && shown(formatted, currency) === number * factor;
  const fractional = typeof value === "string" ? /\.\d+$/.test(String(digits)) : !Number.isInteger(number);
  const minor = fractional || isWhole ? Math.round(number * factor) : number;
  return Number.isSafeInteger(minor) ? minor : null;
}

export function currencyOf(row: Row): string | null {
  const nested = row.object("currency", "amount");
  return (
    (nested?.text("code", "iso", "currency") ?? row.text("currency", "currency_code"))?.toUpperCase() ?? null
  );
}
