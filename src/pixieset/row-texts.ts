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

/**
 * Leaves out of an answer what is known word for word, so that a page of which one row changed costs the reading of
 * one row. Null when nothing is known. The first row and the last stay in: what is around them belongs to the answer.
 */
export function shorten<T>(text: string, known: (piece: string) => T | undefined): Shortened<T> | null {
  const pieces = text.split(boundary);
  const found = pieces.map((piece, i) => (i === 0 || i === pieces.length - 1 ? undefined : known(piece)));
  const left = pieces.filter((_, i) => found[i] === undefined);
  if (left.length === pieces.length) return null;
  return {
    text: left.join(boundary),
    pieces: left.map((piece, i) => (i === 0 || i === left.length - 1 ? null : piece)),
    fill(rows) {
      if (rows.length !== left.length) return null;
      let next = 0;
      return found.map((row) => row ?? rows[next++] ?? undefined).filter((row) => row !== undefined);
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
