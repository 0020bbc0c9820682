import { markOf } from "../domain/buckets.js";
import type { Candidate, Identity } from "../domain/identity.js";

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
  /** Sums of marks of what its readings could be known by. */
  readonly idMark: number;
  readonly naturalMark: number;
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
  let [idMark, naturalMark] = [0, 0];
  for (const reading of readings) {
    idMark += markOf(nameOf(reading, "id"));
    naturalMark += markOf(nameOf(reading, "natural"));
    if (reading.kind === "record" && reading.goodUntil !== null)
      goodUntil = Math.min(goodUntil, reading.goodUntil);
  }
  return { text, piece, readings, goodUntil, idMark, naturalMark };
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

/** What a row's record is known by; null where it has none, or lacks that. */
export const keyOf = (reading: RowReading, by: Identity | null): string | null =>
  reading.kind === "record" ? (by === "id" ? reading.id : reading.natural) : null;

/** What a row is told by: what the rows of its list are known by. */
const nameOf = (reading: RowReading, by: "id" | "natural") =>
  reading.kind !== "record" ? "?" : by === "id" ? (reading.id ?? reading.natural) : reading.natural;

/**
 * The rows of a page in a few digits, whatever their order: a server that ignores `page` may shuffle them. As long as
 * it is open what they are known by, all that they could be known by.
 */
export function signatureOf({ rows, parts }: KnownPage, by: Identity | null): string {
  let [ids, naturals] = [0, 0];
  for (const part of parts) {
    ids += part.idMark;
    naturals += part.naturalMark;
  }
  if (by === null) return `${rows} ${ids} ${naturals}`;
  return `${rows} ${by === "id" ? ids : naturals}`;
}

export function isSamePage(a: KnownPage, b: KnownPage, by: Identity | null): boolean {
  return signatureOf(a, by) === signatureOf(b, by);
}

/** From how many rows on it is no chance that a page is about the same as another one. */
const enoughRows = 3;

/**
 * Whether a page is about the very same things as an earlier one, under ids of which none is the same: a server that
 * ignores `page`, and gives new ids with each answer.
 */
export function isRenamed(page: KnownPage, earlier: KnownPage): boolean {
  const abouts = new Set(page.readings.map((each) => nameOf(each, "natural")));
  if (page.rows < enoughRows || abouts.size < page.readings.length) return false;
  if (!isSamePage(page, earlier, "natural")) return false;
  const ids = new Set(earlier.readings.map((each) => nameOf(each, "id")));
  return page.readings.every((each) => !ids.has(nameOf(each, "id")));
}

/** How many things stand on pages. */
export function countOf(pages: readonly Page[], by: Identity | null): number {
  return new Set(
    pages.flatMap(({ readings }) =>
      readings.map((each) => nameOf(each, by === "id" || by === null ? "id" : "natural")),
    ),
  ).size;
}
