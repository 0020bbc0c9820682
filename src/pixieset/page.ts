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
  /** When (ms) the same row would be read otherwise; infinite for never. */
  readonly goodUntil: number;
}

/** A page of which this process knows what it came to: the same bytes come to the same again. */
export interface KnownPage extends Page {
  /** Hash of the bytes, and how many they are. */
  readonly hash: string;
  readonly characters: number;
  readonly parts: readonly Part[];
  readonly goodUntil: number;
}

export function partOf(text: string, piece: string | null, readings: readonly RowReading[]): Part {
  let goodUntil = Number.POSITIVE_INFINITY;
  for (const reading of readings) {
    if (reading.kind === "record" && reading.goodUntil !== null)
      goodUntil = Math.min(goodUntil, reading.goodUntil);
  }
  return { text, piece, readings, goodUntil };
}

/** A page of these parts. */
export function pageOfParts(
  answer: { readonly hash: string; readonly text: string },
  parts: readonly Part[],
): KnownPage {
  const readings: RowReading[] = [];
  let goodUntil = Number.POSITIVE_INFINITY;
  for (const part of parts) {
    readings.push(...part.readings);
    goodUntil = Math.min(goodUntil, part.goodUntil);
  }
  return {
    hash: answer.hash,
    characters: answer.text.length,
    rows: parts.length,
    parts,
    readings,
    goodUntil,
  };
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
