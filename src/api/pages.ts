import { CursorError, type Page, type PageRequest } from "../services/shared.js";

/** The request for a page that a list's query asks for. */
export function pageRequest(query: { limit: number; after?: string | undefined }): PageRequest {
  return { limit: query.limit, after: query.after ?? null };
}

/** How a list that is wholly in memory is ordered: by a text that stays the same as long as the item is there. */
export interface KeyOrder<T> {
  readonly keyOf: (item: T) => string;
  /** What such a key looks like: a cursor is one, wrapped. */
  readonly form: RegExp;
  readonly newestFirst?: boolean;
}

const noCursor = () => new CursorError("not a cursor of this list");

/** One page of such a list. It goes on in its place, also when the item that the last page ended with is gone. */
export function pageInOrder<T>(items: readonly T[], order: KeyOrder<T>, request: PageRequest): Page<T> {
  const { keyOf, form, newestFirst = false } = order;
  const after = request.after === null ? null : Buffer.from(request.after, "base64url").toString();
  if (after !== null && !form.test(after)) throw noCursor();
  const isBehind = (key: string) => after === null || (newestFirst ? key < after : key > after);
  const sorted = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => isBehind(key))
    .sort((a, b) => (a.key < b.key === newestFirst ? 1 : -1));
  const shown = sorted.slice(0, request.limit);
  const last = sorted.length > shown.length ? shown.at(-1) : undefined;
  const next = last ? Buffer.from(last.key).toString("base64url") : null;
  return { data: shown.map(({ item }) => item), next };
}

/** One page of a list that never changes; the cursor is the key of its last item. */
export function pageOf<T>(items: readonly T[], keyOf: (item: T) => string, request: PageRequest): Page<T> {
  let start = 0;
  if (request.after !== null) {
    const last = items.findIndex((item) => keyOf(item) === request.after);
    if (last < 0) throw noCursor();
    start = last + 1;
  }
  const data = items.slice(start, start + request.limit);
  const last = data.at(-1);
  const more = start + data.length < items.length;
  return { data, next: more && last !== undefined ? keyOf(last) : null };
}
