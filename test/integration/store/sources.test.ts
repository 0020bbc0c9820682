import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newSource } from "../../../src/domain/source.js";
import { createVault } from "../../../src/store/secrets.js";
import type { Commit } from "../../../src/store/sources.js";
import { createStore, type Store } from "../../../src/store/store.js";
import { startTestRedis, type TestRedis } from "../../support/redis.js";

let redis: TestRedis;
let client: Redis;
let store: Store;
let account: string;
let fence: string;

const key = (account: string) => ({
  id: "src_x",
  account,
  resource: "favorites" as const,
  scope: { id: "7", name: "Wedding" as string | null },
});
const bucket = { index: 0, entries: new Map([["k", { r: 1, f: "f", d: {}, c: null, o: null }]]) };

beforeAll(async () => {
  redis = await startTestRedis();
  client = new Redis(redis.socketPath, { protocol: 2 });
  store = createStore(client, createVault([Buffer.alloc(32, 7)]));
});
beforeEach(async () => {
  await redis.flush();
  const made = await store.accounts.create(
    store.accounts.newId(),
    {
      name: "Smith Studio",
      resources: null,
      collections: "all",
      polling: { requestsPerMinute: 30, minIntervalSeconds: 60, maxIntervalMinutes: 720 },
      timezone: "UTC",
      backfill: false,
      floodThreshold: 200,
    },
    { status: "active", checkedAt: null, user: null, reason: null, epoch: 1, renewal: "cookies" },
    null,
  );
  account = made.id;
  fence = (await store.accounts.takeFence(account)) ?? "";
});
afterAll(async () => {
  client.disconnect();
  await redis.close();
});

async function commit(buckets = [bucket], records = 0, more: Partial<Commit> = {}): Promise<string> {
  const found = await store.sources.get(account, "src_x");
  if (!found) throw new Error("no source");
  const source = { ...found.state, records };
  const { version } = found;
  const rest = { events: [], nextPollAt: 0, finished: null, switchStaged: false, hold: null };
  return store.sources.commit({ source, fence, version, buckets, ...rest, ...more });
}

/** As an earlier release kept a source. */
async function writeOld(epoch: number, version: number): Promise<void> {
  const state = { ...newSource(key(account), true), epoch, status: "failing", reason: "422" };
  await client.hset(`pixiehook:{${account}}:sources`, "src_x", JSON.stringify(state));
  await client.hset(`pixiehook:{${account}}:epochs`, "src_x", String(epoch));
  await client.hset(`pixiehook:{${account}}:versions`, "src_x", String(version));
}

test("a source of an earlier release goes on: with its version and its epoch, also when it is dropped first", async () => {
  for (const isCommitted of [true, false]) {
    await redis.flush();
    await store.accounts.update(account, (settings) => settings);
    await client.set(`pixiehook:{${account}}:fence`, fence);
    await writeOld(3, 17);
    expect(await store.sources.describe(account, fence, "src_x", { name: "Party", bornAt: 7 })).toBe(true);
    const found = await store.sources.get(account, "src_x");
    expect(found).toMatchObject({ version: 17, state: { epoch: 3, reason: "422", startsEmpty: true } });
    expect(found?.state.scope?.name).toBe("Party");
    if (isCommitted) {
      expect(await commit([], 5)).toBe("committed");
      const after = await store.sources.get(account, "src_x");
      expect(after).toMatchObject({ version: 18, snapshotVersion: 17, state: { epoch: 3, records: 5 } });
      expect(await client.exists(`pixiehook:{${account}}:versions`, `pixiehook:{${account}}:epochs`)).toBe(0);
    }
    await store.sources.drop(account, fence, ["src_x"]);
    await store.sources.add(account, fence, [{ ...key(account), startsEmpty: false, bornAt: null }], 0);
    const again = await store.sources.get(account, "src_x");
    expect(again).toMatchObject({ version: isCommitted ? 18 : 17, state: { epoch: 4, status: "waiting" } });
  }
});

test("a source that is dropped and wanted again, again and again, never has an epoch or a version twice", async () => {
  for (let epoch = 1; epoch <= 4; epoch++) {
    const source = { ...key(account), startsEmpty: false, bornAt: null };
    for (const _twice of [1, 2]) await store.sources.add(account, fence, [source], 0);
    expect(await store.sources.get(account, "src_x")).toMatchObject({ version: epoch - 1, state: { epoch } });
    expect(await commit()).toBe("committed");
    for (const _twice of [1, 2]) await store.sources.drop(account, fence, ["src_x"]);
    expect(await store.sources.get(account, "src_x")).toBeNull();
  }
});

test("the version of a snapshot is that of the commit that last changed it", async () => {
  await store.sources.add(account, fence, [{ ...key(account), startsEmpty: false, bornAt: null }], 0);
  const versions = async () => {
    const found = await store.sources.get(account, "src_x");
    return [found?.version, found?.snapshotVersion];
  };
  await commit([]);
  expect(await versions()).toEqual([1, 0]);
  await commit([bucket]);
  await commit([]);
  expect(await versions()).toEqual([3, 2]);
});

test("a worker that was overtaken renames nothing", async () => {
  await store.sources.add(account, fence, [{ ...key(account), startsEmpty: false, bornAt: null }], 0);
  const newer = (await store.accounts.takeFence(account)) ?? "";
  expect(await store.sources.describe(account, fence, "src_x", { name: "Old", bornAt: null })).toBe(false);
  expect(await store.sources.describe(account, newer, "src_x", { name: "New", bornAt: null })).toBe(true);
  expect((await store.sources.get(account, "src_x"))?.state.scope?.name).toBe("New");
});

test("a worker that was overtaken, or whose account is deleted, notes nothing of what lists hint at", async () => {
  const trust = { hits: 1, misses: 0, followed: 1, found: 1, expected: 0 };
  const newest = (await store.accounts.takeFence(account)) ?? "";
  const say = async (token: string, words: string) => {
    await store.hints.note(account, token, new Map([["7", `1 ${words}`]]), []);
    await store.hints.setTrust(account, token, "favorites", trust);
  };
  await say(fence, "old.");
  expect([...(await store.hints.marks(account)), ...(await store.hints.trust(account))]).toEqual([]);
  await say(newest, "new.");
  expect(await store.hints.marks(account)).toEqual(new Map([["7", "1 new."]]));
  expect(await store.hints.trust(account)).toEqual(new Map([["favorites", trust]]));
  await store.accounts.remove(account);
  await say(newest, "late");
  expect(await client.keys(`*${account}*`)).toEqual([]);
});

test("a poll that was asked for while another one ran takes nothing from its appointment, even if that is all that came of it", async () => {
  await store.sources.add(account, fence, [{ ...key(account), startsEmpty: false, bornAt: null }], 0);
  const finish = async (ticket: number, nextPollAt: number) => {
    expect(await commit([], 0, { nextPollAt, finished: { ticket, changed: false } })).toBe("committed");
    return store.sources.nextDue(account);
  };
  const never = 8.64e15;
  expect(await finish(await store.accounts.takeTicket(account), never)).toMatchObject({ at: never });
  const running = await store.accounts.takeTicket(account);
  // Whoever asks dies before the sources are made due.
  await store.accounts.askForPoll(account);
  expect(await finish(running, 5_000)).toMatchObject({ at: 5_000 });
  await store.sources.hurry(account, [], ["src_x"], 1_000);
  expect(await finish(running, never)).toMatchObject({ at: 1_000 });
});
