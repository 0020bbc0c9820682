import { matchesPattern } from "../../../src/domain/catalog.js";
import type { PixiehookEvent } from "../../../src/domain/event.js";
import type { EventQuery } from "../../../src/services/events.js";
import { CursorError, type Page, type PageRequest } from "../../../src/services/shared.js";

/** One page of a list; a cursor is the key of its last item. */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  { limit, after }: PageRequest,
): Page<T> {
  const start = after === null ? 0 : items.findIndex((item) => keyOf(item) === after) + 1;
  if (after !== null && start === 0) throw new CursorError("unreadable");
  const data = items.slice(start, start + limit);
  const last = data.at(-1);
  return { data, next: last !== undefined && start + limit < items.length ? keyOf(last) : null };
}

/** Whether an event is one that a query asks for. */
export function matches(query: EventQuery, event: PixiehookEvent): boolean {
  const { account, collection, client } = event.data;
  if (query.account !== null && query.account !== account.id) return false;
  if (query.types.length > 0 && !query.types.some((type) => matchesPattern(type, event.type))) return false;
  if (query.collection !== null && query.collection !== collection?.id) return false;
  if (query.client !== null && query.client !== client?.email && query.client !== client?.id) return false;
  if (query.since !== null && event.timestamp < query.since) return false;
  return query.until === null || event.timestamp <= query.until;
}
