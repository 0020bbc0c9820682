import type { Cell } from "./cells.js";

/** Values that no reader of rows expects, given in turn. */
const badRows: readonly Cell[] = [{}, null, "not a row", { id: [], created_at: {} }, 17];

/** Replaces the first rows of a list, wherever in the answer it stands, by things that are no rows. */
export function withBadRows(body: Cell, count: number): Cell {
  return mapRows(body, (rows) => rows.map((row, position) => (position < count ? pickBad(position) : row)));
}

function pickBad(position: number): Cell {
  return badRows[position % badRows.length] ?? null;
}

const beyondDoubles = 2n ** 53n;
const marker = /"big:(\d+)"/g;

/**
 * JSON in which the numeric ids of rows stand beyond 2^53: neighbours that a reader of doubles takes for one.
 * `JSON.stringify` cannot write such numbers, so they go through it as marked text.
 */
export function withBigIds(body: Cell): string {
  const marked = mapRows(body, (rows) =>
    rows.map((row) => {
      if (!isBag(row) || typeof row.id !== "number") return row;
      return { ...row, id: `big:${beyondDoubles + BigInt(row.id)}` };
    }),
  );
  return JSON.stringify(marked).replace(marker, "$1");
}

/** Rewrites the outermost lists. */
function mapRows(cell: Cell, change: (rows: readonly Cell[]) => readonly Cell[]): Cell {
  if (Array.isArray(cell)) return change(cell as readonly Cell[]);
  if (!isBag(cell)) return cell;
  return Object.fromEntries(Object.entries(cell).map(([key, value]) => [key, mapRows(value, change)]));
}

function isBag(cell: Cell): cell is { readonly [key: string]: Cell } {
  return typeof cell === "object" && cell !== null && !Array.isArray(cell) && !(cell instanceof Date);
}
