/** A value of an answer before a dialect gives it its final form. Moments are still `Date`s. */
export type Cell =
  | string
  | number
  | boolean
  | null
  | Date
  | readonly Cell[]
  | { readonly [key: string]: Cell };
export type Row = { readonly [key: string]: Cell };

/** How a dialect writes keys and values. */
export interface CellStyle {
  readonly key?: (key: string) => string;
  readonly time: (time: Date, key: string) => Cell;
  readonly number?: (number: number) => Cell;
  readonly boolean?: (boolean: boolean) => Cell;
  /** What stands for nothing under this key; null unless told. */
  readonly nothing?: (key: string) => Cell;
}

/** Rewrites every key and value in the style. */
export function restyle(cell: Cell, style: CellStyle, key = ""): Cell {
  if (cell === null) return style.nothing?.(key) ?? null;
  if (typeof cell === "string") return cell;
  if (typeof cell === "number") return style.number?.(cell) ?? cell;
  if (typeof cell === "boolean") return style.boolean?.(cell) ?? cell;
  if (cell instanceof Date) return style.time(cell, key);
  if (Array.isArray(cell)) return cell.map((item: Cell) => restyle(item, style, key));
  const entries = Object.entries(cell as Row);
  return Object.fromEntries(
    entries.map(([name, value]) => [style.key?.(name) ?? name, restyle(value, style, name)]),
  );
}

/** `created_at` becomes `createdAt`. */
export function camelCase(key: string): string {
  return key.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

/** `2026-11-20T10:15:00.123000Z`: microseconds, as Laravel writes them. */
export function withMicroseconds(time: Date): string {
  return time.toISOString().replace("Z", "000Z");
}

/** `2026-11-20 10:15:00`: nobody says in which zone. */
export function unzoned(time: Date): string {
  return time.toISOString().slice(0, 19).replace("T", " ");
}
