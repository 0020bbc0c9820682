import { describe, expect, test } from "vitest";
import type { AttemptOutcome, Delivery, Message } from "../../src/domain/delivery.js";
import type { JsonObject } from "../../src/domain/json.js";
import { createDeliveryService } from "../../src/operations/deliveries.js";
import { createPlaces } from "../../src/pipeline/places.js";
import { keptDeliveries } from "../../src/store/mailboxes.js";
import type { Scripted } from "../support/scripted.js";
import { useScripted } from "../support/use-scripted.js";

let studio: Scripted;
let sent: string[];

useScripted((opened) => {
  studio = opened;
  sent = [];
});

const second = 1_000;
const day = 86_400 * second;
const delivered: AttemptOutcome = { kind: "delivered" };
const retry = { kind: "retry", error: "500", afterMs: null, holdMailbox: false, overloaded: false } as const;
const gentle = { limits: { perSecond: 1_000, concurrency: 1 }, retry: { delays: ["1s", "1s", "1s", "1s"] } };

const objects = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `${from + i}`);
const object = ({ events }: Message) => String(events[0]?.data.object.id);
const mailbox = async (id: string): Promise<readonly Delivery[]> =>
  (await studio.store.mailboxes.list(id, { limit: 200, after: null, status: null })).data;
const receiver = (id: string) => studio.store.mailboxes.receiver(id);
const size = (id: string) => studio.store.mailboxes.size(id, studio.machine.parts.now());

/** Hands these on and lets the mailbox work for one slice. */
async function deliver(
  id: string,
  answer: (message: Message) => AttemptOutcome,
  some: string[] = [],
): Promise<void> {
  await studio.state(some);
  await studio.machine.run("fan-out", studio.account);
  await studio.machine.run("deliver", id, {
    send: async (message) => {
      sent.push(object(message));
      return answer(message);
    },
  });
}

/** What pixiehook has said of itself. */
async function told(type: string): Promise<JsonObject[]> {
  const events = await studio.store.events.after(studio.account, "0", 10_000);
  return events.filter((event) => event.type === type).map(({ body }) => JSON.parse(body).data.object);
}

describe("a receiver that does not work", () => {
  test("costs five attempts, whatever waits for it, then one probe at a time, and nothing is lost", async () => {
    const { id } = await studio.subscribe(gentle);
    await deliver(id, () => retry, objects(100));
    expect(sent).toEqual(objects(5));
    await deliver(id, () => retry);
    expect(sent).toHaveLength(5);
    studio.clock.offset += 40 * second;
    await deliver(id, () => retry);
    expect(sent).toHaveLength(6);
    studio.clock.offset += 80 * second;
    for (let i = 0; (await size(id)).waiting > 0 && i < 50; i++) {
      await deliver(id, () => delivered);
      studio.clock.offset += 10 * second;
    }
    expect((await mailbox(id)).map(({ status }) => status)).toEqual(Array(100).fill("delivered"));
    expect(new Set(sent)).toEqual(new Set(objects(100)));
    expect(await receiver(id)).toMatchObject({ failures: 0, opened: 0, failingSince: null, window: null });
  });

  test("is asked once more at once when a person wants it, with that very delivery", async () => {
    const { id } = await studio.subscribe(gentle);
    await deliver(id, () => retry, objects(20));
    const wanted = (await mailbox(id)).find(({ attemptCount }) => attemptCount === 0);
    sent = [];
    await createDeliveryService(studio.machine.parts).redeliver(wanted?.id ?? "");
    await deliver(id, () => retry);
    expect(sent).toHaveLength(1);
    expect((await studio.store.mailboxes.get(wanted?.id ?? ""))?.attemptCount).toBe(1);
  });

  test("is asked once more also when a person wants it just as the mailbox goes to sleep", async () => {
    const { id } = await studio.subscribe(gentle);
    await deliver(id, () => retry, objects(20));
    const wanted = (await mailbox(id)).find(({ attemptCount }) => attemptCount === 0)?.id ?? "";
    const leave = () => void studio.store.mailboxes.knock(id, wanted);
    await studio.machine.run("deliver", id, { places: { ...createPlaces(), enter: () => leave } });
    sent = [];
    await deliver(id, () => retry);
    expect(sent).toHaveLength(1);
  });

  test("is another one when the address changes, and gets everything at once", async () => {
    const { id } = await studio.subscribe(gentle);
    await deliver(id, () => retry, objects(10));
    const channel = {
      type: "webhook",
      url: "https://127.0.0.1/other",
      format: "standard",
      headers: {},
      asymmetric: false,
    } as const;
    await studio.machine.subscriptions.update(id, { channel });
    studio.clock.offset += 5 * second;
    await deliver(id, () => delivered);
    expect((await size(id)).waiting).toBe(0);
  });

  test("that is overloaded is given half as many at once, and as many as before when it works again", async () => {
    const { id } = await studio.subscribe({ limits: { perSecond: 1_000, concurrency: 8 } });
    let [atOnce, most] = [0, 0];
    const work = async (outcome: AttemptOutcome, some: string[]) => {
      await studio.state(some);
      await studio.machine.run("fan-out", studio.account);
      most = 0;
      await studio.machine.run("deliver", id, {
        send: async () => {
          most = Math.max(most, ++atOnce);
          await new Promise((done) => setTimeout(done, 40));
          atOnce--;
          return outcome;
        },
      });
      return most;
    };
    expect(await work({ ...retry, overloaded: true }, objects(1))).toBe(1);
    expect((await receiver(id))?.window).toBe(4);
    expect(await work(delivered, objects(4, 1))).toBe(4);
    expect((await receiver(id))?.window).toBeNull();
    expect(await work(delivered, objects(30, 5))).toBe(8);
  });
});

describe("a subscription with nothing but failures", () => {
  const patient = { limits: { perSecond: 1_000, concurrency: 1 }, retry: { delays: Array(20).fill("12h") } };

  test("is told of after a day, switched off after five, each once, and through the others", async () => {
    const { id } = await studio.subscribe(patient);
    const other = await studio.subscribe({ events: ["subscription.*"] });
    const days: string[] = [];
    await deliver(id, () => retry, objects(2));
    for (let half = 1; half <= 12; half++) {
      studio.clock.offset += 0.5 * day + 3 * 3_600 * second;
      await deliver(id, () => retry);
      const warnings = await told("subscription.failing");
      const ends = await told("subscription.disabled");
      days.push(`${(0.625 * half).toFixed(1)}d ${warnings.length}/${ends.length}`);
    }
    expect(days[0]).toBe("0.6d 0/0");
    expect(days[1]).toBe("1.3d 1/0");
    expect(days[6]).toBe("4.4d 1/0");
    expect(days[7]).toBe("5.0d 1/1");
    expect(days.at(-1)).toBe("7.5d 1/1");
    expect(await studio.store.subscriptions.get(id)).toMatchObject({ enabled: false });
    const [warning] = await told("subscription.failing");
    expect(Date.parse(String(warning?.disablesAt)) - Date.parse(String(warning?.since))).toBe(5 * day);
    const heard = (await mailbox(other.id)).map(({ type }) => type);
    expect(heard.toSorted()).toEqual(["subscription.disabled", "subscription.failing"]);
    expect((await mailbox(id)).every(({ status }) => status === "pending")).toBe(true);
  });

  test("that delivers once in between is not told of", async () => {
    const { id } = await studio.subscribe(patient);
    await deliver(id, () => retry, objects(1));
    for (let i = 0; i < 20; i++) {
      studio.clock.offset += 0.6 * day;
      await deliver(id, () => (i % 2 === 0 ? delivered : retry), objects(1, i + 1));
    }
    expect(await told("subscription.failing")).toEqual([]);
  });
});

describe("a mailbox that is paused", () => {
  test("collects, sends nothing, and begins slowly when it is let go", async () => {
    const { id } = await studio.subscribe({ ...gentle, paused: true });
    await deliver(id, () => delivered, objects(30));
    expect(sent).toEqual([]);
    expect(await size(id)).toEqual({ waiting: 30, due: 30 });
    await studio.machine.subscriptions.update(id, { paused: false });
    expect((await receiver(id))?.window).toBe(1);
    await deliver(id, () => delivered);
    expect(sent).toEqual(objects(30));
  });

  test("that nobody lets go keeps what it has for as long as events are kept", async () => {
    const { id } = await studio.subscribe({ paused: true, ordered: true });
    await deliver(id, () => delivered, ["a", "a", "b"]);
    const { mailboxes } = studio.store;
    await mailboxes.trim(id, studio.machine.parts.now() - day, 1_000, "discard");
    expect((await size(id)).waiting).toBe(2);
    await mailboxes.trim(id, studio.machine.parts.now() + day, 1_000, "discard");
    expect(await size(id)).toEqual({ waiting: 0, due: 0 });
    expect(await mailbox(id)).toEqual([]);
    const left = (await studio.keysOf(id)).map((key) => key.replace(/^.*:/, ""));
    expect(left.toSorted()).toEqual(["secrets", "subscription"]);
  });
});

test("who has a mail already is kept with the delivery, and not sent to again, also by another process", async () => {
  const { id } = await studio.subscribe({ ...gentle, events: ["invoice.*"] });
  const seen: (readonly string[])[] = [];
  await deliver(
    id,
    ({ delivery }) => {
      seen.push(delivery.accepted ?? []);
      return { ...retry, accepted: ["jane@example.com"] };
    },
    objects(1),
  );
  studio.clock.offset += 2 * second;
  await deliver(id, ({ delivery }) => {
    seen.push(delivery.accepted ?? []);
    return delivered;
  });
  expect(seen).toEqual([[], ["jane@example.com"]]);
  const [delivery] = await mailbox(id);
  await createDeliveryService(studio.machine.parts).redeliver(delivery?.id ?? "");
  await deliver(id, ({ delivery: again }) => {
    seen.push(again.accepted ?? []);
    return delivered;
  });
  expect(seen.at(-1)).toEqual([]);
});

test("a mail that failed for some is sent anew to those alone, when a person asks for it", async () => {
  const { id } = await studio.subscribe({ ...gentle, retry: { delays: [] }, events: ["invoice.*"] });
  await deliver(id, () => ({ ...retry, accepted: ["jane@example.com"] }), objects(1));
  const [delivery] = await mailbox(id);
  expect(delivery).toMatchObject({ status: "failed", accepted: ["jane@example.com"] });
  await createDeliveryService(studio.machine.parts).redeliver(delivery?.id ?? "");
  const seen: (readonly string[])[] = [];
  await deliver(id, (message) => {
    seen.push(message.delivery.accepted ?? []);
    return delivered;
  });
  expect(seen).toEqual([["jane@example.com"]]);
});

test("nothing is sent anew to a subscription that is off: whoever asks is told what to do first", async () => {
  const { id } = await studio.subscribe({ ...gentle, retry: { delays: [] } });
  await deliver(id, () => retry, objects(1));
  const [delivery] = await mailbox(id);
  const redeliver = () => createDeliveryService(studio.machine.parts).redeliver(delivery?.id ?? "");
  await studio.machine.subscriptions.update(id, { enabled: false });
  const refusal = { kind: "refused", code: "subscription_disabled" };
  expect(await redeliver()).toMatchObject({ ...refusal, detail: expect.stringContaining("enabled: true") });
  expect(await studio.store.mailboxes.get(delivery?.id ?? "")).toEqual(delivery);
  await studio.machine.subscriptions.update(id, { enabled: true });
  expect(await redeliver()).toMatchObject({ status: "pending" });
});

test("so many finished deliveries are kept and no more; those that wait are never among those that go", async () => {
  const { id } = await studio.subscribe({ limits: { perSecond: 1_000, concurrency: 50 } });
  const outcome = (message: Message) => (object(message) === "0" ? retry : delivered);
  await deliver(id, outcome, objects(1));
  const { mailboxes } = studio.store;
  const [first] = await mailbox(id);
  const template = JSON.stringify({ ...first, status: "delivered", attemptCount: 1 });
  const old = objects(keptDeliveries, 1).map((n) => `dlv_old${n}`);
  for (let i = 0; i < old.length; i += 2_000) {
    const some = old.slice(i, i + 2_000);
    await studio.client.hset(`pixiehook:{${id}}:deliveries`, ...some.flatMap((key) => [key, template]));
    await studio.client.zadd(`pixiehook:{${id}}:index`, ...some.flatMap((key) => [1, key]));
    await studio.client.zadd(`pixiehook:{${id}}:finished`, ...some.flatMap((key) => [1, key]));
  }
  await deliver(id, outcome, objects(60, 1));
  expect(await studio.client.zcard(`pixiehook:{${id}}:finished`)).toBe(keptDeliveries);
  expect(await studio.client.hlen(`pixiehook:{${id}}:deliveries`)).toBe(keptDeliveries + 1);
  expect(await mailboxes.get(first?.id ?? "")).toMatchObject({ status: "pending" });
  expect(await mailboxes.trimmedBefore(id)).toBe(1);
});
