import type { Redis } from "ioredis";
import { pino } from "pino";
import { usualRetentionMs } from "../../../src/domain/retention.js";
import { createMetrics } from "../../../src/metrics.js";
import type { Parts, UpstreamParts } from "../../../src/pipeline/parts.js";
import { pollAccount } from "../../../src/pipeline/poll.js";
import { importCookies } from "../../../src/pixieset/cookies.js";
import { findResource } from "../../../src/pixieset/resources/index.js";
import { createServerFetcher } from "../../../src/pixieset/server-fetcher.js";
import { createUpstream, type UpstreamMemory } from "../../../src/pixieset/session.js";
import { createJarKeeper } from "../../../src/store/jars.js";
import { createVault } from "../../../src/store/secrets.js";
import { createStore, type Store } from "../../../src/store/store.js";
import { createFuse, fused, Killed } from "../machine.js";
import { hosts, type Server } from "./server.js";
import type { World } from "./world.js";

const vault = createVault([Buffer.alloc(32, 7)]);
const metrics = createMetrics();
const log = pino({ level: "silent" });

/** Time spent waiting for the budget is not what is tested: every request may be made at once. */
export const openBudget: Store["budget"] = {
  take: async () => 0,
  look: async () => 0,
  keep: async () => undefined,
  done: async () => undefined,
  rest: async () => undefined,
  hear: async () => null,
  state: async (_account, requestsPerMinute) => ({
    requestsPerMinute,
    pace: 1,
    effectiveRequestsPerMinute: requestsPerMinute,
    restingMs: 0,
    usedLastMinute: 0,
  }),
};

export const openStore = (client: Redis): Store => ({ ...createStore(client, vault), budget: openBudget });

const imported = importCookies("gallery_dashboard_session=abc; wsid=1", hosts);
if (imported.kind !== "imported") throw new Error(imported.reason);
export const jar = imported.session;

const wakeUps: Parts["wakeUps"] = {
  wake: async () => undefined,
  wakeMany: async () => undefined,
  wakeSoon: () => undefined,
  forget: async () => undefined,
};

export function partsOf(store: Store, world: World): Parts {
  return {
    store,
    wakeUps,
    log,
    metrics,
    retentionMs: usualRetentionMs,
    now: () => world.time,
    random: () => 0.5,
  };
}

export interface Run {
  readonly account: string;
  readonly client: Redis;
  readonly store: Store;
  readonly world: World;
  readonly server: Server;
  /** What the process remembers of earlier readings. */
  readonly memory: UpstreamMemory;
  /** The process is killed at this step of its talk with Redis; null: it lives. */
  readonly diesAt: number | null;
}

const never = new AbortController().signal;

/** Lets an account poll once, in a process of its own. Whether it was killed. */
export async function poll({ account, client, world, server, memory, ...run }: Run): Promise<boolean> {
  const isDoomed = run.diesAt !== null;
  const fuse = createFuse(run.diesAt ?? undefined);
  const store = isDoomed ? openStore(fused(client, fuse)) : run.store;
  const fetcher = createServerFetcher(server.client, createJarKeeper(store.accounts, account));
  const upstream = createUpstream({ fetcher, memory });
  const upstreamFor: UpstreamParts["upstreamFor"] = () => ({
    ...upstream,
    async read(source, reading, gate) {
      server.reads(source.resource);
      const outcome = await upstream.read(source, reading, gate);
      if (outcome.kind === "scan" && outcome.head) server.readHead();
      return outcome;
    },
  });
  const parts = { ...partsOf(store, world), resource: findResource, upstreamFor, login: null };
  try {
    await pollAccount(account, parts, { draining: never, abort: never });
    return false;
  } catch (error) {
    if (error instanceof Killed) return true;
    throw error;
  }
}
