import { type FavoriteRow, makeRow, textOf } from "./rows.js";

/** A change of a gallery's favorites; rows are counted from the top, where the newest stand. */
export type GalleryChange =
  | { readonly kind: "insert"; readonly count: number }
  | { readonly kind: "edit"; readonly at: number }
  | { readonly kind: "remove"; readonly at: number }
  | { readonly kind: "sign" };

/** A favorites list with its answers prepared, so that serving it costs next to nothing. */
export interface Gallery {
  /** The body of a page, counted from 1. */
  page(number: number): Buffer;
  change(change: GalleryChange): void;
}

/** A page of a list, with what is said of its place in the list. */
export function bodyOf(
  rows: readonly string[],
  place: { page: number; perPage: number; total: number },
): Buffer {
  const meta = {
    current_page: place.page,
    last_page: Math.max(1, Math.ceil(place.total / place.perPage)),
    per_page: place.perPage,
    total: place.total,
  };
  return Buffer.from(`{"data":[${rows.join(",")}],"meta":${JSON.stringify(meta)}}`);
}

export function createGallery(number: number, count: number, perPage: number): Gallery {
  let signing = 0;
  let newest = count;
  let rows: FavoriteRow[] = Array.from({ length: count }, (_none, index) => makeRow(number, count - index));
  let texts = rows.map((row) => textOf(row, signing));
  let bodies: Buffer[] = [];

  function prepare(): void {
    const total = texts.length;
    bodies = [];
    for (let from = 0; from === 0 || from < total; from += perPage) {
      bodies.push(bodyOf(texts.slice(from, from + perPage), { page: bodies.length + 1, perPage, total }));
    }
  }

  prepare();
  return {
    page: (page) => bodies[page - 1] ?? bodyOf([], { page, perPage, total: texts.length }),
    change(change) {
      if (change.kind === "insert") {
        const added = Array.from({ length: change.count }, () => makeRow(number, ++newest)).reverse();
        rows = [...added, ...rows];
        texts = [...added.map((row) => textOf(row, signing)), ...texts];
      } else if (change.kind === "remove") {
        rows.splice(change.at, 1);
        texts.splice(change.at, 1);
      } else if (change.kind === "sign") {
        signing++;
        texts = rows.map((row) => textOf(row, signing));
      } else {
        const row = rows[change.at];
        if (!row) throw new RangeError(`There is no row ${change.at}`);
        const edited = { ...row, note: `${row.note ?? "Print this one"} (again)` };
        rows[change.at] = edited;
        texts[change.at] = textOf(edited, signing);
      }
      prepare();
    },
  };
}
