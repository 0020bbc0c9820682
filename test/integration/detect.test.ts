import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { readers } from "../../src/domain/companion.js";
import { type PixiehookEvent, thawEvent } from "../../src/domain/event.js";
import { subscriptionInputSchema } from "../../src/domain/subscription.js";
import { startWebhookCatcher } from "../../src/simulator/catchers/webhook.js";
import { createSimulator, type SimulatorOptions } from "../../src/simulator/simulator.js";
import { createMachine, type Machine } from "../support/machine.js";
import { letBrowserRead } from "../support/reading-browser.js";
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

async function stated(machine: Machine, account: string): Promise<PixiehookEvent[]> {
  const events = await machine.parts.store.events.after(account, "0", 10_000);
  return events.map(({ body }) => thawEvent(body));
}
const types = async (machine: Machine, account: string) =>
  (await stated(machine, account)).map(({ type }) => type);

describe.each(readers)("read by the %s", (readBy) => {
  /** A studio, a worker, and a webhook that wants everything of the kinds named. */
  async function prepare(
    options: { events?: string[]; simulator?: SimulatorOptions; account?: object } = {},
  ) {
    await redis.flush();
    const simulator = await createSimulator({ seed: 3, collections: 3, ...options.simulator });
    const catcher = await startWebhookCatcher();
    const machine = createMachine({ ...simulator, socketPath: redis.socketPath, clock: { offset: 0 } });
    open.push(simulator, catcher, machine);
    const created = await machine.accounts.create({
      name: "Smith Studio",
      ...(readBy === "server" ? { session: { cookies: simulator.cookies } } : {}),
      resources: null,
      collections: "all",
      polling: { requestsPerMinute: 6_000, minIntervalSeconds: 2, maxIntervalMinutes: 1 },
      timezone: "UTC",
      backfill: false,
      floodThreshold: 200,
      ...options.account,
    });
    if (created.kind !== "created") throw new Error(created.detail);
    if (readBy === "browser") {
      simulator.set({ challenged: "servers" });
      const { email } = simulator.credentials;
      const signedIn = { cookies: () => simulator.cookies, email };
      open.unshift(await letBrowserRead(machine, redis.socketPath, created.account.id, signedIn));
    }
    const subscribe = async (events: string[]) => {
      const channel = { type: "webhook", url: `${catcher.url}/hook` };
      const made = await machine.subscriptions.create(subscriptionInputSchema.parse({ events, channel }));
      if (made.kind !== "created") throw new Error(made.detail);
      return made.subscription.id;
    };
    if (options.events) await subscribe(options.events);
    await machine.settle();
    return { simulator, catcher, machine, account: created.account.id, subscribe };
  }

  describe.each(["flat", "grouped", "bare", "stringly"] as const)("in the dialect %s", (dialect) => {
    test("what was there before makes no noise", async () => {
      const { machine, account } = await prepare({ events: ["*"], simulator: { dialect } });
      await machine.settle(6_000);
      expect(await types(machine, account)).toEqual([]);
    });

    test("each change is told once", async () => {
      const { machine, account, simulator } = await prepare({
        events: ["favorite.*", "invoice.*", "payment.*", "collection.*", "client.*"],
        simulator: { dialect },
      });
      simulator.addFavorites({ count: 2 });
      simulator.payInvoice({});
      simulator.addClient({});
      await machine.settle(20_000);
      expect((await types(machine, account)).sort()).toEqual([
        "client.created",
        "favorite.added",
        "favorite.added",
        "invoice.paid",
        "payment.completed",
      ]);
    });
  });

  test("the first favorite in a collection that appeared later is an event", async () => {
    const { machine, account, simulator } = await prepare({
      events: ["favorite.added", "collection.created"],
    });
    const { id } = simulator.addCollection({});
    simulator.addFavorites({ collection: id, count: 1 });
    await machine.settle(10_000);
    expect((await types(machine, account)).sort()).toEqual(["collection.created", "favorite.added"]);
  });

  test("a resource that becomes wanted later begins with a silent baseline, in old and new collections alike", async () => {
    const { machine, account, simulator, subscribe } = await prepare({ events: ["collection.created"] });
    const made = simulator.addCollection({});
    simulator.addFavorites({ collection: made.id, count: 2 });
    await machine.settle(10_000);
    await subscribe(["favorite.added"]);
    await machine.settle(10_000);
    expect(await types(machine, account)).toEqual(["collection.created"]);
    simulator.addFavorites({ collection: made.id, count: 1 });
    await machine.settle(10_000);
    expect(await types(machine, account)).toEqual(["collection.created", "favorite.added"]);
  });

  test("what nobody wants any more is forgotten, and begins anew with other ids when it is wanted again", async () => {
    const { machine, account, simulator, subscribe } = await prepare();
    const first = await subscribe(["favorite.added"]);
    await machine.settle();
    const [{ id: removed } = { id: "" }] = simulator.addFavorites({ count: 1 }).favorites;
    await machine.settle(10_000);
    await machine.subscriptions.remove(first);
    await machine.accounts.update(account, { name: "Smith Studio" });
    await machine.settle(10_000);
    expect((await machine.accounts.sources(account))?.map(({ resource }) => resource)).toEqual([
      "collections",
    ]);
    simulator.removeFavorites({ id: removed });
    await subscribe(["favorite.added"]);
    await machine.settle(10_000);
    expect(await types(machine, account)).toEqual(["favorite.added"]);
    expect((await machine.accounts.sources(account))?.filter(({ epoch }) => epoch === 2).length).toBe(3);
  });

  test("with backfill what is there is told once, and marked so", async () => {
    const { machine, account } = await prepare({ events: ["invoice.*"], account: { backfill: true } });
    await machine.settle(10_000);
    const events = (await stated(machine, account)).filter(({ type }) => type === "invoice.created");
    expect(events).toHaveLength(12);
    expect(events.every(({ data }) => data.detected.backfill && data.detected.notBefore === null)).toBe(true);
  });

  test("a flood is recorded and held, told once, and let go or dropped by a person", async () => {
    const { machine, account, simulator, catcher } = await prepare({
      events: ["favorite.added", "flood.held"],
      account: { floodThreshold: 20 },
    });
    const { collection } = simulator.addFavorites({ count: 30 });
    await machine.settle(10_000);
    expect(catcher.received.map(({ json }) => (json as PixiehookEvent).type)).toEqual(["flood.held"]);
    expect((await types(machine, account)).filter((type) => type === "favorite.added")).toHaveLength(30);
    const [hold] = (await machine.accounts.holds(account)) ?? [];
    expect(hold).toMatchObject({ status: "held", count: 30, collection: { id: collection.id } });

    simulator.addFavorites({ collection: collection.id, count: 1 });
    await machine.settle(10_000);
    expect(catcher.received).toHaveLength(2);

    expect(await machine.accounts.resolveHold(account, hold?.id ?? "", "release")).toMatchObject({
      status: "releasing",
    });
    await machine.settle(10_000);
    expect(new Set(catcher.received.map(({ headers }) => headers["webhook-id"])).size).toBe(32);
    expect((await machine.accounts.holds(account))?.[0]?.status).toBe("released");
    expect(await machine.accounts.resolveHold(account, hold?.id ?? "", "discard")).toMatchObject({
      code: "hold_resolved",
    });
  });

  test("a list of more changes than one step can write is told whole", async () => {
    const { machine, account, simulator } = await prepare({
      simulator: { collections: 1 },
      account: { floodThreshold: 100_000, resources: ["favorites"] },
    });
    const { id } = simulator.addCollection({ photos: 3_000 });
    simulator.addFavorites({ collection: id, count: 1_500 });
    await machine.settle(10_000);
    const events = (await stated(machine, account)).filter(({ type }) => type === "favorite.added");
    expect(events).toHaveLength(1_500);
    expect(new Set(events.map((event) => event.id)).size).toBe(1_500);
  });

  test("no failure of the upstream ever reads as an empty list", async () => {
    const { machine, account, simulator } = await prepare({
      events: ["favorite.*", "collection.*", "invoice.*"],
      simulator: { collections: 1 },
    });
    const faults = ["400", "403", "404", "410", "422", "425", "429", "500", "502", "503", "504"];
    const bodies = [
      "html",
      "garbage",
      "truncated",
      "empty-body",
      "empty-envelope",
      "null-data",
      "other-shape",
    ];
    const lists = ["drop-rows", "shift", "lying-total", "same-page", "bad-rows", "reset", "cut"];
    for (const kind of [...faults, ...bodies, ...lists]) {
      const fault = simulator.setFault({ kind: kind as "400", retryAfterSeconds: 1, path: "*" });
      await machine.settle(3_000);
      simulator.clearFaults(fault.id);
      await machine.parts.store.budget.rest(account, 1);
      const sources = await machine.parts.store.sources.list(account);
      await machine.parts.store.sources.hurry(
        account,
        [],
        sources.map(({ id }) => id),
        machine.parts.now(),
      );
      await machine.parts.store.due.announce("poll", account, machine.parts.now());
      await machine.settle(1_000);
      const told = (await types(machine, account)).filter((type) => !/^(source|session)\./.test(type));
      expect(told, kind).toEqual([]);
    }
  }, 120_000);

  test("a star names the collection of its photo, so that filters by collection reach it", async () => {
    const { machine, account, simulator } = await prepare({ events: ["photo.*"] });
    simulator.toggleStar({});
    await machine.settle(10_000);
    const [event] = await stated(machine, account);
    expect(event?.type).toMatch(/^photo\./);
    expect([...simulator.studio.collections.keys()].map(String)).toContain(event?.data.collection?.id);
  });

  test("a download that stands in two lists is one event of each type, and never two of one", async () => {
    const { machine, account, simulator } = await prepare({
      events: ["download.*", "photo_download.*", "video_download.*"],
    });
    simulator.addDownloads({});
    await machine.settle(10_000);
    const events = await stated(machine, account);
    expect(events.map(({ type }) => type).sort()).toEqual([
      "download.completed",
      "download.created",
      "photo_download.created",
    ]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect(new Set(events.map(({ data }) => data.detected.resource))).toEqual(
      new Set(["downloads", "photo_downloads"]),
    );
  });
});
