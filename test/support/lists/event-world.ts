import { Redis } from "ioredis";
import { cardOf } from "../../../src/domain/card.js";
import { type FrozenEvent, freezeEvent, isClient, type PixiehookEvent } from "../../../src/domain/event.js";
import { eventId } from "../../../src/domain/ids.js";
import { createEventService } from "../../../src/operations/events.js";
import type { EventQuery, EventService } from "../../../src/services/events.js";
import { cardBox, account as keys, shared } from "../../../src/store/keys.js";
import { cardOlderInLog, cardOlderOf } from "../../../src/store/older-cards.js";
import { createVault } from "../../../src/store/secrets.js";
import { createStore, type Store } from "../../../src/store/store.js";
import type { TestRedis } from "../redis.js";

/** An event as the world knows it. */
export interface Known {
  readonly frozen: FrozenEvent;
  readonly event: PixiehookEvent;
  readonly account: string;
  /** Null until it is handed on. */
  matched: number | null;
  isHandedOn: boolean;
  isKept: boolean;
}

export interface Traits {
  readonly type: string;
  readonly collection: string | null;
  readonly client: string | null;
}

/** Accounts whose events come, are handed on, grow old and are deleted, and the lists of them. */
export interface EventWorld {
  readonly store: Store;
  readonly client: Redis;
  readonly service: EventService;
  readonly accounts: readonly string[];
  /** In the order in which they stand on the shelf: of an account, or of all. */
  shelf(account: string | null): readonly Known[];
  state(account: number, traits: readonly Traits[]): Promise<readonly Known[]>;
  handOn(matched: number | null): Promise<void>;
  trim(account: number, count: number): Promise<void>;
  trimLog(count: number): Promise<void>;
  remove(account: number): Promise<void>;
  /** The next card goes into a new box. */
  closeBoxes(): Promise<void>;
  /** As if all that is there had been written before there were cards. */
  loseCards(): Promise<void>;
  /** Makes up for cards that are not there. */
  cardOlder(): Promise<void>;
  close(): void;
}

const settings = {
  name: "Smith Studio",
  resources: null,
  collections: "all" as const,
  polling: { requestsPerMinute: 30, minIntervalSeconds: 60, maxIntervalMinutes: 720 },
  timezone: "UTC",
  backfill: false,
  floodThreshold: 200,
};
const session = {
  status: "unverified" as const,
  checkedAt: null,
  user: null,
  reason: null,
  epoch: 1,
  renewal: "cookies" as const,
};
const later = 10 ** 13;

export async function createEventWorld(redis: TestRedis, accountCount: number): Promise<EventWorld> {
  await redis.flush();
  const client = new Redis(redis.socketPath, { protocol: 2 });
  const store = createStore(client, createVault([Buffer.alloc(32, 1)]));
  const accounts: string[] = [];
  for (let i = 0; i < accountCount; i++)
    accounts.push((await store.accounts.create(store.accounts.newId(), settings, session, null)).id);
  const stated: Known[] = [];
  const handedOn: Known[] = [];
  const idOf = (index: number) => accounts[index % accounts.length] ?? "";
  const files = () => [shared.logCards, ...accounts.map(keys.cards)];

  return {
    store,
    client,
    service: createEventService(store),
    accounts,
    shelf: (account) => (account === null ? handedOn : stated.filter((known) => known.account === account)),
    async state(index, traits) {
      const account = idOf(index);
      if ((await store.accounts.get(account)) === null) return [];
      const made = traits.map((each, i) => makeEvent(account, `${stated.length + i}`, each));
      // Said twice, as one does who was cut off.
      for (let i = 0; i < 2; i++)
        await store.events.append(
          account,
          made.map(({ frozen }) => frozen),
        );
      stated.push(...made);
      return made;
    },
    async handOn(matched) {
      const waiting = stated.filter((known) => !known.isHandedOn && known.isKept);
      const entries = waiting.map(({ account, frozen: { id, type }, event }) => ({
        account,
        event: id,
        type,
        matched,
        card: cardOf(event),
      }));
      for (let i = 0; i < 2; i++) await store.log.append(entries);
      for (const known of waiting) [known.isHandedOn, known.matched] = [true, matched];
      handedOn.push(...waiting);
      for (const account of new Set(waiting.map((known) => known.account))) {
        const [last] = await store.events.before(account, "+", 1);
        const cursor = await store.events.cursor(account);
        if (last) await store.events.moveCursor(account, cursor, last.position);
      }
    },
    async trim(index, count) {
      const account = idOf(index);
      const gone = await store.events.after(account, "0", count);
      await store.events.trim(account, later, count);
      const kept = new Set((await store.events.after(account, "0", 100_000)).map(({ id }) => id));
      for (const known of stated)
        if (gone.some(({ id }) => id === known.frozen.id)) known.isKept = kept.has(known.frozen.id);
    },
    async trimLog(count) {
      const gone = (await store.log.after("0", count)).map(({ event }) => event);
      await store.log.trim(later, count);
      // Of all accounts they cannot be listed any more; of their own account they still are.
      for (let i = handedOn.length - 1; i >= 0; i--)
        if (gone.includes(handedOn[i]?.frozen.id ?? "")) handedOn.splice(i, 1);
    },
    async remove(index) {
      const account = idOf(index);
      await store.accounts.remove(account);
      for (const known of stated) if (known.account === account) known.isKept = false;
    },
    async closeBoxes() {
      for (const key of files()) {
        const [, number] = await client.zrevrange(key, "0", "0", "WITHSCORES");
        const stream = key === shared.logCards ? shared.log : key.replace(/cards$/, "events");
        const [[position = ""] = []] = await client.xrevrange(stream, "+", "-", "COUNT", 1);
        if (number === undefined || position === "") continue;
        const [ms, sequence] = position.split("-").map(Number);
        await client.zadd(key, Number(number) + 1, `${ms}-${(sequence ?? 0) + 1}`);
      }
    },
    async loseCards() {
      for (const key of files()) {
        const rows = await client.zrange(key, "0", "-1", "WITHSCORES");
        const numbers = rows.filter((_, i) => i % 2 === 1).map(Number);
        await client.unlink(key, ...numbers.map((number) => cardBox(key, number)));
      }
    },
    async cardOlder() {
      await cardOlderInLog(store.log, store.events);
      for (const account of accounts) await cardOlderOf(account, store.events);
    },
    close: () => client.disconnect(),
  };
}

function makeEvent(account: string, key: string, { type, collection, client }: Traits): Known {
  const change = { resource: "favorites", scope: null, key, epoch: 1, revision: 1, type };
  const at = new Date().toISOString();
  const event: PixiehookEvent = {
    id: eventId(account, change),
    type,
    timestamp: at,
    data: {
      account: { id: account, name: "Smith Studio" },
      collection: collection === null ? null : { id: collection, name: null },
      client: client === null ? null : { id: `${client.length}`, name: null, email: client },
      object: { id: key },
      previous: null,
      detected: {
        at,
        notBefore: null,
        occurredAt: null,
        resource: "favorites",
        revision: 1,
        backfill: false,
      },
    },
  };
  const state = { account, matched: null, isHandedOn: false, isKept: true };
  return { frozen: freezeEvent(event), event, ...state };
}

/** Whether a query asks for it, said once more in plain words. */
export function isAskedFor(query: EventQuery, { event, account, matched }: Known): boolean {
  const { data, type } = event;
  const types = query.types.map((pattern) => pattern.replace(/\*$/, ""));
  return (
    (query.account === null || query.account === account) &&
    (types.length === 0 || types.some((start) => type.startsWith(start))) &&
    (query.collection === null || query.collection === data.collection?.id) &&
    (query.client === null || isClient(data.client, query.client)) &&
    (query.matched === null || (matched !== null && matched > 0 === query.matched))
  );
}
