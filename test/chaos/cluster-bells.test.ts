import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createBellLine, createBells } from "../../src/queues/bell.js";
import { connect, disconnect, type RedisClient } from "../../src/store/redis.js";
import { startCluster, type TestCluster } from "../support/redis-cluster.js";
import { waitUntil } from "../support/whole-path.js";

const log = pino({ level: "silent" });
const channel = "{pixiehook}:bells";
const listeners = 5;

let cluster: TestCluster;
let clients: RedisClient[];
let lines: ReturnType<typeof createBellLine>[];
let heard: Set<number>;

beforeAll(async () => {
  cluster = await startCluster({ replicas: true });
  const nodes = cluster.nodes
    .split(",")
    .map((node) => ({ host: "127.0.0.1", port: Number(node.split(":")[1]) }));
  const target = { kind: "cluster", nodes, username: null, password: null, tls: null } as const;
  clients = Array.from({ length: listeners + 1 }, () => connect(target, "patient", log));
  heard = new Set();
  lines = clients.map((client, index) => {
    const bells = createBells();
    const bell = bells.open("deliver:sub_a");
    bell.ring = () => void heard.add(index);
    return createBellLine(client, channel, bells);
  });
  for (const line of lines.slice(1)) line.listen();
}, 60_000);
afterAll(async () => {
  for (const line of lines ?? []) line.close();
  for (const client of clients ?? []) await disconnect(client);
  await cluster?.close();
});

/** Rings until all have heard it; how long that took, ms. */
async function ringAll(): Promise<number> {
  heard.clear();
  return waitUntil(async () => {
    await lines[0]?.tell(["deliver:sub_a"]);
    await sleep(20);
    return heard.size === listeners;
  }, "all heard it");
}

test("whoever listens hears the bell again after each node of a cluster has died, and after all of them", async () => {
  await ringAll();
  for (const index of [0, 1, 2]) {
    await cluster.kill(index);
    await cluster.failover(index);
    expect(await ringAll()).toBeLessThan(10_000);
    await cluster.start(index);
  }
  // Now the first ones are the replicas.
  for (const index of [0, 1, 2, 3, 4, 5]) await cluster.kill(index);
  await sleep(1_000);
  await Promise.all([0, 1, 2, 3, 4, 5].map((index) => cluster.start(index)));
  expect(await ringAll()).toBeLessThan(15_000);
}, 120_000);
