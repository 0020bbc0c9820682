import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { startSimulation } from "../../src/simulator/run.js";
import { redisServer } from "../support/redis-binary.js";
import { type Json, startService, temporaryFolder } from "../support/service.js";

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

/** A Redis that the test starts, stops and kills itself, as an operator would run it. */
async function startRedis(folder: string) {
  const path = await redisServer();
  const socket = join(folder, "r.sock");
  const options = [
    "--port",
    "0",
    "--unixsocket",
    socket,
    "--dir",
    folder,
    "--appendonly",
    "yes",
    "--save",
    "",
  ];
  const child = spawn(path, [...options, "--maxmemory-policy", "noeviction"], { stdio: "ignore" });
  const ended = once(child, "exit");
  const redis = {
    url: `unix://${socket}`,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
    close: async () => {
      if (child.exitCode === null && child.signalCode === null) await redis.kill();
    },
  };
  open.push(redis);
  await sleep(200);
  return redis;
}

async function prepare(roles: readonly string[][]) {
  const folder = await temporaryFolder();
  open.push({ close: folder.dispose });
  const redis = await startRedis(folder.path);
  const studio = await startSimulation({ seed: 4, collections: 2 });
  open.push(studio);
  const settings = {
    PIXIEHOOK_DATA_DIR: join(folder.path, "data"),
    REDIS_URL: redis.url,
    PIXIEHOOK_SECRET_KEY: Buffer.alloc(32, 3).toString("base64"),
    PIXIEHOOK_API_TOKEN: "a-token-for-this-test-alone",
    PIXIESET_GALLERY_URL: studio.simulator.galleryUrl,
    PIXIESET_STUDIO_URL: studio.simulator.studioUrl,
    PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
  };
  const services = [];
  for (const args of roles) {
    const service = await startService(settings, args.length > 0 ? ["--roles", ...args] : []);
    open.push({
      close: async () =>
        (service.child.exitCode ?? service.child.signalCode) ? null : service.end("SIGKILL"),
    });
    services.push(service);
  }
  const [api] = services;
  if (!api) throw new Error("no service");
  const account = await api.call("POST", "/v1/accounts", {
    name: "Smith Studio",
    session: { cookies: studio.simulator.cookies },
    polling: { requestsPerMinute: 3_000, minIntervalSeconds: 0.2 },
  });
  expect(account.status).toBe(201);
  const channel = { type: "webhook", url: `${studio.webhooks.url}/hook` };
  await api.call("POST", "/v1/subscriptions", { events: ["favorite.added"], channel });
  await api.call("POST", `/v1/accounts/${account.body.id}/poll?wait=true`);
  return { folder: folder.path, redis, studio, services, api, settings };
}

const arrived = (received: readonly { json: unknown }[]) =>
  new Set(received.map(({ json }) => String((json as Json).data.object.id)));

async function until(look: () => boolean | Promise<boolean>, timeoutMs: number): Promise<number> {
  const start = Date.now();
  while (!(await look())) {
    if (Date.now() - start > timeoutMs) throw new Error("waited in vain");
    await sleep(50);
  }
  return Date.now() - start;
}

test("while Redis is away the API says so, and everything goes on by itself when it is back", async () => {
  const { folder, redis, studio, api } = await prepare([[]]);
  await redis.kill();
  await until(async () => (await api.call("GET", "/v1/accounts")).status === 503, 5_000);
  const answer = await fetch(`${api.url}/v1/accounts`, { headers: { authorization: `Bearer ${api.token}` } });
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).not.toBeNull();
  expect(await answer.json()).toMatchObject({ code: "unavailable" });
  expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${api.url}/readyz`)).status).toBe(503);

  const wanted = studio.simulator.addFavorites({ count: 3 }).favorites.map(({ id }) => id);
  await sleep(1_500);
  await startRedis(folder);
  await until(async () => (await api.call("GET", "/v1/accounts")).status === 200, 10_000);
  await until(() => arrived(studio.webhooks.received).size === 3, 20_000);
  expect([...arrived(studio.webhooks.received)].sort()).toEqual(wanted.sort());
  expect(await api.end("SIGTERM")).toBe(0);
}, 60_000);

test("when one of two worker processes is killed, the other goes on with its accounts and mailboxes", async () => {
  const all = ["api,poll,fan-out,deliver,clock"];
  const { studio, services, api } = await prepare([all, all]);
  const [, second] = services;
  const wanted = new Set<string>();
  const act = () => {
    for (const { id } of studio.simulator.addFavorites({ count: 2 }).favorites) wanted.add(id);
  };
  for (let i = 0; i < 5; i++) {
    act();
    await sleep(150);
  }
  await second?.end("SIGKILL");
  act();
  const recovery = await until(() => arrived(studio.webhooks.received).size === wanted.size, 30_000);
  expect(recovery).toBeLessThan(25_000);
  expect([...arrived(studio.webhooks.received)].sort()).toEqual([...wanted].sort());
  const { body } = await api.call("GET", "/v1/events?limit=200");
  expect(body.data).toHaveLength(wanted.size);
  expect(await api.end("SIGTERM")).toBe(0);
}, 60_000);
