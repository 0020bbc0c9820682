import { once } from "node:events";
import { Redis } from "ioredis";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import type { AttemptOutcome, Delivery, Message } from "../../src/domain/delivery.js";
import { createDeliveryService } from "../../src/operations/deliveries.js";
import { queues } from "../../src/queues/catalog.js";
import { createWakeUps } from "../../src/queues/wake-ups.js";
import type { TestRedis } from "../support/redis.js";
import type { Scripted } from "../support/scripted.js";
import { useScripted } from "../support/use-scripted.js";

let redis: TestRedis;
let studio: Scripted;

useScripted((opened, server) => {
  studio = opened;
  redis = server;
});

const delivered: AttemptOutcome = { kind: "delivered" };
const gone: AttemptOutcome = { kind: "gone", error: "410" };
const later: AttemptOutcome = {
  kind: "retry",
  error: "500",
  afterMs: null,
  holdMailbox: false,
  overloaded: false,
};

const fanOut = (account = studio.account) => studio.machine.run("fan-out", account);
const objects = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);
const deliver = (id: string, send: (message: Message) => Promise<AttemptOutcome>, draining?: AbortSignal) => {
  const never = new AbortController().signal;
  return studio.machine.run("deliver", id, { send, stop: { draining: draining ?? never, abort: never } });
};
const mailbox = async (id: string): Promise<readonly Delivery[]> =>
  (await studio.store.mailboxes.list(id, { limit: 50, after: null, status: null })).data;

describe("a receiver", () => {
  test("that is slow gives its place back after the slice, and what was changed meanwhile is seen", async () => {
    const { id } = await studio.subscribe({ limits: { concurrency: 1, perSecond: 1_000 } });
    await studio.state(objects(20));
    await fanOut();
    let sent = 0;
    const slowly = async () => {
      sent++;
      studio.clock.offset += 6_000;
      return delivered;
    };
    await deliver(id, slowly);
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThanOrEqual(3);
    expect(await studio.due()).toContain(`deliver:${id}`);
    const before = sent;
    await studio.machine.subscriptions.update(id, { enabled: false });
    await deliver(id, slowly);
    expect(sent).toBe(before);
    await studio.machine.subscriptions.update(id, { enabled: true });
    for (let i = 0; i < 10; i++) await deliver(id, slowly);
    expect(sent).toBe(20);
  });

  test("that was gone does not disable a subscription that was changed meanwhile", async () => {
    const { id, channel } = await studio.subscribe();
    await studio.state(objects(12));
    await fanOut();
    let mended = false;
    await deliver(id, async () => {
      if (!mended) {
        mended = true;
        const url = "https://127.0.0.1/mended";
        await studio.store.subscriptions.update(id, (now) => ({
          ...now,
          channel: { ...channel, url } as never,
        }));
      }
      return gone;
    });
    expect(await studio.store.subscriptions.get(id)).toMatchObject({ enabled: true, disabledReason: null });
    expect((await studio.stated()).filter((type) => type === "subscription.disabled")).toEqual([]);
  });

  test("that was gone does not disable one that is changed just as it is switched off", async () => {
    const { id } = await studio.subscribe();
    await studio.state(["1"]);
    await fanOut();
    const { store, machine } = studio;
    let answered = false;
    const get = async (of: string) => {
      const before = await store.subscriptions.get(of);
      // After the answer there is one more look: before it is switched off.
      if (answered) await store.subscriptions.update(of, (now) => ({ ...now, description: "mended" }));
      return before;
    };
    const subscriptions = { ...store.subscriptions, get };
    const send = async () => {
      answered = true;
      return gone;
    };
    await machine.run("deliver", id, { store: { ...store, subscriptions }, send });
    expect(await store.subscriptions.get(id)).toMatchObject({ enabled: true, description: "mended" });
  });

  test("that is gone disables its subscription, told once however many attempts hear of it", async () => {
    const other = await createScriptedBeside();
    const { id } = await studio.subscribe({ limits: { concurrency: 12, perSecond: 1_000 } });
    await studio.state(objects(6));
    await studio.state(objects(6), other);
    await fanOut();
    await fanOut(other);
    let together = 0;
    let all: () => void = () => undefined;
    const everyone = new Promise<void>((done) => {
      all = done;
    });
    // The attempts of both accounts are under way before the first of them hears anything.
    await deliver(id, async () => {
      if (++together === 12) all();
      await everyone;
      return gone;
    });
    expect(await studio.store.subscriptions.get(id)).toMatchObject({ enabled: false, disabledReason: "410" });
    const told = [studio.account, other].map(async (account) => {
      const events = await studio.store.events.after(account, "0", 1_000);
      return events.filter(({ type }) => type === "subscription.disabled").length;
    });
    expect((await Promise.all(told)).reduce((sum, count) => sum + count, 0)).toBe(1);
  });
});

/** A second account over the same Redis. */
async function createScriptedBeside(): Promise<string> {
  const known = await studio.store.accounts.get(studio.account);
  if (!known) throw new Error("no account");
  const { id: _id, createdAt: _createdAt, session, ...settings } = known;
  const { id } = await studio.store.accounts.create(studio.store.accounts.newId(), settings, session, null);
  return id;
}

describe("a worker that lost its lock", () => {
  test("is told so", async () => {
    const usual = queues.deliver;
    queues.deliver = { ...usual, lockDuration: 300 };
    const connection = new Redis(redis.socketPath, { protocol: 2, maxRetriesPerRequest: null });
    const wakeUps = createWakeUps(connection, "{lost}", pino({ level: "silent" }));
    try {
      const told = new Promise<void>((done, failed) => {
        wakeUps.work("deliver", async (_id, stop) => {
          const [lock] = await connection.keys("{lost}:deliver:*:lock");
          if (!lock) return failed(new Error("no lock"));
          await connection.set(lock, "another worker");
          await once(stop.draining, "abort");
          expect(stop.abort.aborted).toBe(false);
          done();
        });
      });
      await wakeUps.wake("deliver", "sub_x");
      await told;
    } finally {
      queues.deliver = usual;
      await wakeUps.close(1_000);
      connection.disconnect();
    }
  });

  test("begins nothing more, and leaves what is due to the next", async () => {
    const { id } = await studio.subscribe({ limits: { concurrency: 1 } });
    await studio.state(objects(20));
    await fanOut();
    const seen: string[] = [];
    const lost = new AbortController();
    await deliver(
      id,
      async ({ delivery }) => {
        seen.push(delivery.id);
        lost.abort();
        await deliver(id, async (message) => {
          seen.push(message.delivery.id);
          return delivered;
        });
        return delivered;
      },
      lost.signal,
    );
    // Only what was under way comes twice.
    expect(seen).toHaveLength(21);
    expect(new Set(seen).size).toBe(20);
  });
});

describe("an event", () => {
  test("about an object whose id is no proper text is sent once, in its line", async () => {
    const { id } = await studio.subscribe({ ordered: true });
    await studio.state(["\ud83d", "\ud83d"]);
    await fanOut();
    let sent = 0;
    for (let i = 0; i < 3; i++) {
      await deliver(id, async () => {
        sent++;
        return delivered;
      });
    }
    expect(sent).toBe(2);
    expect((await mailbox(id)).map(({ status }) => status)).toEqual(["delivered", "delivered"]);
  });

  test("that is handed on again after its subscription's digest was changed comes once", async () => {
    const digest = { quiet: "1s", max: "2s" };
    await studio.state(objects(3));
    for (const [first, then] of [
      [digest, null],
      [null, digest],
    ]) {
      const { id } = await studio.subscribe({ digest: first });
      const moveCursor = () => Promise.reject(new Error("killed"));
      const events = { ...studio.store.events, moveCursor };
      const cut = studio.machine.run("fan-out", studio.account, { store: { ...studio.store, events } });
      await expect(cut).rejects.toThrow("killed");
      await studio.machine.subscriptions.update(id, { digest: then ?? null });
      await fanOut();
      expect((await mailbox(id)).flatMap(({ events: of }) => of)).toHaveLength(3);
      await studio.machine.subscriptions.remove(id);
      await studio.client.del(`pixiehook:{${studio.account}}:cursor`);
    }
  });
});

describe("a line", () => {
  test("is kept when one that waits in it is asked for again", async () => {
    const { id } = await studio.subscribe({ ordered: true, retry: { delays: ["1s", "1s"] } });
    const [, second] = await studio.state(["1", "1"]);
    await fanOut();
    const waiting = (await mailbox(id)).find(({ events }) => events[0] === second?.id);
    await createDeliveryService(studio.machine.parts).redeliver(waiting?.id ?? "");
    const order: string[] = [];
    const send = (outcome: AttemptOutcome) => async (message: Message) => {
      order.push(message.delivery.id === waiting?.id ? "second" : "first");
      return order.length === 1 ? outcome : delivered;
    };
    await deliver(id, send(later));
    expect(order).toEqual(["first"]);
    studio.clock.offset += 5_000;
    for (let i = 0; i < 3; i++) await deliver(id, send(delivered));
    expect(order).toEqual(["first", "first", "second"]);
  });
});
