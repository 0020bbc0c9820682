import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { sourceId } from "../../src/domain/ids.js";
import type { Plan } from "../../src/domain/plan.js";
import { createChooser, prospectsOf } from "../../src/pipeline/choose.js";
import { createSimulator } from "../../src/simulator/simulator.js";
import { createMachine } from "../support/machine.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";
import { scan } from "../support/scripted.js";

let redis: TestRedis;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
afterAll(() => redis.close());

const collections = 30;
const longestMs = 6_000;

/** A studio of thirty collections that is polled twenty times a second, the clock being the real one. */
async function prepare() {
  await redis.flush();
  const simulator = await createSimulator({ seed: 5, collections, renewEvery: 0 });
  const machine = createMachine({ ...simulator, socketPath: redis.socketPath, clock: { offset: 0 } });
  open.push(simulator, machine);
  const created = await machine.accounts.create({
    name: "Smith Studio",
    session: { cookies: simulator.cookies },
    resources: ["favorites"],
    collections: "all",
    polling: { requestsPerMinute: 1_200, minIntervalSeconds: 0.1, maxIntervalMinutes: longestMs / 60_000 },
    timezone: "UTC",
    backfill: false,
    floodThreshold: 100_000,
  });
  if (created.kind !== "created") throw new Error(created.detail);
  await machine.run("poll", created.account.id, { stop: stopAfter(4_000) });
  return { simulator, machine, account: created.account.id };
}

function stopAfter(ms: number) {
  const signal = AbortSignal.timeout(ms);
  return { draining: signal, abort: new AbortController().signal };
}

/** The index of each source by its definition: an integral, summed up in many small steps. */
function indexByDefinition({ columns, prospects }: Plan, now: number): Map<string, number> {
  const index = new Map<string, number>();
  for (const [position, { id, weight, requests, polledAt, activity }] of prospects.entries()) {
    const every = (columns.rate[position] ?? 0) + (columns.tells[position] ?? 0);
    const session = 5 * 60_000;
    const idle = activity.actedAt === null ? Infinity : polledAt - activity.actedAt;
    const since = now - polledAt;
    const steps = 1_000;
    let sum = 0;
    for (let step = 0; step < steps; step++) {
      const u = ((step + 0.5) / steps) * since;
      const left = idle < 5 * session ? (0.5 / session) * Math.exp(-(idle + u) / session) : 0;
      sum += u * (every + left) * (since / steps);
    }
    const odds = (columns.hinted[position] ?? 0) * (columns.rate[position] ?? 0) * since;
    index.set(id, ((sum + (odds / (1 + odds)) * since) * weight) / requests);
  }
  return index;
}

test("each poll is an appointment, or of the source with the greatest index, or the oldest one in good time", async () => {
  const { simulator, machine, account } = await prepare();
  const { store, now } = machine.parts;
  const busy = simulator.studio.collections.values().next().value;
  const listing = sourceId(account, "collections", null);
  let byIndex = 0;
  const get: typeof store.sources.get = async (id, source) => {
    const found = await store.sources.get(id, source);
    const due = await store.sources.nextDue(account);
    const time = now();
    const current = await store.accounts.get(account);
    // The listing is looked up for other reasons, too.
    const isPolled = source !== listing && found?.state.appointed === false;
    if (isPolled && current && !(due && due.at <= time)) {
      // Anew from what is stored, and not from what the poller remembers.
      const { plan } = await prospectsOf(current, store, time);
      const all = indexByDefinition(plan, time);
      const ready = plan.prospects.filter(({ notBefore }) => notBefore <= time - 150);
      const greatest = Math.max(...ready.map((prospect) => all.get(prospect.id) ?? 0));
      const oldest = Math.min(...ready.map(({ polledAt }) => polledAt));
      const prospect = plan.prospects[plan.positions.get(source) ?? -1];
      const isOldest = prospect !== undefined && prospect.polledAt <= oldest + 50;
      if (!isOldest) {
        byIndex++;
        expect(all.get(source), `index of ${source}`).toBeGreaterThan(greatest * 0.8);
      }
    }
    return found;
  };
  const living = setInterval(() => simulator.addFavorites({ collection: busy?.id }), 400);
  try {
    await machine.run("poll", account, {
      store: { ...store, sources: { ...store.sources, get } },
      stop: stopAfter(6_000),
    });
  } finally {
    clearInterval(living);
  }
  expect(byIndex).toBeGreaterThan(10);
});

test("what is busy is polled often, and nothing is left alone for longer than the longest interval", async () => {
  const { simulator, machine, account } = await prepare();
  const ids = [...simulator.studio.collections.values()].map(({ id }) => String(id));
  const busy = ids.slice(0, 3);
  const begun = simulator.requests.total;
  const living = setInterval(() => {
    for (const collection of busy) simulator.addFavorites({ collection });
  }, 700);
  try {
    for (const until = Date.now() + 14_000; Date.now() < until; await sleep(5))
      await machine.run("poll", account, { stop: stopAfter(until - Date.now()) });
  } finally {
    clearInterval(living);
  }
  const polls = new Map(ids.map((id) => [id, [] as number[]]));
  for (const { sequence, path, at } of simulator.requests.entries) {
    const id = /collections\/([^/]+)\/favorites/.exec(path)?.[1];
    if (sequence > begun && id !== undefined) polls.get(id)?.push(Date.parse(at));
  }
  const counts = (which: string[]) => which.map((id) => polls.get(id)?.length ?? 0);
  const quiet = ids.slice(3);
  const mean = counts(quiet).reduce((sum, count) => sum + count, 0) / quiet.length;
  expect(Math.min(...counts(busy))).toBeGreaterThan(2.5 * mean);
  for (const id of quiet) {
    const times = polls.get(id) ?? [];
    const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    expect(Math.max(...gaps), `collection ${id}`).toBeLessThan(longestMs + 500);
  }
  const state = await machine.parts.store.sources.get(account, sourceId(account, "favorites", busy[0] ?? ""));
  expect(state?.state.activity?.visits).toBeGreaterThan(0);
}, 40_000);

test("what is busy is polled while many lists are read for the first time, too", async () => {
  const { simulator, machine, account } = await prepare();
  const { store } = machine.parts;
  await store.accounts.update(account, (now) => ({ ...now, resources: ["favorites", "downloads"] }));
  const begun = simulator.requests.total;
  await machine.run("poll", account, { stop: stopAfter(1_500) });
  const paths = simulator.requests.entries.filter(({ sequence }) => sequence > begun).map(({ path }) => path);
  const first = paths.slice(0, 16);
  const known = first.filter((path) => !path.includes("/downloads"));
  expect(first.length).toBe(16);
  expect(known.length).toBeGreaterThanOrEqual(3);
  expect(known.length).toBeLessThanOrEqual(6);
});

test("what failed in many collections for one reason is tried again as soon as it is well in one", async () => {
  const { machine, account: id } = await prepare();
  const { parts } = machine;
  const account = await parts.store.accounts.get(id);
  const known = (await parts.store.sources.list(id)).filter(({ resource }) => resource === "favorites");
  const failing = known.map((state, index) => ({
    ...state,
    status: "failing" as const,
    failures: 3,
    appointed: true,
    reason: index % 3 === 0 ? "403" : "500",
  }));
  const hurried: string[] = [];
  const sources = {
    ...parts.store.sources,
    list: async () => failing,
    hurry: async (_id: string, _first: readonly string[], others: readonly string[]) => {
      hurried.push(...others);
    },
  };
  const [before] = failing.filter(({ reason }) => reason === "500");
  if (!account || !before) throw new Error("nothing fails");
  const chooser = await createChooser(account, "", { ...parts, store: { ...parts.store, sources } });
  const after = { ...before, status: "active" as const, failures: 0, appointed: false, reason: null };
  await chooser.read(before, after, scan([]), false);
  const alike = failing.filter(({ reason, id: other }) => reason === "500" && other !== before.id);
  expect(hurried.toSorted()).toEqual(alike.map((state) => state.id).sort());
  expect(chooser.failing("another")).toBe(failing.length - 1);
});
