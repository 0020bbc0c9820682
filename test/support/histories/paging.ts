import type { JsonObject } from "../../../src/domain/json.js";

/** The ways in which a list is divided into pages, and says so or does not. */
export const pagings = [
  "last page",
  "last page as text",
  "total and page size",
  "total alone",
  "links",
  "nothing, then an empty page",
  "nothing, then 404",
  "nothing, then the last page again",
  "one page, whatever is asked for",
  "one page and a count",
] as const;
export type Paging = (typeof pagings)[number];

export const saysTotal = (paging: Paging) => /total|count|^last page$/.test(paging);

/** Whether an answer says that there is another page. */
export const saysNext = (paging: Paging) => /^(last|total|links)/.test(paging);

/** Whether a page beyond the end is one that was there before. */
export const repeats = (paging: Paging) => /again|^one/.test(paging);

/** Whether nothing tells a page that exists from one that does not. */
export const isMute = (paging: Paging) => /^nothing/.test(paging);

export interface PageOfList {
  /** Null: there is no such page, and the server says so. */
  readonly rows: readonly number[] | null;
  /** What the answer says of paging. `shift` is added to its total. */
  said(shift: number): JsonObject;
}

export function pageOf(paging: Paging, size: number, keys: readonly number[], page: number): PageOfList {
  const pages = Math.max(1, Math.ceil(keys.length / size));
  const slice = (at: number) => keys.slice((at - 1) * size, at * size);
  const total = (shift: number) => Math.max(0, keys.length + shift);
  switch (paging) {
    case "last page":
      return {
        rows: slice(page),
        said: (shift) => ({ meta: { current_page: page, last_page: pages, total: total(shift) } }),
      };
    case "last page as text":
      return {
        rows: slice(page),
        said: () => ({ meta: { current_page: `${page}`, last_page: `${pages}` } }),
      };
    case "total and page size":
      return {
        rows: slice(page),
        said: (shift) => ({ meta: { current_page: page, per_page: size, total: total(shift) } }),
      };
    case "total alone":
      return { rows: slice(page), said: (shift) => ({ meta: { total: total(shift) } }) };
    case "links": {
      const next = page < pages ? `https://elsewhere.example/x?page=${page + 1}` : null;
      return { rows: slice(page), said: () => ({ links: { next } }) };
    }
    case "nothing, then an empty page":
      return { rows: slice(page), said: () => ({}) };
    case "nothing, then 404":
      return { rows: page > pages ? null : slice(page), said: () => ({}) };
    case "nothing, then the last page again":
      return { rows: slice(Math.min(page, pages)), said: () => ({}) };
    case "one page, whatever is asked for":
      return { rows: keys, said: () => ({}) };
    case "one page and a count":
      return { rows: keys, said: (shift) => ({ meta: { total: total(shift) } }) };
  }
}
