import { Redis } from "ioredis";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readConfig } from "../../src/config.js";
import { type Context, createContext } from "../../src/context.js";
import type { Hold } from "../../src/domain/hold.js";
import { replayId, sourceId } from "../../src/domain/ids.js";
import { newReplay } from "../../src/domain/replay.js";
import { subscriptionInputSchema } from "../../src/domain/subscription.js";
import { newDelivery } from "../../src/pipeline/fan-out.js";
import { account as accountKeys, mailbox as mailboxKeys } from "../../src/store/keys.js";
import { createEventWorld, type EventWorld } from "../support/lists/event-world.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";

let redis: TestRedis;
let client: Redis;
let context: Context;
let world: EventWorld;
const token = "test-token-0123456789";

beforeAll(async () => {
  redis = await startTestRedis();
  client = new Redis(redis.socketPath, { protocol: 2 });
  const settings = {
    REDIS_URL: redis.url,
    PIXIEHOOK_SECRET_KEY: Buffer.alloc(32, 1).toString("base64"),
    PIXIEHOOK_API_TOKEN: token,
    PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
  };
  context = await createContext(readConfig(settings), { log: pino({ level: "silent" }) });
});
beforeEach(async () => {
  world = await createEventWorld(redis, 1);
});
afterEach(() => world.close());
afterAll(async () => {
  await context.close(1_000);
  client.disconnect();
  await redis.close();
});

interface Answer {
  readonly status: number;
  readonly body: {
    readonly data: readonly { readonly id?: string; readonly name?: string }[];
    readonly next: string | null;
    readonly code?: string;
    readonly errors?: unknown;
  };
}

async function get(path: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await context.api.request(`http://pixiehook.test${path}`, { headers });
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}

const nameOf = ({ id, name }: Answer["body"]["data"][number]) => id ?? name ?? "";
const owner = () => world.accounts[0] ?? "";
const times = async <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> => {
  const made: T[] = [];
  for (let i = 0; i < count; i++) made.push(await make(i));
  return made;
};
const at = (index: number) => new Date(Date.UTC(2026, 10, 20) + index * 1_000).toISOString();
const letters = (index: number) => `${index}`.padStart(20, "0");

async function subscribe(): Promise<string> {
  const channel = { type: "webhook", url: "https://127.0.0.1/hook" };
  const made = await context.services.subscriptions.create(
    subscriptionInputSchema.parse({ events: ["*"], channel }),
  );
  if (made.kind !== "created") throw new Error(made.detail);
  return made.subscription.id;
}

async function stateEvents(count: number): Promise<string[]> {
  const traits = Array.from({ length: count }, () => ({
    type: "invoice.paid",
    collection: "1",
    client: null,
  }));
  const made = await world.state(0, traits);
  await world.handOn(1);
  return made.map(({ frozen }) => frozen.id);
}

async function deliver(subscription: string, event: string): Promise<string> {
  const wanted = await context.services.subscriptions.get(subscription);
  const known = world.shelf(owner()).find(({ frozen }) => frozen.id === event);
  if (!wanted || !known) throw new Error("nothing to deliver");
  const delivery = newDelivery(owner(), known.event, wanted, "UTC", Date.now());
  await world.store.mailboxes.add(subscription, [delivery], Date.now());
  return delivery.delivery.id;
}

async function addHold(index: number): Promise<string> {
  const hold: Hold = {
    id: `hold_${owner().slice(4)}${letters(index)}`,
    account: owner(),
    source: sourceId(owner(), "invoices", null),
    resource: "invoices",
    collection: null,
    count: 300,
    status: "held",
    createdAt: at(index),
    resolvedAt: null,
  };
  await client.hset(accountKeys.holds(owner()), hold.id, JSON.stringify(hold));
  return hold.id;
}

async function addReplay(subscription: string, index: number): Promise<string> {
  const id = replayId(subscription, `${index}`);
  const input = { since: at(0), until: null, only: "all" as const };
  const replay = { ...newReplay(input, { id, subscription, now: at(index), lastMade: 0 }), count: 0 };
  await client.hset(mailboxKeys.replays(subscription), id, JSON.stringify(replay));
  return id;
}

async function addSources(count: number): Promise<string[]> {
  const fence = (await world.store.accounts.takeFence(owner())) ?? "";
  const sources = Array.from({ length: count }, (_, index) => {
    const scope = { id: `${index}`, name: null };
    const id = sourceId(owner(), "favorites", scope.id);
    return { id, account: owner(), resource: "favorites" as const, scope, startsEmpty: true, bornAt: null };
  });
  await world.store.sources.add(owner(), fence, sources, 0);
  return sources.map(({ id }) => id);
}

/** Fills a list, and answers its address, what is in it, and how more comes and one goes. */
interface List {
  readonly path: string;
  readonly ids: readonly string[];
  more?(): Promise<unknown>;
  remove?(id: string): Promise<unknown>;
}

const lists: Readonly<Record<string, (count: number) => Promise<List>>> = {
  async accounts(count) {
    const made = await createEventWorld(redis, count);
    made.close();
    return {
      path: "/v1/accounts",
      ids: made.accounts,
      remove: (id) => world.store.accounts.remove(id),
    };
  },
  subscriptions: async (count) => ({
    path: "/v1/subscriptions",
    ids: await times(count, subscribe),
    more: subscribe,
    remove: (id) => context.services.subscriptions.remove(id),
  }),
  sources: async (count) => ({
    path: `/v1/accounts/${owner()}/sources`,
    ids: await addSources(count),
    async remove(id) {
      const fence = (await world.store.accounts.takeFence(owner())) ?? "";
      await world.store.sources.drop(owner(), fence, [id]);
    },
  }),
  holds: async (count) => ({
    path: `/v1/accounts/${owner()}/holds`,
    ids: await times(count, addHold),
    more: () => addHold(count),
    remove: (id) => client.hdel(accountKeys.holds(owner()), id),
  }),
  events: async (count) => ({
    path: "/v1/events",
    ids: await stateEvents(count),
    more: () => stateEvents(1),
  }),
  "events of an account": async (count) => ({
    path: `/v1/events?account=${owner()}&type=invoice.*`,
    ids: await stateEvents(count),
    more: () => stateEvents(1),
  }),
  async deliveries(count) {
    const subscription = await subscribe();
    const ids: string[] = [];
    for (const event of await stateEvents(count)) ids.push(await deliver(subscription, event));
    return {
      path: `/v1/subscriptions/${subscription}/deliveries`,
      ids,
      more: async () => deliver(subscription, (await stateEvents(1))[0] ?? ""),
    };
  },
  async "deliveries with a status"(count) {
    const list = await lists.deliveries?.(count);
    if (!list) throw new Error("no such list");
    return { ...list, path: `${list.path}?status=pending` };
  },
  async "deliveries of an event"(count) {
    const [event = ""] = await stateEvents(1);
    const subscriptions = await times(count, subscribe);
    const ids = await Promise.all(subscriptions.map((id) => deliver(id, event)));
    const remove = (id: string) =>
      context.services.subscriptions.remove(subscriptions[ids.indexOf(id)] ?? "");
    return { path: `/v1/events/${event}/deliveries`, ids, remove };
  },
  async replays(count) {
    const subscription = await subscribe();
    return {
      path: `/v1/subscriptions/${subscription}/replays`,
      ids: await times(count, (index) => addReplay(subscription, index)),
      more: () => addReplay(subscription, count),
      remove: (id) => client.hdel(mailboxKeys.replays(subscription), id),
    };
  },
};

const withQuery = (path: string, query: string) => `${path}${path.includes("?") ? "&" : "?"}${query}`;

describe.each(Object.entries(lists))("the list of %s", (_name, fill) => {
  test("gives everything once, and `next` is null exactly at the end", async () => {
    const { path, ids } = await fill(5);
    for (const limit of [1, 2, 4, 5, 6]) {
      const given: string[] = [];
      let pages = 0;
      for (let after = ""; ; pages++) {
        const { status, body } = await get(withQuery(path, `limit=${limit}${after}`));
        expect(status).toBe(200);
        given.push(...body.data.map(nameOf));
        if (body.next === null) break;
        expect(body.data).toHaveLength(limit);
        after = `&after=${encodeURIComponent(body.next)}`;
      }
      expect(pages + 1).toBe(Math.ceil(5 / limit));
      expect([...given].sort()).toEqual([...ids].sort());
    }
    const whole = await get(path);
    expect(whole.body).toMatchObject({ data: { length: 5 }, next: null });
  });

  test("keeps its place while more comes and what a page ended with goes", async () => {
    const { path, more, remove } = await fill(6);
    const whole = (await get(path)).body.data.map(nameOf);
    const first = await get(withQuery(path, "limit=3"));
    await more?.();
    await remove?.(whole[2] ?? "");
    const second = await get(withQuery(path, `limit=200&after=${encodeURIComponent(first.body.next ?? "")}`));
    const given = [...first.body.data, ...second.body.data].map(nameOf);
    expect(given.filter((id) => whole.includes(id))).toEqual(whole);
  });

  test("refuses what it does not take, by name", async () => {
    const { path } = await fill(1);
    for (const query of ["limit=0", "limit=201", "limit=2.5", "limit=many", "limit="])
      expect(await get(withQuery(path, query)), query).toMatchObject({
        status: 400,
        body: { code: "invalid_request", errors: [{ path: "limit" }] },
      });
    expect(await get(withQuery(path, "page=2"))).toMatchObject({
      status: 400,
      body: { errors: [{ path: "page" }] },
    });
    const long = Buffer.from(`${"9".repeat(400)} acc_0`).toString("base64url");
    for (const after of ["made-up", "AAAA", long])
      expect(await get(withQuery(path, `after=${after}`)), after).toMatchObject({
        status: 400,
        body: { code: "invalid_cursor" },
      });
  });
});
