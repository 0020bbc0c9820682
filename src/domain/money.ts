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
