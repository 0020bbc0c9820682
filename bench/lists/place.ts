import { Redis } from "ioredis";
import { eventTypes } from "../../src/domain/catalog.js";
import { account as keys } from "../../src/store/keys.js";
import { startApi } from "../support/api.js";
import type { Surroundings } from "../support/benchmark.js";
import { type BenchRedis, startRedis } from "../support/redis.js";
import { type Client, openClient } from "./client.js";
import { pastEvents } from "./events.js";
import { fill } from "./fill.js";

export const eventCount = 1_000_000;
const days = 28;
/** Accounts that have events; as many others have none. */
const busyAccounts = 5;
const listed = 1_000;
const sources = 535;
/** Subscriptions that want everything of every account. */
const hungry = 100;
const deliveries = 10_000;
/** One delivery in so many failed. */
const failedEvery = 500;

/** A service that has run for a month, and somebody who looks at it. */
export interface ListsPlace {
  readonly redis: BenchRedis;
  readonly client: Client;
  /** Has six events in ten. */
  readonly account: string;
  /** Has three in a hundred. */
  readonly small: string;
  /** Halfway between the oldest event and now, ms. */
  readonly middle: number;
  /** An event of which every hungry subscription has a delivery. */
  readonly event: string;
  /** Has ten thousand deliveries. */
  readonly subscription: string;
  readonly bytes: { readonly events: number; readonly cards: number };
  readonly sweepMs: number;
  /** The same page, from Redis alone: ms. */
  barePage(limit: number): Promise<number>;
  /** What the API took of a processor since it began, ms. */
  cpu(): Promise<number>;
  memory(): Promise<number>;
}

export async function atLists<T>(
  { signal, say }: Surroundings,
  work: (place: ListsPlace) => Promise<T>,
): Promise<T> {
  const closers: (() => Promise<void> | void)[] = [];
  try {
    const redis = await startRedis(signal);
    closers.push(() => redis.close());
    const api = await startApi(redis.socketPath, signal);
    closers.push(() => api.close());
    const bare = new Redis(redis.socketPath, { protocol: 2 });
    closers.push(() => bare.disconnect());
    const accounts = [
      ...(await api.calls.accounts({ count: busyAccounts })),
      ...(await api.calls.accounts({ count: listed - busyAccounts })),
    ];
    const [account = "", , , , small = ""] = accounts;
    const end = Date.now();
    say("Lists: writing a million events");
    const types = eventTypes.map(({ type }) => type);
    const empty = await redis.usedMemory();
    const busy = accounts.slice(0, busyAccounts);
    await fill(redis.socketPath, pastEvents({ accounts: busy, types, count: eventCount, end, days }), signal);
    const filled = await redis.usedMemory();
    say("Lists: the first sweep");
    const sweepMs = await api.calls.sweep(null);
    const swept = await redis.usedMemory();
    say("Lists: subscriptions and deliveries");
    await api.calls.sources({ account, count: sources });
    const wanting = await api.calls.subscribe({ account: null, count: hungry });
    await api.calls.subscribe({ account: small, count: listed - hungry });
    const { url, token } = await api.calls.address(null);
    const client = await openClient(url, token);
    const ids: string[] = [];
    for (let after = ""; ids.length < deliveries; ) {
      const page = await client.page(`/v1/events?account=${account}&limit=200${after}`);
      ids.push(...page.data.map(({ id }) => id));
      after = `&after=${page.next}`;
    }
    const [subscription = "", ...others] = wanting;
    await api.calls.deliver({ subscription, events: ids, failedEvery });
    for (const other of others)
      await api.calls.deliver({ subscription: other, events: ids.slice(0, 1), failedEvery });
    return await work({
      redis,
      client,
      account,
      small,
      middle: end - (days / 2) * 86_400_000,
      event: ids[0] ?? "",
      subscription,
      bytes: { events: filled - empty, cards: swept - filled },
      sweepMs,
      async barePage(limit) {
        const begin = performance.now();
        await bare.xrevrange(keys.events(account), "+", "-", "COUNT", limit);
        return performance.now() - begin;
      },
      cpu: () => api.calls.cpu(null),
      memory: () => api.calls.memory(null),
    });
  } finally {
    for (const close of closers.reverse()) await close();
  }
}
