import { describe, expect, test } from "vitest";
import type { AttemptOutcome, Delivery, Message } from "../../src/domain/delivery.js";
import { thaw } from "../../src/domain/event.js";
import { receiverOf } from "../../src/domain/receiver.js";
import { newDelivery } from "../../src/pipeline/fan-out.js";
import { createBell } from "../../src/queues/bell.js";
import type { Stop } from "../../src/queues/wake-ups.js";
import { createMailboxStore } from "../../src/store/mailboxes.js";
import { createScripts } from "../../src/store/scripts.js";
import { createFuse } from "../support/machine.js";
import { many, type Scripted, scan } from "../support/scripted.js";
import { useScripted } from "../support/use-scripted.js";

let studio: Scripted;

useScripted((opened) => {
  studio = opened;
});

const second = 1_000;
const day = 86_400 * second;
const delivered: AttemptOutcome = { kind: "delivered" };
const retry = { kind: "retry", error: "500", afterMs: null, holdMailbox: false, overloaded: false } as const;
const never = new AbortController().signal;

const objects = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `${from + i}`);
const now = () => studio.machine.parts.now();
const mailbox = async (id: string): Promise<readonly Delivery[]> =>
  (await studio.store.mailboxes.list(id, { limit: 200, after: null, status: null })).data;
const told = async (type: string) => (await studio.stated()).filter((line) => line.startsWith(type)).length;

async function fanOut(some: readonly string[]): Promise<void> {
  await studio.state(some);
  await studio.machine.run("fan-out", studio.account);
}
const deliver = (id: string, send: (message: Message) => Promise<AttemptOutcome>, stop?: Partial<Stop>) =>
  studio.machine.run("deliver", id, { send, stop: { draining: never, abort: never, ...stop } });

const patient = (concurrency: number) => ({
  limits: { perSecond: 1_000, concurrency },
  retry: { delays: Array(20).fill("12h") },
});

describe("a receiver's state", () => {
  test("that is told of just as another attempt succeeds does not switch anything off without a warning", async () => {
    const { id } = await studio.subscribe(patient(2));
    await fanOut(objects(1));
    await deliver(id, async () => retry);
    studio.clock.offset += 1.3 * day;
    await fanOut(objects(1, 1));
    // Both are under way; one succeeds while people are being told of the other.
    let succeed: () => void = () => undefined;
    const telling = new Promise<void>((done) => {
      succeed = done;
    });
    const { store } = studio;
    const append: typeof store.events.append = async (account, events) => {
      succeed();
      await new Promise((done) => setTimeout(done, 50));
      return store.events.append(account, events);
    };
    let count = 0;
    await studio.machine.run("deliver", id, {
      store: { ...store, events: { ...store.events, append } },
      send: async () => {
        if (++count === 1) return retry;
        await telling;
        return delivered;
      },
    });
    expect(await told("subscription.failing")).toBe(1);
    // From here on it fails for six days: a new warning first, then the end.
    await fanOut(objects(1, 2));
    for (let half = 0; half < 12; half++) {
      await deliver(id, async () => retry);
      studio.clock.offset += 0.5 * day + 3 * 3_600 * second;
    }
    expect(await told("subscription.failing")).toBe(2);
  });

  test("of long ago does not make one failure the end of a subscription that seldom has anything to send", async () => {
    const { id } = await studio.subscribe({ ...patient(1), retry: { delays: ["12h", "12h", "1d", "1d"] } });
    await fanOut(objects(1));
    for (let half = 0; half < 8; half++) {
      await deliver(id, async () => retry);
      studio.clock.offset += 0.7 * day;
    }
    expect([await told("subscription.failing"), await told("delivery.failed")]).toEqual([1, 1]);
    studio.clock.offset += 20 * day;
    await fanOut(objects(1, 1));
    await deliver(id, async () => retry);
    expect(await studio.store.subscriptions.get(id)).toMatchObject({ enabled: true });
    studio.clock.offset += day;
    await deliver(id, async () => delivered);
    expect((await studio.store.mailboxes.size(id, now())).waiting).toBe(0);
  });

  test("of a time when it was switched off is not written over that of one that is on again", async () => {
    const { id, channel, updatedAt } = await studio.subscribe(patient(2));
    await fanOut(objects(2));
    const failing = {
      ...receiverOf(null, channel),
      failingSince: now() - 6 * day,
      warnedAt: now() - 5 * day,
    };
    await studio.store.mailboxes.setReceiver(id, { state: failing, known: updatedAt });
    let count = 0;
    await deliver(id, async () => {
      if (++count === 1) return retry;
      while ((await studio.store.subscriptions.get(id))?.enabled)
        await new Promise((done) => setTimeout(done, 5));
      await studio.machine.subscriptions.update(id, { enabled: true });
      return retry;
    });
    expect(await studio.store.subscriptions.get(id)).toMatchObject({ enabled: true });
    studio.clock.offset += day;
    await deliver(id, async () => retry);
    expect(await studio.store.subscriptions.get(id)).toMatchObject({ enabled: true });
  });

  test("is forgotten before its subscription is on again, whenever the process is killed", async () => {
    const { id, channel, updatedAt } = await studio.subscribe(patient(1));
    await fanOut(objects(1));
    const failing = {
      ...receiverOf(null, channel),
      failingSince: now() - 6 * day,
      warnedAt: now() - 5 * day,
    };
    await studio.store.mailboxes.setReceiver(id, { state: failing, known: updatedAt });
    await deliver(id, async () => retry);
    expect(await studio.store.subscriptions.get(id)).toMatchObject({ enabled: false });
    for (let diesAt = 1; ; diesAt++) {
      const doomed = studio.process(createFuse(diesAt));
      const killed = await doomed.subscriptions.update(id, { enabled: true }).then(
        () => false,
        () => true,
      );
      if ((await studio.store.subscriptions.get(id))?.enabled) {
        expect(
          (await studio.store.mailboxes.receiver(id))?.failingSince ?? null,
          `step ${diesAt}`,
        ).toBeNull();
      }
      if (!killed) break;
    }
  });
});

describe("a clock that is set back by a day", () => {
  test("does not keep a mailbox awake, nor from seeing that its subscription was changed", async () => {
    const { id } = await studio.subscribe({ limits: { perSecond: 1_000, concurrency: 1 } });
    await fanOut(objects(50));
    let sent = 0;
    const bell = createBell();
    await deliver(
      id,
      async () => {
        if (++sent === 1) {
          studio.clock.offset -= day;
          await studio.machine.subscriptions.update(id, { enabled: false });
        }
        await new Promise((done) => setTimeout(done, 20));
        return delivered;
      },
      { listen: () => bell },
    );
    expect(sent).toBeLessThan(12);
  });

  test("does not keep a receiver at rest for that day", async () => {
    const { id } = await studio.subscribe({ ...patient(1), retry: { delays: ["1s"] } });
    studio.clock.offset += day;
    await fanOut(objects(20));
    await deliver(id, async () => retry);
    studio.clock.offset -= day;
    await fanOut(objects(1, 20));
    const sent: string[] = [];
    await deliver(id, async ({ events }) => {
      sent.push(String(events[0]?.data.object.id));
      return delivered;
    });
    expect(sent).toEqual(["20"]);
  });
});

test("a worker that was frozen as it ended does not take the next one's mailbox out of the due-set", async () => {
  const { id } = await studio.subscribe({ retry: { delays: ["5m"] } });
  const { store } = studio;
  const [event] = await studio.state(objects(1));
  const subscription = await store.subscriptions.get(id);
  if (!event || !subscription) throw new Error("nothing to send");
  const fresh = newDelivery(studio.account, thaw(event), subscription, "UTC", now());
  await store.due.announce("deliver", id, now());
  const settle: typeof store.due.settle = async (kind, of, generation, next, at) => {
    // It has looked and found nothing. What was announced before is written now, and sent by the next one.
    await store.mailboxes.add(id, [fresh], now());
    await deliver(id, async () => retry);
    return store.due.settle(kind, of, generation, next, at);
  };
  await studio.machine.run("deliver", id, { store: { ...store, due: { ...store.due, settle } } });
  expect((await store.mailboxes.size(id, now())).waiting).toBe(1);
  expect(await studio.due()).toContain(`deliver:${id}`);
});

describe("a fan-out that is told to end", () => {
  test("while it hands on a flood that was let go is woken again", async () => {
    const { store, account } = studio;
    const { id } = await studio.subscribe();
    await studio.poll();
    studio.answer("invoices", scan(many(250)));
    await studio.poll();
    const [hold] = await store.holds.list(account);
    if (!hold) throw new Error("no flood");
    await studio.machine.settle();
    await store.due.announce("fan-out", account, now());
    const draining = new AbortController();
    const bell = createBell();
    setTimeout(async () => {
      await store.holds.replace(hold, { ...hold, status: "releasing" });
      studio.clock.offset += 3 * second;
      bell.ring();
    }, 30);
    const after: typeof store.events.after = async (of, position, limit) => {
      const batch = await store.events.after(of, position, limit);
      if (batch.some((event) => event.hold)) draining.abort();
      return batch;
    };
    await studio.machine.run("fan-out", account, {
      store: { ...store, events: { ...store.events, after } },
      stop: { draining: draining.signal, abort: never, listen: () => bell },
    });
    expect((await store.mailboxes.size(id, now())).waiting).toBeLessThan(250);
    await studio.machine.settle(5_000);
    expect((await store.mailboxes.size(id, now())).waiting).toBe(250);
  });
});

test("a delivery that is asked for again as it is swept away stays", async () => {
  const { id } = await studio.subscribe();
  await fanOut(objects(1));
  await deliver(id, async () => delivered);
  const [old] = await mailbox(id);
  if (!old) throw new Error("none");
  const again: Delivery = { ...old, status: "pending", nextAttemptAt: new Date(now()).toISOString() };
  const run = createScripts(studio.client);
  const slow = createMailboxStore(studio.client, async (name, keys, args) => {
    if (name === "mailbox-forget")
      await studio.store.mailboxes.record(
        id,
        [{ delivery: again, attemptCount: old.attemptCount }],
        null,
        now(),
      );
    return run(name, keys, args);
  });
  await slow.trim(id, now() + day, 1_000, "keep");
  expect(await studio.store.mailboxes.get(old.id)).toMatchObject({ status: "pending" });
});
