import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAnswerStore } from "../../../src/store/idempotency.js";
import { createVault } from "../../../src/store/secrets.js";
import { startTestRedis, type TestRedis } from "../../support/redis.js";

let redis: TestRedis;
const clients: Redis[] = [];

/** The store of a process, and its connection. */
function process() {
  const client = new Redis(redis.socketPath, { protocol: 2 });
  clients.push(client);
  return { client, answers: createAnswerStore(client, createVault([Buffer.alloc(32, 7)])) };
}

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(async () => {
  for (const client of clients) client.disconnect();
  await redis.close();
});

test("a key is held for as long as its request takes, and not much longer when its process is killed", async () => {
  const [one, other] = [process(), process()];
  const release = await one.answers.lock("k", 1);
  await sleep(1_600);
  expect(await other.answers.lock("k", 1)).toBeNull();
  await release?.();
  expect(await one.answers.lock("k", 1)).not.toBeNull();
  one.client.disconnect();
  await sleep(1_100);
  expect(await other.answers.lock("k", 1)).not.toBeNull();
});
