import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createWakeUps } from "../../src/queues/wake-ups.js";
import { queuePrefix } from "../../src/store/keys.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";

let redis: TestRedis;
beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(async () => {
  vi.restoreAllMocks();
  await redis.close();
});

test("the clock ticks on after a machine's time was an hour ahead, and is right again", async () => {
  const client = new Redis(redis.socketPath, { protocol: 2, maxRetriesPerRequest: null });
  const wakeUps = createWakeUps(client, queuePrefix, pino({ level: "silent" }));
  let ticks = 0;
  const next = async () => {
    const before = ticks;
    for (let left = 300; ticks === before && left > 0; left--) await sleep(10);
    expect(ticks).toBeGreaterThan(before);
  };
  try {
    const realNow = Date.now.bind(Date);
    const spy = vi.spyOn(Date, "now").mockImplementation(() => realNow() + 3_600_000);
    await wakeUps.startClock(3_600_000);
    wakeUps.work("clock", async () => void ticks++);
    await next();
    await sleep(100);
    spy.mockRestore();
    await wakeUps.startClock(3_600_000);
    await next();
    await next();
  } finally {
    await wakeUps.close(0);
    client.disconnect();
  }
});

test("how long a wake-up waits is told by the clock that actors go by, whatever the machine's own says", async () => {
  const client = new Redis(redis.socketPath, { protocol: 2, maxRetriesPerRequest: null });
  const shared = () => Date.now() + 3_600_000;
  const wakeUps = createWakeUps(client, queuePrefix, pino({ level: "silent" }), shared);
  try {
    await wakeUps.wake("poll", "acc_1");
    await wakeUps.wakeMany("deliver", ["sub_1"]);
    const { poll, deliver } = await wakeUps.oldest();
    for (const made of [poll, deliver]) expect(Math.abs(shared() - (made ?? 0))).toBeLessThan(60_000);
  } finally {
    await wakeUps.close(0);
    client.disconnect();
  }
});
