import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createVault } from "../../../src/store/secrets.js";
import { createStore, type Store } from "../../../src/store/store.js";
import { startTestRedis, type TestRedis } from "../../support/redis.js";

let redis: TestRedis;
let client: Redis;
let store: Store;

beforeAll(async () => {
  redis = await startTestRedis();
  client = new Redis(redis.socketPath, { protocol: 2 });
  store = createStore(client, createVault([Buffer.alloc(32, 1)]));
});
beforeEach(() => redis.flush());
afterAll(async () => {
  client.disconnect();
  await redis.close();
});

describe("the due-set", () => {
  test("gives late actors once for each lease, earliest first", async () => {
    await store.due.announce("poll", "acc_b", 200);
    await store.due.announce("deliver", "sub_a", 100);
    await store.due.announce("poll", "acc_late", 5_000);
    expect(await store.due.takeLate(1_000, 2_000, 10)).toEqual([
      { kind: "deliver", id: "sub_a" },
      { kind: "poll", id: "acc_b" },
    ]);
    expect(await store.due.takeLate(1_000, 2_000, 10)).toEqual([]);
    expect(await store.due.takeLate(2_000, 3_000, 10)).toHaveLength(2);
  });

  test("looks again at an actor during whose work the connection broke: Redis may have forgotten what it did", async () => {
    const generation = await store.due.generation("fan-out", "acc_a");
    await store.due.settle("fan-out", "acc_a", generation, null, 100);
    expect(await store.due.takeLate(100, 1_000, 10)).toEqual([]);

    const begun = await store.due.generation("fan-out", "acc_a");
    const other = new Redis(redis.socketPath, { protocol: 2 });
    await other.client("KILL", "ID", await client.client("ID"));
    other.disconnect();
    await store.due.settle("fan-out", "acc_a", begun, null, 100);
    expect(await store.due.takeLate(100, 1_000, 10)).toEqual([{ kind: "fan-out", id: "acc_a" }]);
  });

  test("an announcement makes an actor due earlier, never later", async () => {
    await store.due.announce("poll", "acc_a", 100);
    await store.due.announce("poll", "acc_a", 900);
    expect(await store.due.takeLate(100, 1_000, 10)).toHaveLength(1);
    await store.due.announce("poll", "acc_a", 300);
    expect(await store.due.takeLate(300, 1_000, 10)).toHaveLength(1);
  });

  test("what was announced while an actor worked is not settled away", async () => {
    await store.due.announce("fan-out", "acc_a", 100);
    const seen = await store.due.generation("fan-out", "acc_a");
    await store.due.announce("fan-out", "acc_a", 150);
    await store.due.settle("fan-out", "acc_a", seen, null, 150);
    expect(await store.due.takeLate(150, 1_000, 10)).toHaveLength(1);
  });

  test("what is promised is looked for again, even by an actor that found nothing yet", async () => {
    await store.due.announce("fan-out", "acc_a", 2_000);
    const seen = await store.due.generation("fan-out", "acc_a");
    await store.due.settle("fan-out", "acc_a", seen, null, 500);
    expect(await store.due.takeLate(2_000, 9_000, 10)).toEqual([{ kind: "fan-out", id: "acc_a" }]);
  });

  test("actors that fell out of it are put back", async () => {
    await store.due.announce("poll", "acc_a", 9_000);
    await store.due.ensure("poll", ["acc_a", "acc_b"], 100);
    expect(await store.due.takeLate(100, 1_000, 10)).toEqual([{ kind: "poll", id: "acc_b" }]);
  });

  test("an actor that settles with nothing to do leaves nothing behind", async () => {
    await store.due.announce("fan-out", "acc_a", 100);
    const seen = await store.due.generation("fan-out", "acc_a");
    await store.due.settle("fan-out", "acc_a", seen, null, 200);
    expect(await client.keys("*")).toEqual(["pixiehook:{due}:counter"]);
  });
});

describe("the request budget", () => {
  test("lets no more through in a minute than it says, however many ask at once", async () => {
    const asked = await Promise.all(
      Array.from({ length: 200 }, () => store.budget.take("acc_a", "poll", 25, 0)),
    );
    expect(asked.filter((wait) => wait === 0)).toHaveLength(25);
    expect(Math.min(...asked.filter((wait) => wait > 0))).toBeGreaterThan(55_000);
  });

  test("keeps a gap between two requests", async () => {
    expect(await store.budget.take("acc_a", "poll", 100, 250)).toBe(0);
    const wait = await store.budget.take("acc_a", "poll", 100, 250);
    expect(wait).toBeGreaterThan(150);
    expect(wait).toBeLessThanOrEqual(250);
  });

  test("of less than one a minute spaces requests by more than a minute", async () => {
    expect(await store.budget.take("acc_a", "poll", 0.5, 0)).toBe(0);
    expect(await store.budget.take("acc_a", "poll", 0.5, 0)).toBeGreaterThan(110_000);
  });

  test("rests as a whole, and is each account's own", async () => {
    await store.budget.rest("acc_a", 30_000);
    expect(await store.budget.take("acc_a", "poll", 100, 0)).toBeGreaterThan(29_000);
    expect(await store.budget.take("acc_b", "poll", 100, 0)).toBe(0);
  });
});

describe("a rate", () => {
  test("grants a burst, then one by one", async () => {
    expect(await store.rates.take("slack", 1, 1, 5)).toMatchObject({ granted: 1 });
    const next = await store.rates.take("slack", 1, 1, 5);
    expect(next.granted).toBe(0);
    expect(next.waitMs).toBeGreaterThan(800);
    expect(await store.rates.take("fast", 100, 100, 150)).toMatchObject({ granted: 100 });
  });

  test("keeps to a rate of one in hours, and to a faster one once it is given", async () => {
    const hours = 1 / (5 * 3_600);
    expect(await store.rates.take("slow", hours, 1, 1)).toMatchObject({ granted: 1 });
    const next = await store.rates.take("slow", hours, 1, 1);
    expect(next.granted).toBe(0);
    expect(next.waitMs).toBeGreaterThan(4 * 3_600_000);
    const faster = await store.rates.take("slow", 0.1, 1, 1);
    expect(faster.granted).toBe(0);
    expect(faster.waitMs).toBeLessThanOrEqual(10_000);
  });

  test("that is shared is never beyond the slower one of those who share it", async () => {
    expect(await store.rates.take("shared", 0.1, 1, 1)).toMatchObject({ granted: 1 });
    expect(await store.rates.take("shared", 1, 1, 1)).toMatchObject({ granted: 0 });
    expect((await store.rates.take("shared", 0.1, 1, 1)).waitMs).toBeGreaterThan(8_000);
  });
});

test("processes that died before the clock was set back are not taken for those that run", async () => {
  const process = (id: string) => ({ id, roles: ["poll"], redisAheadMs: 0, upstream: null });
  await store.presence.beat(process("dead"));
  await store.presence.beat(process("alive"));
  const later = String(Date.now() + 7_200_000);
  await client.zadd("pixiehook:{presence}:seen", later, "dead", later, "alive");
  await store.presence.beat(process("alive"));
  expect((await store.presence.list()).map(({ id }) => id)).toEqual(["alive"]);
  expect(await client.hkeys("pixiehook:{presence}:processes")).toEqual(["alive"]);
});
