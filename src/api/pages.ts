import { CursorError, type Page, type PageRequest } from "../services.js";

/** The request for a page that a list's query asks for. */
export function pageRequest(query: { limit: number; after?: string | undefined }): PageRequest {
  return { limit: query.limit, after: query.after ?? null };
}

/** One page of a list that is wholly in memory; the cursor is the key of its last item. */
export function pageOf<T>(items: readonly T[], keyOf: (item: T) => string, request: PageRequest): Page<T> {
  let start = 0;
  if (request.after !== null) {
    const last = items.findIndex((item) => keyOf(item) === request.after);
    if (last < 0) throw new CursorError("no such item");
    start = last + 1;
  }
  const data = items.slice(start, start + request.limit);
  const last = data.at(-1);
  const more = start + data.length < items.length;
  return { data, next: more && last !== undefined ? keyOf(last) : null };
}
