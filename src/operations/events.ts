import { setTimeout as sleep } from "node:timers/promises";
import { matchesPattern } from "../domain/catalog.js";
import type { Delivery } from "../domain/delivery.js";
import { type FrozenEvent, isClient, thawEvent } from "../domain/event.js";
import { accountOf } from "../domain/ids.js";
import { deliveriesOf } from "../pipeline/replay-walk.js";
import type { EventQuery, EventService } from "../services.js";
import { clockSkewMs } from "../store/events.js";
import { unwrapCursor, wrapCursor } from "../store/page.js";
import type { Store } from "../store/store.js";

/** One batch of a list, in the order asked for. */
type Placed = FrozenEvent & {
  readonly position: string;
  /** How many subscriptions wanted it; null when that was not noted, or is not asked for. */
  readonly matched: number | null;
};

const batchSize = 200;
/** How far one page looks for matches before it hands back what it has, with a cursor to go on from. */
const batchesAPage = 10;
const followEveryMs = 250;

export function createEventService(store: Store): EventService {
  /** The next events of one account, or of all. */
  async function batch(query: EventQuery, position: string | null): Promise<Placed[]> {
    const ascending = query.order === "asc";
    const start = position ?? (ascending ? startOf(query.since) : endOf(query.until));
    if (query.account !== null) {
      const events = ascending
        ? await store.events.after(query.account, start, batchSize)
        : await store.events.before(query.account, start, batchSize);
      const matched = query.matched === null ? [] : await store.log.matched(events.map(({ id }) => id));
      return events.map((event, index) => ({ ...event, matched: matched[index] ?? null }));
    }
    const entries = ascending
      ? await store.log.after(start, batchSize)
      : await store.log.before(start, batchSize);
    const events = await store.events.getMany(entries.map(({ event }) => event));
    return entries.map(({ position: at, event, type, matched }, index) => ({
      body: "",
      ...events[index],
      id: event,
      type,
      position: at,
      matched,
    }));
  }

  async function list(query: EventQuery) {
    let position = unwrapCursor(query.after, /^\d+-\d+$/);
    const data: string[] = [];
    for (let look = 0; look < batchesAPage; look++) {
      const found = await batch(query, position);
      for (const event of found) {
        position = event.position;
        if (event.body === "" || !matches(query, event)) continue;
        data.push(event.body);
        if (data.length === query.limit) return { data, next: wrapCursor(position) };
      }
      if (found.length < batchSize || isPast(query, found.at(-1))) return { data, next: null };
    }
    return { data, next: position === null ? null : wrapCursor(position) };
  }

  return {
    list,
    async get(id) {
      return (await store.events.get(id))?.body ?? null;
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
    async *follow(lastEventId, signal) {
      let position = (lastEventId && (await store.log.find(lastEventId))) || (await store.log.end());
      while (!signal.aborted) {
        const entries = await store.log.after(position, batchSize);
        for (const entry of entries) {
          position = entry.position;
          const event = await store.events.get(entry.event);
          if (event) yield event;
          if (signal.aborted) return;
        }
        if (entries.length < batchSize)
          await sleep(followEveryMs, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}

function startOf(since: string | null): string {
  return since === null ? "0" : `${Math.max(0, Date.parse(since) - clockSkewMs)}-0`;
}

function endOf(until: string | null): string {
  return until === null ? "+" : `${Date.parse(until) + clockSkewMs}-0`;
}

/** Whether the list has gone so far beyond the time asked for that nothing more can match. */
function isPast(query: EventQuery, last: Placed | undefined): boolean {
  if (!last) return true;
  const at = Number(last.position.split("-")[0]);
  if (query.order === "asc") return query.until !== null && at > Date.parse(query.until) + clockSkewMs;
  return query.since !== null && at < Date.parse(query.since) - clockSkewMs;
}

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
