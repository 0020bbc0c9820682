import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { startCluster, type TestCluster } from "../support/redis-cluster.js";
import { startSentinels } from "../support/redis-sentinel.js";
import { createCertificates, speaksTls } from "../support/redis-tls.js";
import { startWholePath, type WholePath } from "../support/whole-path.js";

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function keep<T extends { close(): Promise<unknown> }>(starting: Promise<T>): Promise<T> {
  const one = await starting;
  open.push(one);
  return one;
}

const pathOn = (cluster: TestCluster, more = {}) =>
  keep(startWholePath({ REDIS_CLUSTER_NODES: cluster.nodes, ...more }));

/** Something changes every 100 ms until it is stopped. */
function keepActing(path: WholePath) {
  const timer = setInterval(() => path.act(1), 100);
  return () => clearInterval(timer);
}

function report(what: string, path: WholePath): void {
  const [sent, told] = [path.events().length, new Set(path.events()).size];
  process.stdout.write(
    `${what}: ${path.wanted.size} changes, ${told} events, ${sent - told} of them sent twice\n`,
  );
}

/** All changes were told of, each as one event. */
function expectAll(path: WholePath): void {
  expect([...new Set(path.objects())].sort()).toEqual([...path.wanted].sort());
  expect(new Set(path.events()).size).toBe(path.wanted.size);
}

test("under steady work each master of a cluster is killed in turn: nothing is lost, and little is sent twice", async () => {
  const cluster = await keep(startCluster({ replicas: true }));
  const path = await pathOn(cluster);
  const stop = keepActing(path);
  for (const index of [0, 1, 2]) {
    await sleep(1_500);
    await cluster.kill(index);
    await cluster.failover(index);
    await cluster.start(index);
  }
  await sleep(1_500);
  stop();
  await path.arrived("all came", 30_000);
  report("three masters killed", path);
  expectAll(path);
  // What was on its way, or settled on the master alone, when it died.
  expect(path.events().length - new Set(path.events()).size).toBeLessThanOrEqual(30);
  expect(path.troubles()).toEqual([]);
}, 120_000);

test("a planned failover under steady work sends nothing twice", async () => {
  const cluster = await keep(startCluster({ replicas: true }));
  const path = await pathOn(cluster);
  const stop = keepActing(path);
  for (const index of [0, 1, 2]) {
    await sleep(1_000);
    await cluster.failover(index);
  }
  await sleep(1_000);
  stop();
  await path.arrived("all came", 30_000);
  report("three planned failovers", path);
  expectAll(path);
  expect(path.troubles()).toEqual([]);
}, 120_000);

test("a master that falls silent is left for its replica", async () => {
  const cluster = await keep(startCluster({ replicas: true }));
  const path = await pathOn(cluster);
  path.act(2);
  await path.arrived("the first came");
  const owner = await cluster.ownerOf("{pixiehook}:poll:id");
  cluster.servers[owner]?.signal("SIGSTOP");
  path.act(3);
  await cluster.failover(owner);
  const took = await path.arrived("those of the outage came", 20_000);
  process.stdout.write(`a silent master: work went on ${took} ms after its replica took over\n`);
  cluster.servers[owner]?.signal("SIGCONT");
  path.act(2);
  await path.arrived("those after it came", 20_000);
  expectAll(path);
}, 120_000);

test("a cluster that dies whole and comes back is worked with again", async () => {
  const cluster = await keep(startCluster());
  const path = await pathOn(cluster);
  path.act(3);
  await path.arrived("the first came");
  // Every second the append-only file is put on the disk.
  await sleep(1_200);
  for (const index of [0, 1, 2]) await cluster.kill(index);
  path.act(3);
  await sleep(4_000);
  expect((await path.call("GET", "/v1/accounts")).status).toBe(503);
  await Promise.all([0, 1, 2].map((index) => cluster.start(index)));
  const took = await path.arrived("those of the outage came", 30_000);
  process.stdout.write(`the whole cluster killed: work went on ${took} ms after its return\n`);
  expectAll(path);
  expect(path.events()).toHaveLength(6);
}, 120_000);

test("slots move to another node under steady work, and nothing is lost or sent twice", async () => {
  const cluster = await keep(startCluster());
  const path = await pathOn(cluster);
  const stop = keepActing(path);
  await sleep(1_000);
  const keys = [`{${path.account}}`, `{${path.subscription}}`, "{pixiehook}", "{due}", "{log}"];
  for (const key of keys) {
    const from = await cluster.ownerOf(key);
    await cluster.moveSlot(key, from, (from + 1) % 3);
    await sleep(300);
  }
  await sleep(1_000);
  stop();
  await path.arrived("all came", 30_000);
  report("five slots moved", path);
  expectAll(path);
  expect(path.events().length).toBe(path.wanted.size);
  expect(path.troubles()).toEqual([]);
}, 120_000);

test.skipIf(!(await speaksTls()))(
  "a cluster that wants a user with few rights and encryption carries the whole path",
  async () => {
    const certificates = await createCertificates();
    open.push({ close: certificates.dispose });
    const { options, ca, caFile } = certificates;
    const cluster = await keep(
      startCluster({
        replicas: true,
        options: (port) => [...options(port), "--tls-cluster", "yes"],
        connection: { tls: { ca } },
      }),
    );
    // As docs/operations.md has it.
    const rights = "on >of-the-nodes ~pixiehook:* ~{pixiehook}:* &{pixiehook}:* +@all -@dangerous +info";
    for (const server of cluster.servers) {
      await server.ask((client) => client.call("ACL", "SETUSER", "pixiehook", ...rights.split(" ")));
    }
    const settings = { REDIS_TLS: "true", REDIS_TLS_CA: caFile, REDIS_USERNAME: "pixiehook" };
    const path = await pathOn(cluster, { ...settings, REDIS_PASSWORD: "of-the-nodes" });
    path.act(3);
    await path.arrived("the first came");
    await cluster.kill(0);
    path.act(3);
    await cluster.failover(0);
    await path.arrived("those of the outage came");
    expectAll(path);
    // Who serves what is asked every five seconds, and what the doctor sees is good for ten.
    const told = async () => (await path.call("GET", "/v1/diagnostics")).body.checks[0].text;
    await expect.poll(told, { timeout: 20_000, interval: 500 }).toContain("(3 nodes)");
    expect((await path.call("DELETE", `/v1/accounts/${path.account}`)).status).toBe(204);
    expect(path.service.output()).not.toContain("NOPERM");
    expect(path.troubles()).toEqual([]);
  },
  120_000,
);

test("a master that falls silent is left for the one that sentinels choose", async () => {
  const redis = await keep(startSentinels());
  const path = await keep(
    startWholePath({
      REDIS_SENTINELS: redis.sentinels,
      REDIS_SENTINEL_PASSWORD: "of-the-sentinels",
      REDIS_PASSWORD: "of-the-nodes",
    }),
  );
  redis.servers[0].signal("SIGSTOP");
  path.act(3);
  await redis.follows(1);
  const took = await path.arrived("those of the outage came", 20_000);
  process.stdout.write(`a silent master behind sentinels: work went on ${took} ms after the choice\n`);
  redis.servers[0].signal("SIGCONT");
  path.act(3);
  await path.arrived("those after it came", 20_000);
  expectAll(path);
}, 120_000);
