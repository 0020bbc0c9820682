import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { thawEvent } from "../../src/domain/event.js";
import { recallOf, worthOf } from "../../src/domain/hints.js";
import { sourceId } from "../../src/domain/ids.js";
import type { ResourceName } from "../../src/domain/record.js";
import { createSimulator } from "../../src/simulator/simulator.js";
import { createMachine } from "../support/machine.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";

let redis: TestRedis;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
afterAll(() => redis.close());

const roundMs = 40 * 60_000;

/** A studio, and an account that is polled in rounds: the list that hints first, then whatever the policy says. */
async function prepare(options: {
  resources: ResourceName[];
  collections?: number;
  listingShows?: number;
  floodThreshold?: number;
}) {
  await redis.flush();
  const { resources, collections = 20, listingShows = 0, floodThreshold = 1_000 } = options;
  const paths: string[] = [];
  let left = Number.POSITIVE_INFINITY;
  let enough = new AbortController();
  const simulator = await createSimulator({
    seed: 5,
    collections,
    listingShows,
    renewEvery: 0,
    onRequest({ path }) {
      paths.push(path);
      if (--left <= 0) enough.abort();
    },
  });
  const clock = { offset: 0 };
  const process = () => {
    const made = createMachine({ ...simulator, socketPath: redis.socketPath, clock });
    open.push(made);
    return made;
  };
  open.push(simulator);
  const machine = process();
  const created = await machine.accounts.create({
    name: "Smith Studio",
    session: { cookies: simulator.cookies },
    resources,
    collections: "all",
    polling: { requestsPerMinute: 6_000, minIntervalSeconds: 1, maxIntervalMinutes: 1_440 },
    timezone: "UTC",
    backfill: false,
    floodThreshold,
  });
  if (created.kind !== "created") throw new Error(created.detail);
  const account = created.account.id;
  await machine.settle();
  const { store, now } = machine.parts;
  const ids = [...simulator.studio.collections.keys()].map(String);
  let turn = 0;

  return {
    simulator,
    machine,
    account,
    ids,
    process,
    /** Reads `first` and then others, as far as so many requests go; what was asked for. */
    async round(first: ResourceName = "collections", requests = Number.POSITIVE_INFINITY) {
      clock.offset += roundMs;
      await store.sources.hurry(account, [], [sourceId(account, first, null)], now());
      [paths.length, left, enough] = [0, requests, new AbortController()];
      const stop = { draining: enough.signal, abort: new AbortController().signal };
      await machine.run("poll", account, { stop });
      left = Number.POSITIVE_INFINITY;
      return [...paths];
    },
    /** Lets clients favor photos in so many collections, one after the other in turn. */
    act(times: number) {
      for (let time = 0; time < times; time++)
        simulator.addFavorites({ collection: ids[turn++ % ids.length] });
    },
    async trust(resource: ResourceName) {
      return (await store.hints.trust(account)).get(resource);
    },
    async stated() {
      const events = await store.events.after(account, "0", 10_000);
      return events.map(({ body }) => thawEvent(body).type);
    },
  };
}

const count = <T>(all: readonly T[], one: T) => all.filter((each) => each === one).length;

test("a row of the listing that moved leads straight to the lists of its collection", async () => {
  const { simulator, ids, act, round, stated } = await prepare({
    resources: ["favorites", "downloads"],
    listingShows: 1,
  });
  for (let time = 0; time < 8; time++) {
    act(2);
    await round();
  }
  const before = await stated();
  const quiet = ids.at(-1) ?? "";
  simulator.addFavorites({ collection: quiet });
  const [listing, first] = await round("collections", 2);
  expect(listing).toContain("/dashboard_listings");
  expect(first).toContain(`/collections/${quiet}/favorites`);
  expect(count(await stated(), "favorite.added")).toBe(count(before, "favorite.added") + 1);
}, 60_000);

test("a hint is trusted as far as it tells of changes, and no longer when it goes stale; all changes are found", async () => {
  const { simulator, account, act, round, trust, stated, process } = await prepare({
    resources: ["favorites"],
    listingShows: 0.7,
  });
  const run = async (rounds: number) => {
    for (let time = 0; time < rounds; time++) {
      act(5);
      await round();
    }
  };
  await run(50);
  const learned = await trust("favorites");
  expect(learned && recallOf(learned)).toBeGreaterThan(0.5);
  expect(learned && recallOf(learned)).toBeLessThan(0.85);
  expect(learned && worthOf(learned)).toBeGreaterThan(0.4);
  expect((await process().parts.store.hints.trust(account)).get("favorites")).toEqual(learned);

  simulator.set({ listingShows: 0 });
  await run(30);
  const stale = await trust("favorites");
  expect(stale && recallOf(stale)).toBeLessThan(0.15);

  simulator.set({ listingShows: 1 });
  await run(20);
  const again = await trust("favorites");
  expect(again && recallOf(again)).toBeGreaterThan(0.7);
  const done = simulator.oracle().filter(({ kind }) => kind === "favorite.added").length;
  expect(count(await stated(), "favorite.added")).toBe(done);
  expect(done).toBe(500);
}, 120_000);

test("a hint that comes for everything at each reading is worth nothing, and all changes are found", async () => {
  // Too few rows to see that a count of views that grows with each reading says nothing.
  const { simulator, act, round, trust, stated } = await prepare({
    resources: ["favorites"],
    collections: 6,
  });
  for (let time = 0; time < 60; time++) {
    if (time % 10 === 0) act(1);
    await round();
  }
  const learned = await trust("favorites");
  expect(learned?.followed).toBeGreaterThan(50);
  expect(learned && worthOf(learned)).toBeLessThan(0.3);
  expect(count(await stated(), "favorite.added")).toBe(simulator.oracle().length);
}, 60_000);

test("nothing is stated from a hint alone, and what is removed is not remembered", async () => {
  const { simulator, machine, account, ids, round, stated, trust } = await prepare({
    resources: ["favorites"],
  });
  const { store } = machine.parts;
  const [id = ""] = ids;
  await round();
  const collection = simulator.studio.collections.get(Number(id));
  if (collection) collection.updatedAt += 1_000;
  const moves = async () => Number.parseInt((await store.hints.marks(account)).get(id) ?? "", 10);
  const before = await moves();
  await round();
  expect(await moves()).toBe(before + 1);
  expect(await stated()).toEqual([]);
  expect(await trust("favorites")).toMatchObject({ hits: 0, followed: 1, found: 0 });

  expect(await store.hints.marks(account)).toHaveProperty("size", ids.length);
  simulator.removeCollection({ id });
  await round();
  const marks = await store.hints.marks(account);
  expect(marks.has(id)).toBe(false);
  expect(marks.size).toBe(ids.length - 1);
});

test("payments lead to the invoices, whatever is held back, and baselines prove nothing", async () => {
  const { simulator, round, trust, stated } = await prepare({
    resources: ["invoices", "payments", "clients", "contracts"],
    floodThreshold: 1,
  });
  expect(await trust("invoices")).toBeUndefined();
  for (let time = 0; time < 3; time++) simulator.payInvoice({});
  const [first, second] = await round("payments", 2);
  expect(first).toContain("/invoices/payments/list");
  expect(second).toMatch(/\/invoices\/$|\/invoices\/\?/);
  expect(await stated()).toContain("flood.held");
  expect(await trust("invoices")).toMatchObject({ hits: 1, misses: 0, followed: 1, found: 1 });
  simulator.addInvoice({});
  await round("payments");
  const after = await trust("invoices");
  expect(after?.hits).toBeLessThanOrEqual(1);
  expect(after?.misses).toBeGreaterThan(0.5);
});
