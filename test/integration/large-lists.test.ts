import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { Killed } from "../support/machine.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";
import { createScripted, many, refused, type Scripted, scan } from "../support/scripted.js";

let redis: TestRedis;
let studio: Scripted;
let longest = 0;
let monitor: Redis;

beforeAll(async () => {
  redis = await startTestRedis();
});
beforeEach(async () => {
  studio = await createScripted(redis);
  studio.answer("collections", scan(["other lists are well"]));
  longest = 0;
  const watcher = new Redis(redis.socketPath, { protocol: 2 });
  monitor = await watcher.monitor();
  watcher.disconnect();
  monitor.on("monitor", (_time: string, args: readonly string[]) => {
    longest = Math.max(longest, args.length);
  });
});
afterEach(async () => {
  monitor.disconnect();
  await studio.close();
});
afterAll(() => redis.close());

const state = async () => (await studio.store.sources.get(studio.account, studio.source()))?.state;

test("a large baseline is put aside in portions and switched to in one step", async () => {
  const { account, store, machine } = studio;
  studio.answer("invoices", scan(many(20_000)));
  const seen: number[] = [];
  const commit: typeof store.sources.commit = async (step) => {
    if (step.source.resource !== "invoices") return store.sources.commit(step);
    seen.push((await store.snapshots.all(account, studio.source())).size);
    const outcome = await store.sources.commit(step);
    seen.push((await store.snapshots.all(account, studio.source())).size);
    return outcome;
  };
  studio.clock.offset += 6_000;
  await machine.run("poll", account, { store: { ...store, sources: { ...store.sources, commit } } });
  expect(seen).toEqual([0, 20_000]);
  expect(await studio.stated()).toEqual([]);
  expect(longest).toBeGreaterThan(100);
  expect(longest).toBeLessThan(5_000);
});

test("one that is cut off while it is put aside leaves nothing behind", async () => {
  const { account, store, machine, client } = studio;
  studio.answer("invoices", scan(many(20_000)));
  const commit: typeof store.sources.commit = async (step) => {
    if (step.source.resource === "invoices") throw new Killed();
    return store.sources.commit(step);
  };
  studio.clock.offset += 6_000;
  const dying = machine.run("poll", account, { store: { ...store, sources: { ...store.sources, commit } } });
  await expect(dying).rejects.toThrow(Killed);
  expect((await state())?.baselined).toBe(false);
  studio.answer("invoices", scan(many(3)));
  await studio.poll();
  studio.answer("invoices", scan(many(4)));
  await studio.poll();
  expect(await studio.stated()).toEqual(["invoice.created r3"]);
  expect(await client.keys("*staged*")).toEqual([]);
});

test("a list grows from nothing to thousands and back, and each record is told once", async () => {
  await studio.store.accounts.update(studio.account, (now) => ({ ...now, floodThreshold: 100_000 }));
  const sizes = [3, 300, 3_000, 3_010, 40, 900];
  let there = 0;
  let created = 0;
  let removed = 0;
  for (const [index, size] of sizes.entries()) {
    studio.answer("invoices", scan(many(size)));
    for (let i = 0; i < 3; i++) await studio.poll();
    if (index > 0) {
      created += Math.max(0, size - there);
      removed += Math.max(0, there - size);
    }
    there = size;
    expect((await state())?.records).toBe(size);
  }
  const stated = await studio.stated();
  const count = (type: string) => stated.filter((line) => line.startsWith(`${type} `)).length;
  expect([count("invoice.created"), count("invoice.removed")]).toEqual([created, removed]);
  expect((await state())?.buckets).toBeGreaterThan(16);
  expect(longest).toBeLessThan(5_000);
}, 60_000);

test("a poll without change reads no records, and a poll with one reads few", async () => {
  studio.answer("invoices", scan(many(5_000)));
  await studio.poll();
  const read = async (ids: readonly string[]) => {
    const { store, machine, account } = studio;
    let records = 0;
    const counted: typeof store.snapshots.read = async (...args) => {
      const found = await store.snapshots.read(...args);
      for (const entries of found.values()) records += entries.size;
      return found;
    };
    studio.answer("invoices", scan(ids));
    studio.clock.offset += 6_000;
    const snapshots = { ...store.snapshots, read: counted };
    await machine.run("poll", account, { store: { ...store, snapshots } });
    return records;
  };
  expect(await read(many(5_000))).toBe(0);
  expect(await read([...many(5_000), "new"])).toBeLessThan(256);
  expect(await read([...many(5_000), "new"].toReversed())).toBe(0);
});

test("a list that loses more records than a call has room for arguments is doubted as any other", async () => {
  studio.answer("invoices", scan(many(140_000)));
  await studio.poll();
  studio.answer("collections", refused);
  studio.answer("invoices", scan(many(5)));
  for (const _twice of [1, 2]) await studio.poll();
  expect(await state()).toMatchObject({ status: "active", doubted: 139_995, missing: 139_995 });
});

test("a list that brings out a bug in the midst of being written stops no other, and loses nothing", async () => {
  const { account, store, machine } = studio;
  await store.accounts.update(account, (now) => ({ ...now, floodThreshold: 100_000 }));
  studio.answer("invoices", scan(many(3)));
  await studio.poll();
  studio.answer("invoices", scan(many(903)));
  studio.answer("collections", scan(["other lists are well", "new"]));
  let commits = 0;
  const commit: typeof store.sources.commit = async (step) => {
    if (step.source.resource === "invoices" && ++commits === 2) throw new RangeError("a bug");
    return store.sources.commit(step);
  };
  studio.clock.offset += 6_000;
  await machine.run("poll", account, { store: { ...store, sources: { ...store.sources, commit } } });
  expect(await state()).toMatchObject({ status: "failing", failures: 1, appointed: true });
  expect(await studio.stated()).toContain("collection.created new");
  await studio.poll();
  const told = (await studio.stated()).filter((line) => line.startsWith("invoice.created"));
  expect(told.sort()).toEqual(
    many(900, 3)
      .map((id) => `invoice.created ${id}`)
      .sort(),
  );
});
