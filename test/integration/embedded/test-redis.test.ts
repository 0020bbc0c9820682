import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestRedis, type TestRedis } from "../../support/redis.js";

let redis: TestRedis;
let took = 0;

beforeAll(async () => {
  const before = performance.now();
  redis = await startTestRedis();
  took = performance.now() - before;
});

afterAll(() => redis.close());

// 50 ms alone on a machine; generous here, since other test files run beside this one.
it("starts fast enough for every test file to have its own", () => {
  expect(took).toBeLessThan(2_000);
});

it("keeps everything, on disk, and nothing but a socket", async () => {
  const client = new Redis(redis.socketPath);
  const listed = (await client.config("GET", "*")) as string[];
  client.disconnect();
  const setTo = (name: string) => listed[listed.indexOf(name) + 1];
  expect(["appendonly", "appendfsync", "maxmemory-policy", "save", "port"].map(setTo)).toEqual([
    "yes",
    "everysec",
    "noeviction",
    "",
    "0",
  ]);
});

it("empties itself between tests", async () => {
  const client = new Redis(redis.socketPath);
  await client.set("a", "1");
  await redis.flush();
  expect(await client.get("a")).toBeNull();
  client.disconnect();
});

it("fails for a client that is left open", async () => {
  const client = new Redis(redis.socketPath);
  await client.ping();
  await expect(redis.assertNoConnections()).rejects.toThrow("Redis clients were left open");
  client.disconnect();
  await redis.assertNoConnections();
});
