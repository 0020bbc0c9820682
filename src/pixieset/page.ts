import type { SourceRecord } from "../domain/record.js";

/** What one row came to: a record with the best identity that the row gives, or why there is none. */
export type RowReading =
  | {
      readonly kind: "record";
      /** The row's own id, or a hash of what does not change about it. */
      readonly key: string;
      /** False for a hash: two alike rows are told apart by their order. */
      readonly exact: boolean;
      readonly record: Omit<SourceRecord, "key">;
    }
  | { readonly kind: "unreadable"; readonly reason: string };

/** One page as it was read. A row of the answer can hold several records, or none. */
export interface Page {
  readonly rows: number;
  readonly readings: readonly RowReading[];
}

/** Each page is compared with all that come after it. */
const signatures = new WeakMap<Page, string>();

/** The keys of a page in one text, whatever their order: a server that ignores `page` may shuffle its rows. */
export function signatureOf(page: Page): string {
  const known = signatures.get(page);
  if (known !== undefined) return known;
  const keys = page.readings.map((each) => (each.kind === "record" ? each.key : "?"));
  const signature = keys.sort().join("\n");
  signatures.set(page, signature);
  return signature;
}

export function isSamePage(a: Page, b: Page): boolean {
  return a.rows === b.rows && signatureOf(a) === signatureOf(b);
}
