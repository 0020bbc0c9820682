import type { JsonObject, JsonValue } from "../domain/json.js";
import { isJsonObject } from "../domain/json.js";
import { parseJson } from "./json.js";

/** Where one row of a list ends and the next begins, as servers write JSON; elsewhere too, so it is always checked. */
const boundary = "},{";

/** An answer without the rows that are known by their text. */
export interface Shortened<T> {
  /** JSON as before, with the other rows only. */
  readonly text: string;
  /**
   * All rows of the answer in their order, given those of the shortened one; null when they are not as many as were
   * left in: then a boundary stood within a row, and the whole answer must be read.
   */
  fill(rows: readonly T[]): readonly T[] | null;
  /** The texts of the rows that were left in. */
  readonly pieces: readonly (string | null)[];
}

/** Rows that are known by their texts, in the order in which they stood. */
export interface KnownRows<T> {
  readonly order: readonly T[];
  /** The text of the row at a place; null when it is not known, or would not come to the same now. */
  textAt(place: number): string | null;
  placeOf(text: string): number | undefined;
}

/** How many rows may stand between two that are known: the last of a page and the first of the next are not. */
const leap = 4;

/** Where the row that stands at `start` stood before, most likely shortly behind the last one that was found. */
function find<T>(text: string, start: number, from: number, known: KnownRows<T>): number | null {
  for (let place = from; place < from + leap; place++) {
    const guess = known.textAt(place);
    if (guess === null) continue;
    const end = start + guess.length;
    // A tenth of the cost of `startsWith`, which compares letter by letter.
    if (text.slice(end, end + boundary.length) === boundary && text.slice(start, end) === guess) return place;
  }
  const end = text.indexOf(boundary, start);
  return end < 0 ? null : (known.placeOf(text.slice(start, end)) ?? null);
}

/**
 * Leaves out of an answer what is known word for word, so that a page of which one row changed costs the reading of
 * one row. Null when nothing is known. The first row and the last stay in: what is around them belongs to the answer.
 * `from`: how many rows came before, a guess where those of this answer begin in the order of the known ones.
 */
export function shorten<T>(text: string, known: KnownRows<T>, from: number): Shortened<T> | null {
  const left: (string | null)[] = [];
  const rows: (T | null)[] = [];
  let place = from;
  let start = 0;
  for (let end = text.indexOf(boundary); end >= 0; end = text.indexOf(boundary, start)) {
    left.push(text.slice(start, end));
    rows.push(null);
    start = end + boundary.length;
    for (
      let found = find(text, start, place, known);
      found !== null;
      found = find(text, start, place, known)
    ) {
      rows.push(known.order[found] ?? null);
      start += (known.textAt(found)?.length ?? 0) + boundary.length;
      place = found + 1;
    }
  }
  if (rows.length === left.length) return null;
  left.push(text.slice(start));
  rows.push(null);
  return {
    text: left.join(boundary),
    pieces: left.map((piece, i) => (i === 0 || i === left.length - 1 ? null : piece)),
    fill(others) {
      if (others.length !== left.length) return null;
      let next = 0;
      return rows.map((row) => row ?? others[next++]).filter((row) => row !== undefined);
    },
  };
}

/** The texts of all rows, as far as each stands between two boundaries; null for those that do not. */
export function piecesOf(text: string, rows: number): readonly (string | null)[] {
  const pieces = text.split(boundary);
  const fits = pieces.length === rows;
  return Array.from({ length: rows }, (_, i) => (fits && i > 0 && i < rows - 1 ? (pieces[i] ?? null) : null));
}

/** A row's text in one spelling. */
export const textOfRow = (row: JsonValue) => JSON.stringify(row).slice(1, -1);

/** A piece as a text of its own that keeps no answer alive, when it really is this row; null otherwise. */
export function verified(piece: string | null, canonical: string): string | null {
  if (piece === null) return null;
  try {
    const row: JsonObject | JsonValue = parseJson(`{${piece}}`);
    if (!isJsonObject(row) || textOfRow(row) !== canonical) return null;
  } catch {
    return null;
  }
  return piece === canonical ? canonical : Buffer.from(piece).toString();
}
