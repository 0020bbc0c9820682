import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { AttemptOutcome, Message } from "../../src/domain/delivery.js";
import { sourceId } from "../../src/domain/ids.js";
import { usualRetentionMs } from "../../src/domain/retention.js";
import { createReplayService } from "../../src/operations/replays.js";
import { createTokenService } from "../../src/operations/tokens.js";
import { createSampleService } from "../../src/operations/trigger.js";
import { sweep } from "../../src/pipeline/clock.js";
import { createAnswerStore } from "../../src/store/idempotency.js";
import { account as keys } from "../../src/store/keys.js";
import { createVault } from "../../src/store/secrets.js";
import { createStore } from "../../src/store/store.js";
import { openBudget } from "../support/histories/process.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";
import { moveRedis, throughAhead } from "../support/redis-ahead.js";
import { createScripted, type Scripted, scan } from "../support/scripted.js";

/** PIXIEHOOK_TEST_YEARS plays more years than one. */
const lastDay = 360 * Number(process.env.PIXIEHOOK_TEST_YEARS ?? 1);
const dayMs = 86_400_000;

let redis: TestRedis;
let studio: Scripted;
beforeAll(async () => {
  redis = await startTestRedis();
});
afterEach(() => studio.close());
afterAll(() => redis.close());

const never = new AbortController().signal;
const stop = { draining: never, abort: never };
const vault = createVault([Buffer.alloc(32, 7)]);

/** A key with what it stands for in the place of ids. */
const patternOf = (key: string) =>
  key
    .replace(/(acc|sub|src|dlv|tok)_[0-9a-z]+/g, "$1")
    .replace(/:cards:\d+$/, ":cards:n")
    .replace(/\{(rate|idempotency|answers):[^}]*\}/, "{$1}");

interface Size {
  keys: number;
  elements: number;
  bytes: number;
}

/** What Redis holds, by pattern of its keys. */
async function census(): Promise<Map<string, Size>> {
  const { client } = studio;
  const found = new Map<string, Size>();
  for (const key of await client.keys("pixiehook:*")) {
    const counts: Record<string, () => Promise<number>> = {
      hash: () => client.hlen(key),
      zset: () => client.zcard(key),
      stream: () => client.xlen(key),
      list: () => client.llen(key),
      set: () => client.scard(key),
    };
    const count = counts[await client.type(key)] ?? (async () => 1);
    const size = found.get(patternOf(key)) ?? { keys: 0, elements: 0, bytes: 0 };
    size.keys += 1;
    size.elements += await count();
    size.bytes += (await client.memory("USAGE", key, "SAMPLES", 0)) ?? 0;
    found.set(patternOf(key), size);
  }
  return found;
}

const wanted = ["invoice.*", "collection.*", "favorite.*", "flood.*", "delivery.*", "subscription.*"];
const names = (from: number, count: number) => Array.from({ length: count }, (_, i) => `r${from + i}`);

/** A studio at work, two days at a time: invoices and collections come and go, subscriptions, tokens and samples too, and some receivers fail. */
async function createLife() {
  studio = await createScripted(
    redis,
    { resources: ["collections", "invoices", "favorites"], floodThreshold: 8 },
    throughAhead,
  );
  const { machine, client, account, clock } = studio;
  const store = createStore(throughAhead(client), vault);
  const parts = { ...machine.parts, store };
  const replays = createReplayService(parts);
  const tokens = createTokenService(parts);
  const samples = createSampleService(parts);
  const answers = createAnswerStore(throughAhead(client), vault);
  const subscribe = (more: object = {}) =>
    studio.subscribe({ events: wanted, limits: { perSecond: 1_000 }, ...more });
  const works = await subscribe();
  const tired = await subscribe({ retry: { delays: ["1h"] } });
  const paused = await subscribe({ paused: true });
  await subscribe({ ordered: true });
  await subscribe({ digest: { dailyAt: "18:00" } });
  let day = 0;
  const send = async ({ subscription }: Message): Promise<AttemptOutcome> =>
    subscription.id === tired.id && day % 4 === 0
      ? { kind: "retry", error: "500", afterMs: null, holdMailbox: false, overloaded: false }
      : { kind: "delivered" };

  async function move(ms: number): Promise<void> {
    clock.offset += ms;
    await moveRedis(client, ms);
  }
  const look = () => machine.run("poll", account, { store: { ...store, budget: openBudget } });
  /** Until nobody but the poll has work that is due. */
  async function settle(): Promise<void> {
    for (;;) {
      const late = await store.due.takeLate(parts.now(), parts.now() + 20_000, 100);
      const work = late.filter(({ kind }) => kind !== "poll");
      if (work.length === 0) return;
      for (const { kind, id } of work) await machine.run(kind, id, { send });
    }
  }
  /** What happens now and then. */
  async function now(): Promise<void> {
    const since = new Date(parts.now() - 3 * dayMs).toISOString();
    for (const { id } of [works, tired]) await replays.begin(id, { since, until: null, only: "failed" });
    const passing = await subscribe({ account });
    await samples.trigger("favorite.added", { account, subscriptions: [], count: 2, key: null });
    await settle();
    await machine.subscriptions.remove(passing.id);
    const { token } = await tokens.create({ name: "passing", scope: "read", expiresAt: null });
    await tokens.noteUse(token);
    await tokens.remove(token.id);
    const [hold] = await store.holds.list(account);
    if (hold) await machine.accounts.resolveHold(account, hold.id, day % 20 === 0 ? "release" : "discard");
  }

  return {
    works,
    paused,
    now: parts.now,
    async nextDays() {
      day += 2;
      await move(2 * dayMs - 3_600_000);
      // Of twenty invoices two are new each day, and two are gone; each month brings a flood.
      const many = day % 30 === 10 ? 32 : 20;
      studio.answer("invoices", scan(names(2 * day, many)));
      // Of four collections one goes each ten days, and one comes.
      studio.answer("collections", scan(names(Math.floor(day / 10), 4)));
      for (let i = 0; i < 2; i++) {
        await move(1_200_000);
        await look();
      }
      await settle();
      await answers.put(`key-${day}`, { day }, 86_400, [account]);
      await store.rates.take(`token:${day}`, 20, 1_200, 1, true);
      if (day % 10 === 0) await now();
      await move(1_200_000);
      await settle();
      await sweep(parts, stop);
      return day;
    },
  };
}

/** What is left of all that was removed since the beginning, so that no id comes twice: bytes for each. */
const forEach: Readonly<Record<string, { what: "record" | "list"; bytes: number }>> = {
  // The revision of a record that is gone (decision 6).
  "pixiehook:{acc}:snapshot:src": { what: "record", bytes: 16 },
  // Version and epoch of a list that was dropped.
  "pixiehook:{acc}:versions": { what: "list", bytes: 110 },
  "pixiehook:{acc}:epochs": { what: "list", bytes: 110 },
};
/** Bytes that are given back as a whole: a box of four thousand cards, twice. */
const inBoxes: Readonly<Record<string, number>> = {
  "pixiehook:{acc}:cards:n": 200_000,
  "pixiehook:{log}:cards:n": 200_000,
};

test("after a year no more is kept than after two months, and just what is younger than the retention", async () => {
  const life = await createLife();
  const { store, client, account } = studio;
  let early = new Map<string, Size>();
  for (let day = await life.nextDays(); day < lastDay; day = await life.nextDays())
    if (day === 60) early = await census();
  const late = await census();

  const removed = { record: 2 * (lastDay - 60) + lastDay / 10, list: (lastDay - 60) / 10 };
  const grown: string[] = [];
  for (const [pattern, size] of late) {
    const before = early.get(pattern) ?? { keys: 0, elements: 0, bytes: 0 };
    const { what = "record", bytes = 0 } = forEach[pattern] ?? {};
    const room = inBoxes[pattern] ?? before.bytes * 0.15 + 512 + bytes * removed[what];
    const most = bytes > 0 ? removed[what] + before.elements + 2 : before.elements * 1.15 + 4;
    if (size.bytes > before.bytes + room || size.elements > most || size.keys > before.keys * 1.15 + 4)
      grown.push(`${pattern}: ${JSON.stringify(before)} → ${JSON.stringify(size)}`);
  }
  // Replays are kept by their number: twenty each.
  expect(grown.filter((line) => !line.startsWith("pixiehook:{sub}:replays"))).toEqual([]);
  expect(late.get("pixiehook:{sub}:replays")?.elements).toBeLessThanOrEqual(2 * 20);
  // Those of the collections that are there, that went within two months, and of the account.
  expect(late.get("pixiehook:{acc}:sources")?.elements).toBeLessThanOrEqual(2 + 4 + 7);
  expect(await client.hexists(keys.epochs(account), sourceId(account, "favorites", "r1"))).toBe(1);

  // Each day two came and two went: all that was told of the last thirty days is there, and nothing of before.
  const since = life.now() - usualRetentionMs;
  const events = await store.events.after(account, "0", 100_000);
  const times = events.map(({ position }) => Number(position.split("-")[0]));
  expect(times.length).toBeGreaterThanOrEqual(28 * 4);
  expect(Math.min(...times)).toBeGreaterThan(since - 1);
  expect(Math.min(...times)).toBeLessThan(since + 2 * dayMs + 2 * 3_600_000);
  const logged = await store.log.after("0", 100_000);
  expect(logged.map(({ event }) => event).sort()).toEqual(events.map(({ id }) => id).sort());
  for (const { id } of [life.works, life.paused]) {
    const made = await client.zrange(`pixiehook:{${id}}:index`, "0", "0", "WITHSCORES");
    expect(Number(made[1])).toBeGreaterThan(since - 1);
  }
}, 600_000);
