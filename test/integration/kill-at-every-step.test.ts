import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Reader } from "../../src/domain/companion.js";
import { type PixiehookEvent, thawEvent } from "../../src/domain/event.js";
import {
  type CaughtWebhook,
  startWebhookCatcher,
  type WebhookCatcher,
} from "../../src/simulator/catchers/webhook.js";
import { createSimulator, type Simulator } from "../../src/simulator/simulator.js";
import { createFuse, createMachine, Killed, type Machine } from "../support/machine.js";
import { letBrowserRead } from "../support/reading-browser.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";

let redis: TestRedis;
let catcher: WebhookCatcher;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
afterAll(() => redis.close());

const types = ["favorite.*", "download.*", "invoice.*", "payment.*", "collection.*"];

/** An account with a baseline, a webhook that wants everything, and a studio in which things then happen. */
async function prepare(readBy: Reader) {
  await redis.flush();
  const simulator = await createSimulator({ seed: 5, collections: 3, renewEvery: 3 });
  catcher = await startWebhookCatcher();
  open.push(simulator, catcher);
  const clock = { offset: 0 };
  const machine = (diesAt?: number) => {
    const fuse = createFuse(diesAt);
    const made = createMachine({ ...simulator, socketPath: redis.socketPath, fuse, clock });
    open.push(made);
    return { ...made, fuse };
  };
  const first = machine();
  const created = await first.accounts.create({
    name: "Smith Studio",
    ...(readBy === "server" ? { session: { cookies: simulator.cookies } } : {}),
    resources: null,
    collections: "all",
    polling: { requestsPerMinute: 6_000, minIntervalSeconds: 3, maxIntervalMinutes: 1 },
    timezone: "UTC",
    backfill: false,
    floodThreshold: 200,
  });
  if (created.kind !== "created") throw new Error(created.detail);
  if (readBy === "browser") {
    simulator.set({ challenged: "servers" });
    const own = simulator.cookies;
    const signedIn = { cookies: () => own, email: simulator.credentials.email };
    open.unshift(await letBrowserRead(first, redis.socketPath, created.account.id, signedIn));
  }
  const subscribed = await first.subscriptions.create({
    account: null,
    events: types,
    filter: null,
    channel: {
      type: "webhook",
      url: `${catcher.url}/hook`,
      format: "standard",
      headers: {},
      asymmetric: false,
    },
    quietHours: null,
    retry: { delays: ["1s", "1s", "1s"] },
    limits: { perSecond: 1_000, concurrency: 4 },
    ordered: false,
    description: "",
    enabled: true,
    paused: false,
  });
  if (subscribed.kind !== "created") throw new Error(subscribed.detail);
  catcher.setSecret(subscribed.secret);
  await first.settle();
  return { simulator, machine, account: created.account.id };
}

function happen(simulator: Simulator): void {
  simulator.addFavorites({ count: 3 });
  simulator.removeFavorites({});
  simulator.addDownloads({});
  simulator.payInvoice({});
  const made = simulator.addCollection({});
  simulator.addFavorites({ collection: made.id, count: 2 });
}

const name = ({ type, data }: PixiehookEvent) =>
  `${type} ${data.object.id} revision ${data.detected.revision}`;

async function stated(machine: Machine, account: string): Promise<PixiehookEvent[]> {
  const events = await machine.parts.store.events.after(account, "0", 10_000);
  return events.map(({ body }) => thawEvent(body));
}

const idOf = ({ json }: CaughtWebhook) => (json as PixiehookEvent).id;

/** Kills a worker at a step, lets another one go on, and answers with what was stated and what arrived. */
async function history(readBy: Reader, diesAt?: number, heirKnowsItIsAlone = true) {
  const { simulator, machine, account } = await prepare(readBy);
  happen(simulator);
  const doomed = machine(diesAt);
  let killed = false;
  try {
    await doomed.settle(12_000);
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    killed = true;
  }
  const heir = machine();
  // The only owner of a Redis wakes everyone at once; one process of many waits until leases have run out.
  if (heirKnowsItIsAlone) await heir.parts.store.due.wakeAll(heir.parts.now());
  await heir.settle(heirKnowsItIsAlone ? 14_000 : 36_000);
  return {
    killed,
    steps: doomed.fuse.steps(),
    events: await stated(heir, account),
    arrived: [...catcher.received],
  };
}

// How many steps it takes with a browser depends on how soon that one answers.
const runs = [
  { readBy: "server", rounds: 24, share: 0.7 },
  { readBy: "browser", rounds: 8, share: 0.5 },
] as const;

test.each(runs)(
  "killed between any two steps while the $readBy reads, no change is lost, none is invented, and only what was in flight comes twice",
  async ({ readBy, rounds, share }) => {
    const calm = await history(readBy);
    const expected = calm.events.map(name).sort();
    expect(expected.map((line) => line.split(" ")[0]).sort()).toEqual(
      [
        "collection.created",
        "download.completed",
        "download.created",
        ...Array.from({ length: 5 }, () => "favorite.added"),
        "favorite.removed",
        "invoice.paid",
        "payment.completed",
      ].sort(),
    );
    expect(calm.arrived.map(idOf).sort()).toEqual(calm.events.map(({ id }) => id).sort());
    for (const one of open.splice(0)) await one.close();

    // Not every run takes quite as many steps: whoever waits for the budget looks again and again.
    const steps = Math.floor(calm.steps * share);
    for (let round = 0; round < rounds; round++) {
      const diesAt = 1 + Math.floor(((round + 0.5) / rounds) * steps);
      const { killed, events, arrived } = await history(readBy, diesAt, round % 6 > 0);
      expect(killed, `step ${diesAt} of ${steps}`).toBe(true);
      expect(events.map(name).sort(), `killed at step ${diesAt}`).toEqual(expected);
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
      const ids = arrived.map(idOf);
      expect([...new Set(ids)].sort(), `killed at step ${diesAt}`).toEqual(events.map(({ id }) => id).sort());
      expect(ids.length - new Set(ids).size).toBeLessThanOrEqual(4);
      expect(arrived.every(({ verdict }) => verdict === "valid")).toBe(true);
      for (const one of open.splice(0)) await one.close();
    }
  },
  120_000,
);
