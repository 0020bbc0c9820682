import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Service, startService } from "../../src/cli/run-service.js";
import { readConfig } from "../../src/config.js";
import { createLog } from "../../src/log.js";
import { type Simulation, startSimulation } from "../../src/simulator/run.js";
import { createVault } from "../../src/store/secrets.js";
import { roles } from "../../workers/index.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";
import { dumpRedis } from "../support/secrets/dump.js";
import { type EchoServer, startEchoServer } from "../support/secrets/receivers.js";
import type { Json } from "../support/service.js";

/**
 * A service watches two accounts and does all that it can. Then one account is deleted, and a subscription and a token
 * beside it, and Redis is searched for whatever names them: ids, the parts of other ids that come from them, and what
 * only the deleted account has seen.
 */
const secretKey = Buffer.alloc(32, 9);
const apiToken = "first-token-0123456789";
const vault = createVault([secretKey]);
const visitor = "zebedee@markers.example";

let redis: TestRedis;
let client: Redis;
let studio: Simulation;
let failing: EchoServer;
let service: Service;

async function call(method: string, path: string, body?: unknown, key?: string): Promise<Json> {
  const headers = {
    authorization: `Bearer ${apiToken}`,
    "content-type": "application/json",
    ...(key ? { "idempotency-key": key } : {}),
  };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetch(`${service.context.config.publicUrl}${path}`, init);
  const text = await response.text();
  expect(response.ok, `${method} ${path} ${text}`).toBe(true);
  return text === "" ? null : JSON.parse(text);
}

async function until<T>(what: string, look: () => Promise<T | false>): Promise<T> {
  for (const deadline = Date.now() + 10_000; ; await sleep(25)) {
    const found = await look();
    if (found !== false) return found;
    if (Date.now() > deadline) throw new Error(`it did not come to ${what}`);
  }
}

/** The keys of Redis that hold one of these texts, in their name or a value. Kept answers are opened. */
async function placesOf(needles: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const { key, values } of await dumpRedis(client)) {
    const answer = /\{idempotency:(.*)\}$/.exec(key)?.[1];
    const texts = values.map((value) => value.toString());
    const open = answer === undefined ? texts : texts.map((text) => vault.open(text, `answer:${answer}`));
    for (const needle of needles) {
      if ([key, ...open].some((text) => text.includes(needle))) found.add(`${key} has ${needle}`);
    }
  }
  return [...found].sort();
}

/** An id, and what ids that are computed from it begin with. */
const traces = (id: string) => [id, id.slice(id.indexOf("_") + 1)];

beforeAll(async () => {
  redis = await startTestRedis();
  client = new Redis(redis.socketPath, { protocol: 2 });
  studio = await startSimulation({ seed: 5, collections: 2 });
  failing = await startEchoServer(500);
  const settings = {
    PORT: "0",
    REDIS_URL: redis.url,
    PIXIEHOOK_SECRET_KEY: secretKey.toString("base64"),
    PIXIEHOOK_API_TOKEN: apiToken,
    PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
    PIXIESET_GALLERY_URL: studio.simulator.galleryUrl,
    PIXIESET_STUDIO_URL: studio.simulator.studioUrl,
  };
  const log = createLog({ level: "silent", format: "json" });
  service = await startService(readConfig(settings), roles, { log });
}, 30_000);

afterAll(async () => {
  await service.close();
  await client.quit();
  await redis.assertNoConnections();
  await Promise.all([studio.close(), failing.close(), redis.close()]);
});

const session = () => ({ cookies: studio.simulator.cookies });
const polling = { requestsPerMinute: 6_000, minIntervalSeconds: 0.2, maxIntervalMinutes: 60 };
const poll = (account: string, key?: string) =>
  call("POST", `/v1/accounts/${account}/poll?wait=true`, undefined, key);
const subscribe = (more: object, key?: string) =>
  call("POST", "/v1/subscriptions", { events: ["*"], digest: null, ...more }, key);
const hook = (url: string) => ({ type: "webhook", url });

/** Everything that an account leaves behind, in its own keys and in what it shares with others. */
async function work() {
  const leaving = { name: "Markers and Daughters", session: session(), polling, floodThreshold: 5 };
  const { id: gone } = await call("POST", "/v1/accounts", leaving, "account");
  const staying = {
    name: "Smith Studio",
    session: session(),
    polling,
    resources: ["invoices"],
    collections: [],
  };
  const { id: kept } = await call("POST", "/v1/accounts", staying);
  const own = await subscribe({ account: gone, channel: hook(`${studio.webhooks.url}/own`) }, "own");
  const all = await subscribe({ channel: hook(`${studio.webhooks.url}/all`) }, "all");
  const broken = await subscribe({ channel: hook(`${failing.url}/broken`), ordered: true });
  const digests = await subscribe({
    channel: hook(`${studio.webhooks.url}/digests`),
    digest: { every: "1h" },
  });
  await poll(gone);
  await poll(kept);

  const pairing = () => call("POST", `/v1/accounts/${gone}/pairings`, undefined, "pairing");
  const { code } = await pairing();
  await call("POST", "/companion/v1/pair", { code, browser: "Marker browser" });
  await call("POST", `/v1/accounts/${gone}/pairings`);

  const { simulator } = studio;
  const collection = [...simulator.studio.collections.keys()][0] ?? 0;
  simulator.addFavorites({
    collection,
    client: visitor,
    list: "Marker picks",
    note: "marker note",
    count: 3,
  });
  simulator.payInvoice({});
  await poll(gone, "poll");
  await poll(kept);
  simulator.addFavorites({ collection, client: visitor, count: 8 });
  await poll(gone);
  const { data: holds } = await call("GET", `/v1/accounts/${gone}/holds`);
  expect(holds).toHaveLength(1);
  await until("retries at a receiver that fails", async () => {
    const { data } = await call("GET", `/v1/subscriptions/${broken.id}/deliveries?limit=200`);
    return data.length > 3 && data.some(({ attempts }: Json) => attempts.length > 0);
  });
  for (const { id } of [all, digests]) {
    const { id: replay } = await call(
      "POST",
      `/v1/subscriptions/${id}/replay`,
      { since: "2020-01-01T00:00:00Z", only: "all" },
      `replay-${id}`,
    );
    await until("the end of a replay", async () => {
      const { status } = await call("GET", `/v1/subscriptions/${id}/replays/${replay}`);
      return status !== "running";
    });
  }
  await call("POST", `/v1/subscriptions/${own.id}/rotate-secret`, {}, "rotate");
  return { gone, kept, own, all, broken, digests };
}

test("what is deleted stands nowhere in Redis any more, and the rest goes on", async () => {
  const { gone, kept, own, all, broken, digests } = await work();
  const needles = [
    ...traces(gone),
    ...traces(own.id),
    "Markers and Daughters",
    visitor,
    "Marker picks",
    "marker note",
    "Marker browser",
  ];
  const before = await placesOf(needles);
  // The search sees what there is to find.
  for (const place of [
    `pixiehook:{${gone}}:events has ${visitor}`,
    `pixiehook:{${gone}}:holds has ${gone}`,
    `pixiehook:{${gone}}:companions has Marker browser`,
    `pixiehook:{due}:generations has ${gone}`,
    `pixiehook:{log}:events has ${gone}`,
    `pixiehook:{log}:ids has ${traces(gone)[1]}`,
    `pixiehook:{${broken.id}}:deliveries has ${gone}`,
    `pixiehook:{${broken.id}}:lines has ${gone}`,
    `pixiehook:{${digests.id}}:groups has ${visitor}`,
    `pixiehook:{${digests.id}}:members has ${traces(gone)[1]}`,
    `pixiehook:{answers:${gone}} has ${gone}`,
  ]) {
    expect(before).toContain(place);
  }
  expect(before.filter((place) => /\{pairing:.* has acc_/.test(place))).toHaveLength(1);
  expect(before.filter((place) => /idempotency.* has /.test(place)).length).toBeGreaterThan(2);

  await call("DELETE", `/v1/accounts/${gone}`);
  expect(await placesOf(needles)).toEqual([]);
  studio.simulator.payInvoice({});
  await poll(kept);

  const { data: events } = await call("GET", "/v1/events");
  expect(events.length).toBeGreaterThan(1);
  const { data: deliveries } = await call("GET", `/v1/subscriptions/${all.id}/deliveries`);
  expect(deliveries.length).toBeGreaterThan(1);

  await call("DELETE", `/v1/subscriptions/${broken.id}`);
  await call("DELETE", `/v1/subscriptions/${all.id}`);
  const others = [...traces(broken.id), ...traces(all.id)];
  expect(await placesOf(others)).toEqual([]);
  // Nor does it come back with what was under way.
  await sleep(1_200);
  expect(await placesOf([...needles, ...others])).toEqual([]);
});

test("a token that is deleted stands nowhere, nor does the answer that showed it", async () => {
  const made = await call("POST", "/v1/tokens", { name: "for markers", scope: "read" }, "token");
  const again = await call("POST", "/v1/tokens", { name: "for markers", scope: "read" }, "token");
  expect(again.token).toBe(made.token);
  const headers = { authorization: `Bearer ${made.token}` };
  const ask = () => fetch(`${service.context.config.publicUrl}/v1/accounts`, { headers });
  const answer = await ask();
  expect(answer.status).toBe(200);
  expect(answer.headers.get("ratelimit-remaining")).toBe("1199");
  const needles = [made.id, "for markers", made.token];
  expect((await placesOf(needles)).length).toBeGreaterThan(3);
  await call("DELETE", `/v1/tokens/${made.id}`);
  expect((await ask()).status).toBe(401);
  expect(await placesOf(needles)).toEqual([]);
});
