// The one place that knows how a polling process is put together: src/context.ts without queues and channels.
import { Redis } from "ioredis";
import { pino } from "pino";
import { accountInputSchema } from "../../src/domain/account.js";
import { usualRetentionMs } from "../../src/domain/retention.js";
import { createMetrics } from "../../src/metrics.js";
import { createUpstreams } from "../../src/operations/upstreams.js";
import type { Parts } from "../../src/pipeline/parts.js";
import { pollAccount } from "../../src/pipeline/poll.js";
import { createUpstreamClient } from "../../src/pixieset/client.js";
import { emptyJar, importCookies } from "../../src/pixieset/cookies.js";
import { findResource } from "../../src/pixieset/resources/index.js";
import { createVault } from "../../src/store/secrets.js";
import { createStore, type Store } from "../../src/store/store.js";
import { budgetDatabase } from "./redis.js";
import { asleep } from "./standing-in.js";
import { meterTraffic, type TrafficMeter } from "./traffic.js";

/** What the log says of one poll of a source. */
export interface Polled {
  readonly resource: string;
  readonly outcome: string;
  readonly commit: string;
  readonly events: number;
  readonly records: number;
}

/** One polling process, with a clock that is moved on by hand. */
export interface Machine {
  /** Begins an account that watches favorites; nothing is polled yet. Its id. */
  watch(collections: "all" | readonly string[], floodThreshold?: number): Promise<string>;
  /** Lets the account work once, `laterMs` after the last time. A day by default: then every source is due, once. */
  poll(account: string, laterMs?: number): Promise<readonly Polled[]>;
  /** Lets the account work until nothing is due: the silent baseline of all that it watches. */
  baseline(account: string): Promise<readonly Polled[]>;
  /** Gets the pages of a collection's favorites and does nothing with them: what no poll can do without. */
  fetchAll(collection: string, pages: number): Promise<void>;
  /** Lets the account forget its favorites. */
  forget(account: string): Promise<void>;
  /** What goes to Redis and comes back; the budget has a connection of its own, which is not counted. */
  readonly traffic: TrafficMeter;
  close(): Promise<void>;
}

const dayMs = 86_400_000;

export function createMachine(options: {
  socketPath: string;
  url: string;
  signal: AbortSignal;
  /** Shared by all machines at one Redis. */
  clock: { offset: number };
}): Machine {
  const { socketPath, signal, clock } = options;
  const hosts = { galleryUrl: options.url, studioUrl: options.url };
  const client = new Redis(socketPath, { protocol: 2 });
  const budgetClient = new Redis(socketPath, { protocol: 2, db: budgetDatabase });
  const upstreamClient = createUpstreamClient(hosts);
  const vault = createVault([Buffer.alloc(32, 7)]);
  const store = withOpenBudget(createStore(client, vault), createStore(budgetClient, vault));
  const lines: Polled[] = [];
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line) as Polled) });
  const parts: Parts = {
    store,
    wakeUps: asleep,
    log,
    metrics: createMetrics(),
    retentionMs: usualRetentionMs,
    now: () => Date.now() + clock.offset,
    random: () => 0.5,
  };
  const upstreamFor = createUpstreams(upstreamClient, store);
  const whole = { ...parts, resource: findResource, upstreamFor, login: null };

  const poll: Machine["poll"] = async (account, laterMs = dayMs + 60_000) => {
    clock.offset += laterMs;
    await pollAccount(account, whole, { draining: signal, abort: signal });
    signal.throwIfAborted();
    return lines.splice(0);
  };

  return {
    poll,
    traffic: meterTraffic(client),
    async watch(collections, floodThreshold = 200) {
      const { session: _none, ...settings } = accountInputSchema.parse({
        name: "Smith Studio",
        resources: ["favorites"],
        collections,
        floodThreshold,
        polling: { requestsPerMinute: 6_000, minIntervalSeconds: dayMs / 1_000, maxIntervalMinutes: 43_200 },
      });
      const imported = importCookies("session=benchmark", hosts);
      if (imported.kind !== "imported") throw new Error(imported.reason);
      const session = {
        status: "active",
        checkedAt: null,
        user: null,
        reason: null,
        epoch: 1,
        renewal: "cookies",
      } as const;
      const { id } = await store.accounts.create(store.accounts.newId(), settings, session, imported.session);
      return id;
    },
    async baseline(account) {
      const all: Polled[] = [];
      for (;;) {
        // A list that has to be looked at again is due after a pause of seconds.
        const polled = await poll(account, 10_000);
        if (polled.length === 0) return all;
        all.push(...polled);
      }
    },
    async fetchAll(collection, pages) {
      const jar = emptyJar();
      for (let page = 1; page <= pages; page++) {
        const path = `/collections/${collection}/favorites?page=${page}`;
        const answer = await upstreamClient.get({ host: "gallery", path, jar, userAgent: null, signal });
        if (answer.kind !== "answer" || answer.status !== 200) throw new Error(`No page ${page}`);
      }
    },
    async forget(account) {
      await store.accounts.update(account, (settings) => ({ ...settings, resources: [] }));
      await poll(account);
    },
    async close() {
      client.disconnect();
      budgetClient.disconnect();
      await upstreamClient.close();
    },
  };
}

/**
 * The budget's own script runs for each request, but never says "wait": what a poll costs would hide in the waiting.
 * It has a connection and a database of its own, so that its share can be told from the rest.
 */
function withOpenBudget(store: Store, { budget }: Pick<Store, "budget">): Store {
  return {
    ...store,
    budget: {
      ...budget,
      take: (account, holder) => budget.take(account, holder, 1e9, 0),
      look: (account, holder) => budget.look(account, holder, 1e9, 0),
    },
  };
}
