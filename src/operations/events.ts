import { matchesPattern } from "../domain/catalog.js";
import type { Delivery } from "../domain/delivery.js";
import { isClient, thawEvent } from "../domain/event.js";
import { accountOf } from "../domain/ids.js";
import { deliveriesOf } from "../pipeline/replay-walk.js";
import type { EventQuery, EventService } from "../services/events.js";
import type { Page } from "../services/shared.js";
import type { Store } from "../store/store.js";
import { cursorAt, filterOf, type Placed, placeAfter, shelfOf } from "./event-shelves.js";
import { costOfPage, walk } from "./event-walk.js";
import { followLog } from "./follow.js";

const batchSize = 200;

export function createEventService(store: Store): EventService {
  async function list(query: EventQuery): Promise<Page<string>> {
    const shelf = shelfOf(query, store);
    const place = await placeAfter(shelf, query.after);
    let cost = 0;
    const found: Placed[] = [];
    for await (const { events, reached, cost: more } of walk(query, shelf, place, filterOf(query))) {
      found.push(...events.filter((event) => event.body !== "" && matches(query, event)));
      const last = found[query.limit - 1];
      if (last && found.length > query.limit)
        return { data: bodiesOf(found.slice(0, query.limit)), next: cursorAt(shelf, last.position) };
      cost += more;
      if (cost > costOfPage) return { data: bodiesOf(found), next: cursorAt(shelf, reached) };
    }
    return { data: bodiesOf(found), next: null };
  }

  return {
    list,
    async get(id) {
      return (await store.events.get(id))?.body ?? null;
    },
    async getMany(ids) {
      return (await store.events.getMany(ids)).map((event) => event?.body ?? null);
    },
    async deliveries(id) {
      const account = accountOf(id);
      if (account === null || !(await store.events.get(id))) return null;
      const subscriptions = (await store.subscriptions.all()).filter(
        (subscription) => subscription.account === null || subscription.account === account,
      );
      const found: Delivery[] = [];
      for (let i = 0; i < subscriptions.length; i += batchSize) {
        const some = subscriptions.slice(i, i + batchSize);
        const deliveries = await Promise.all(some.map((each) => deliveriesOf(each.id, [id], { store })));
        found.push(...deliveries.flat().filter((delivery) => delivery !== null));
      }
      return found;
    },
    matched: (ids) => store.log.matched(ids),
    follow: (lastEventId, signal) => followLog(store, lastEventId, signal),
  };
}

const bodiesOf = (events: readonly Placed[]) => events.map(({ body }) => body);

function matches(query: EventQuery, frozen: Placed): boolean {
  if (query.matched !== null && (frozen.matched === null || frozen.matched > 0 !== query.matched))
    return false;
  if (query.types.length > 0 && !query.types.some((pattern) => matchesPattern(pattern, frozen.type)))
    return false;
  const { collection, client, since, until } = query;
  if (collection === null && client === null && since === null && until === null) return true;
  const event = thawEvent(frozen.body);
  const time = Date.parse(event.timestamp);
  if (since !== null && time < Date.parse(since)) return false;
  if (until !== null && time > Date.parse(until)) return false;
  if (collection !== null && event.data.collection?.id !== collection) return false;
  return client === null || isClient(event.data.client, client);
}
