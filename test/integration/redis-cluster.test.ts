import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCluster, type TestCluster } from "../support/redis-cluster.js";
import type { Json } from "../support/service.js";
import { refusedStart, startWholePath, type WholePath, waitUntil } from "../support/whole-path.js";

let cluster: TestCluster;
let path: WholePath;

beforeAll(async () => {
  cluster = await startCluster({ replicas: true });
  path = await startWholePath({ REDIS_CLUSTER_NODES: cluster.nodes });
}, 60_000);
afterAll(async () => {
  await path?.close();
  await cluster?.close();
});

/** The ids of the events that the stream gives from now on. */
function listen() {
  const ending = new AbortController();
  const ids: string[] = [];
  const headers = { authorization: `Bearer ${path.service.token}` };
  const reading = fetch(`${path.service.url}/v1/events/stream`, { headers, signal: ending.signal })
    .then(async ({ body }) => {
      for await (const chunk of body ?? [])
        for (const [, id = ""] of Buffer.from(chunk)
          .toString()
          .matchAll(/^id: (\S+)$/gm))
          ids.push(id);
    })
    .catch(() => undefined);
  const close = () => {
    ending.abort();
    return reading;
  };
  return { ids, close };
}

test("on a cluster each event is delivered once, told on the stream, found again and replayed", async () => {
  const stream = listen();
  path.act(3);
  await path.arrived("the events came");
  const events = path.events();
  expect(events).toHaveLength(3);
  expect([...new Set(path.objects())].sort()).toEqual([...path.wanted].sort());
  await waitUntil(() => events.every((id) => stream.ids.includes(id)), "the stream told of them");
  await stream.close();
  const { body: listed } = await path.call("GET", "/v1/events?type=favorite.added");
  expect(listed.data.map(({ id }: Json) => id).sort()).toEqual([...events].sort());

  const since = new Date(Date.now() - 60_000).toISOString();
  const replay = await path.call("POST", `/v1/subscriptions/${path.subscription}/replay`, {
    since,
    only: "all",
  });
  expect(replay.status, JSON.stringify(replay.body)).toBe(202);
  await waitUntil(() => path.events().length === 6, "they came again");
  expect(new Set(path.events())).toEqual(new Set(events));

  const { body: found } = await path.call("GET", "/v1/diagnostics");
  const [redis, ...others] = found.checks.filter(({ area }: Json) => area === "redis");
  expect(redis.text).toContain("(3 nodes) drops no keys, writes down what it gets, and uses");
  expect(others).toEqual([]);
}, 30_000);

test("a start is refused when any master of a cluster may drop keys, and says which", async () => {
  const [, , careless] = cluster.servers;
  await careless?.ask((client) => client.config("SET", "maxmemory-policy", "allkeys-lru"));
  const said = await refusedStart({ REDIS_CLUSTER_NODES: cluster.nodes });
  expect(said).toContain(`Redis at ${careless?.address} may evict keys (maxmemory-policy allkeys-lru)`);
  await careless?.ask((client) => client.config("SET", "maxmemory-policy", "noeviction"));
}, 30_000);

test("when the master of the queues dies, work goes on with its replica by itself, and nothing is lost", async () => {
  // The replica has all: what is settled by now stays settled.
  await sleep(300);
  const before = path.events().length;
  const owner = await cluster.ownerOf("{pixiehook}:poll:id");
  await cluster.kill(owner);
  path.act(3);
  const answers = new Set<number>();
  const asking = setInterval(() => {
    path.call("GET", "/v1/accounts").then(
      ({ status }) => answers.add(status),
      () => answers.add(0),
    );
  }, 250);
  await cluster.failover(owner);
  await path.arrived("the events of the outage came", 30_000);
  path.act(3);
  await path.arrived("the events after it came", 30_000);
  clearInterval(asking);
  expect([...new Set(path.objects())].sort()).toEqual([...path.wanted].sort());
  expect(path.events()).toHaveLength(before + 6);
  expect([...answers].filter((status) => status !== 200 && status !== 503)).toEqual([]);
  expect(path.troubles()).toEqual([]);
  expect((await fetch(`${path.service.url}/readyz`)).status).toBe(200);
  // It comes back as a replica of its replica.
  await cluster.start(owner);
}, 90_000);

test("an account and a subscription that are deleted leave no key on any node", async () => {
  const ids = [path.account, path.subscription];
  const left = async () => (await cluster.keys()).filter((key) => ids.some((id) => key.includes(id)));
  expect((await left()).length).toBeGreaterThan(10);
  expect((await path.call("DELETE", `/v1/accounts/${path.account}`)).status).toBe(204);
  expect((await path.call("DELETE", `/v1/subscriptions/${path.subscription}`)).status).toBe(204);
  await waitUntil(async () => (await left()).length === 0, "nothing is left", 8_000).catch(async () => {
    expect(await left()).toEqual([]);
  });
  const ended = Date.now();
  expect(await path.service.end("SIGTERM")).toBe(0);
  // Nothing is in hand: what takes long is a connection that hangs.
  expect(Date.now() - ended).toBeLessThan(7_000);
}, 30_000);
