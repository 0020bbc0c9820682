import type { Candidate } from "../domain/identity.js";

/** What one row came to: a record with all that it could be known by, or why there is none. */
export type RowReading =
  | ({
      readonly kind: "record";
      /** When (ms) the same row would be read otherwise; null for never. */
      readonly goodUntil: number | null;
    } & Candidate)
  | { readonly kind: "unreadable"; readonly reason: string };

/** One page as it was read. A row of the answer can hold several records, or none. */
export interface Page {
  readonly rows: number;
  readonly readings: readonly RowReading[];
}

/** A row of an answer, and what it came to. */
export interface Part {
  /** Its text in one spelling, and as the upstream spelled it. */
  readonly text: string;
  readonly piece: string | null;
  readonly readings: readonly RowReading[];
}

/** A page of which this process knows what it came to: the same bytes come to the same again. */
export interface KnownPage extends Page {
  /** Hash of the bytes. */
  readonly hash: string;
  readonly parts: readonly Part[];
}

/** Each page is compared with all that come after it. */
const signatures = new WeakMap<Page, string>();

/** Its rows in one text, whatever their order: a server that ignores `page` may shuffle them. */
export function signatureOf(page: Page): string {
  const known = signatures.get(page);
  if (known !== undefined) return known;
  const marks = page.readings.map((each) => (each.kind === "record" ? (each.id ?? each.natural) : "?"));
  const signature = `${page.rows}\n${marks.sort().join("\n")}`;
  signatures.set(page, signature);
  return signature;
}

export function isSamePage(a: Page, b: Page): boolean {
  return signatureOf(a) === signatureOf(b);
}
