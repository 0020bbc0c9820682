import { clientNumber, collectionNumber, typeNumbers } from "../domain/card.js";
import { thawEvent } from "../domain/event.js";
import { isMeantFor } from "../domain/sample.js";
import type { EventQuery } from "../services/events.js";
import type { Store } from "../store/store.js";
import { shelfOf } from "./event-shelves.js";
import { costOfPage, walk } from "./event-walk.js";

const size = 50;

/** The newest events that a subscription wants, as frozen bodies. */
export async function newestWanted(
  store: Store,
  subscription: Parameters<typeof isMeantFor>[0],
): Promise<string[]> {
  const { account, events: types, filter } = subscription;
  const anything = { collection: null, client: null, since: null, until: null, matched: null };
  const query: EventQuery = { ...anything, account, types, order: "desc", limit: size - 1, after: null };
  const cards = {
    types: typeNumbers(types),
    collections: filter?.collections?.map(collectionNumber) ?? null,
    clients: filter?.clients?.map(clientNumber) ?? null,
    matched: null,
  };
  const wanted: string[] = [];
  let cost = 0;
  for await (const { events, cost: more } of walk(query, shelfOf(query, store), null, cards)) {
    const found = events.filter(
      (event) => event.body !== "" && isMeantFor(subscription, event, thawEvent(event.body)),
    );
    wanted.push(...found.map(({ body }) => body));
    cost += more;
    if (wanted.length >= size || cost > costOfPage) break;
  }
  return wanted.slice(0, size);
}
