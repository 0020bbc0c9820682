import { Redis } from "ioredis";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { awaitRedis } from "../../src/store/reach.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";

/** One server, whose connections are made one by one. */
const onCluster = process.env.TEST_REDIS_CLUSTER !== undefined;
let redis: TestRedis;
let clients: Redis[] = [];
beforeAll(async () => {
  redis = await startTestRedis();
});
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});
afterAll(() => redis.close());

function begin(stop = new AbortController()) {
  const options = { protocol: 2 as const, maxRetriesPerRequest: null };
  const patient = new Redis(redis.socketPath, options);
  const prompt = new Redis(redis.socketPath, { ...options, lazyConnect: true });
  clients = [patient, prompt];
  const target = { kind: "url", url: redis.url, tls: null } as const;
  const started = awaitRedis(patient, prompt, {
    target,
    log: pino({ level: "silent" }),
    signal: stop.signal,
  }).then(
    () => "started",
    (error: unknown) => String(error),
  );
  return { prompt, started };
}
const later = () => new Promise((done) => setTimeout(done, 300));

test.skipIf(onCluster)("a second connection that fails at first does not end the start", async () => {
  const { prompt, started } = begin();
  prompt.on("error", () => undefined);
  await later();
  prompt.emit("error", new Error("connect ECONNREFUSED"));
  await prompt.connect();
  expect(await started).toBe("started");
});

test.skipIf(onCluster)("a start that waits for its second connection ends when it is told to", async () => {
  const stop = new AbortController();
  const { started } = begin(stop);
  await later();
  stop.abort();
  expect(await Promise.race([started, later()])).toContain("The start was interrupted.");
});
