import { Redis } from "ioredis";
import { pino } from "pino";
import { usualRetentionMs } from "../../src/domain/retention.js";
import { createMetrics } from "../../src/metrics.js";
import type { DeliverParts } from "../../src/pipeline/attempt.js";
import { createPlaces } from "../../src/pipeline/places.js";
import type { Stop } from "../../src/queues/wake-ups.js";
import { createVault, type Vault } from "../../src/store/secrets.js";
import { createStore, type Store } from "../../src/store/store.js";
import { type Client, openClient } from "../lists/client.js";
import { startApi } from "../support/api.js";
import { type BenchRedis, startRedis } from "../support/redis.js";
import { addIdleAccount, asleep } from "../support/standing-in.js";

/** A fresh Redis with what works on it in this process, and the API of the same in another. */
export interface ScalePlace {
  readonly redis: BenchRedis;
  /** For rows that are written straight, many at a time. */
  readonly client: Redis;
  readonly store: Store;
  /** Wakes nobody, sends nothing: a receiver that takes everything at once. */
  readonly parts: DeliverParts;
  readonly stop: Stop;
  /** As a process that has just begun: it knows nothing but what Redis holds. */
  anotherStore(): Store;
  readonly api: Client;
  /** What the API's process took of a processor so far, ms. */
  apiCpu(): Promise<number>;
}

export async function atScale<T>(signal: AbortSignal, work: (place: ScalePlace) => Promise<T>): Promise<T> {
  const closers: (() => Promise<void> | void)[] = [];
  try {
    const redis = await startRedis(signal);
    closers.push(() => redis.close());
    const served = await startApi(redis.socketPath, signal);
    closers.push(() => served.close());
    const client = new Redis(redis.socketPath, { protocol: 2 });
    closers.push(() => client.disconnect());
    const vault: Vault = createVault([Buffer.alloc(32, 7)]);
    const store = createStore(client, vault);
    const { url, token } = await served.calls.address(null);
    const parts: DeliverParts = {
      store,
      wakeUps: asleep,
      // As many lines as ever, which nobody reads.
      log: pino({ base: null }, { write: () => undefined }),
      metrics: createMetrics(),
      retentionMs: usualRetentionMs,
      now: Date.now,
      random: () => 0.5,
      send: async () => ({ kind: "delivered", status: 204 }),
      publicUrl: "http://127.0.0.1",
      places: createPlaces(),
    };
    return await work({
      redis,
      client,
      store,
      parts,
      stop: { draining: signal, abort: signal },
      anotherStore: () => createStore(client, vault),
      api: await openClient(url, token),
      apiCpu: () => served.calls.cpu(null),
    });
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** Accounts without a session. Their ids. */
export async function addAccounts(store: Store, count: number): Promise<string[]> {
  return inTurn(count, () => addIdleAccount(store));
}

/** Does something so often, some at a time. */
export async function inTurn<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const done: T[] = [];
  while (done.length < count) {
    const length = Math.min(200, count - done.length);
    done.push(...(await Promise.all(Array.from({ length }, (_none, index) => work(done.length + index)))));
  }
  return done;
}
