import { decimalsOf } from "../domain/money.js";
import type { SubscriptionDraft } from "./subscription-draft.js";

type Unit = SubscriptionDraft["unit"];

/** An amount in the smallest unit as people write it: 50000 is `500.00` in dollars, `50000` in yen. */
export function writeAmount(amount: number, unit: Unit): string {
  const decimals = decimalsOf(unit);
  const digits = String(amount).padStart(decimals + 1, "0");
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** What people wrote as an amount, in the smallest unit; as text what is wrong with it. */
export function readAmount(text: string, unit: Unit): number | string {
  const decimals = decimalsOf(unit);
  const [, whole = "", point = "", fraction = ""] = /^(\d+)(?:([.,])(\d+))?$/.exec(text) ?? [];
  const example = writeAmount(5 * 10 ** (decimals + 2), unit);
  // With three decimals a comma before three digits can mean a thousand.
  if (whole === "" || (point === "," && fraction.length === 3 && decimals === 3))
    return `Write only the number, without a currency and without separators of thousands, such as ${example}.`;
  if (fraction.length > decimals)
    return decimals === 0
      ? `Such a currency has no decimals: write a whole number such as ${example}.`
      : `At most ${decimals} decimals, and no separators of thousands, such as ${example}.`;
  const amount = Number(whole + fraction.padEnd(decimals, "0"));
  return Number.isSafeInteger(amount) ? amount : "This is more than can be compared.";
}
