import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { startCluster } from "../support/redis-cluster.js";
import { countedKills, createKiller, killInAnyOrder } from "./support/killer.js";
import { openPlace, type PlaceOptions } from "./support/place.js";
import { createRandom, seed } from "./support/random.js";
import { startRedisServer } from "./support/redis-server.js";
import { mustHold, tell } from "./support/report.js";

/** In all, over the ways of running a service: `KILLS=50` for a first impression. */
const wanted = Number(process.env.KILLS ?? 500);
const shares = { alone: 0.6, many: 0.3, cluster: 0.1 };
const actsPerSecond = 4;
const settleMs = 90_000;
/** Steps have to be seen before they can be aimed at. */
const watchMs = 8_000;

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function prepare(options: Omit<PlaceOptions, "seed">) {
  const place = await openPlace({ seed, ...options });
  open.push(place);
  return place;
}

async function oneRedis() {
  const redis = await startRedisServer();
  open.push(redis);
  return { redis: { REDIS_URL: redis.url }, target: { kind: "socket", path: redis.socketPath } } as const;
}

test("one process that owns its Redis, killed at every step, loses and invents nothing", async () => {
  const place = await prepare({ ...(await oneRedis()), accounts: 3, settings: { CHAOS_OWNS_REDIS: "yes" } });
  const killer = createKiller(place, createRandom(seed));
  const service = await place.member("service", ["poll", "fan-out", "deliver", "clock"]);
  const stop = place.studio.live(actsPerSecond);
  await sleep(watchMs);
  while (killer.kills < wanted * shares.alone) await killer.kill(service);
  stop();
  const verdict = await place.settle(settleMs);
  tell(`Killed at every step, one process (seed ${seed})`, countedKills(killer, [service]), verdict);
  mustHold(verdict);
  expect(verdict.doubles).toBeLessThanOrEqual(killer.inFlight);
});

test("roles in processes of their own, killed and stopped in any order, lose and invent nothing", async () => {
  const place = await prepare({ ...(await oneRedis()), accounts: 6 });
  const stop = place.studio.live(actsPerSecond);
  const counts = await killInAnyOrder(place, wanted * shares.many, {
    watchMs,
    random: createRandom(seed + 1),
  });
  stop();
  const verdict = await place.settle(settleMs);
  tell(`Killed and stopped in any order, seven processes (seed ${seed})`, counts, verdict);
  mustHold(verdict);
});

test("the same on a Redis Cluster of three masters, one of which is replaced meanwhile", async () => {
  const cluster = await startCluster({ replicas: true });
  open.push(cluster);
  const nodes = cluster.nodes.split(",").map((node) => {
    const [host = "", port] = node.split(":");
    return { host, port: Number(port) };
  });
  const place = await prepare({
    redis: { REDIS_CLUSTER_NODES: cluster.nodes },
    target: { kind: "cluster", nodes, username: null, password: null, tls: null },
    accounts: 6,
    // What a master took in its last moment may be missing from its replica.
    chains: false,
  });
  const stop = place.studio.live(actsPerSecond);
  const random = createRandom(seed + 2);
  const count = wanted * shares.cluster;
  const killing = killInAnyOrder(place, count, { watchMs, random });
  await sleep(watchMs + 15_000);
  const diedAt = Date.now();
  const index = random.below(3);
  await cluster.kill(index);
  await cluster.failover(index);
  await cluster.start(index);
  place.excuseSince(diedAt - 1_000);
  const counts = await killing;
  stop();
  const verdict = await place.settle(settleMs);
  const scenario = `Killed on a Redis Cluster, and one of its masters, too (seed ${seed})`;
  tell(scenario, { ...counts, "masters killed": 1 }, verdict);
  mustHold(verdict, { mayCommitAnew: true });
});
