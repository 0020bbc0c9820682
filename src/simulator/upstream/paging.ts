/** Which rows a request asks for, and trouble that a fault makes with them. */
export interface Paging {
  readonly page: number;
  readonly perPage: number;
  readonly offset: number;
  readonly trouble: { readonly kind: ListTrouble; readonly rows: number } | null;
}

const listTroubles = ["drop-rows", "shift", "lying-total", "same-page"] as const;
type ListTrouble = (typeof listTroubles)[number];

/** Whether a fault is one of the list as a whole. */
export function isListTrouble(kind: string | undefined): kind is ListTrouble {
  return listTroubles.some((trouble) => trouble === kind);
}

const mostPerPage = 200;

/** Reads page and per_page, page_size and page, or limit and offset. Null: a number that is none. */
export function readPaging(
  query: (name: string) => string | undefined,
  defaultPerPage: number,
  trouble: Paging["trouble"],
): Paging | null {
  const perPage = readNumber(query("per_page") ?? query("page_size") ?? query("limit"), defaultPerPage);
  const page = readNumber(query("page"), 1);
  if (perPage === null || page === null || perPage < 1 || page < 1) return null;
  const size = Math.min(perPage, mostPerPage);
  const offset = readNumber(query("offset"), (page - 1) * size);
  return offset === null ? null : { page, perPage: size, offset, trouble };
}

function readNumber(text: string | undefined, fallback: number): number | null {
  if (text === undefined || text === "") return fallback;
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** What a page can be cut from: a list, or rows that are only made when they are shown. */
export interface Sliceable<T> {
  readonly length: number;
  slice(from: number, to?: number): readonly T[];
}

/** Rows made on demand, so that a page of a long list costs a page. */
export function lazily<Item, T>(items: readonly Item[], make: (item: Item) => T): Sliceable<T> {
  return { length: items.length, slice: (from, to) => items.slice(from, to).map(make) };
}

/** One page, and what its meta may say. */
export interface PageOf<T> {
  readonly rows: readonly T[];
  readonly page: number;
  readonly perPage: number;
  readonly total: number;
  readonly lastPage: number;
}

/** Cuts one page. `same-page` gives the first for each; `shift` moves later pages by some rows, as a list that changes while it is read. */
export function cut<T>(all: Sliceable<T>, { page, perPage, offset, trouble }: Paging): PageOf<T> {
  const rows = trouble?.kind === "drop-rows" ? all.slice(trouble.rows) : all;
  const shifted = trouble?.kind === "shift" && page > 1 ? Math.max(0, offset - trouble.rows) : offset;
  const from = trouble?.kind === "same-page" ? 0 : shifted;
  const total = rows.length + (trouble?.kind === "lying-total" ? trouble.rows * page : 0);
  return {
    rows: rows.slice(from, from + perPage),
    page,
    perPage,
    total,
    lastPage: Math.max(1, Math.ceil(rows.length / perPage)),
  };
}
