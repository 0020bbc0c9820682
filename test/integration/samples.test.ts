import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AttemptOutcome, Message } from "../../src/domain/delivery.js";
import { thawEvent } from "../../src/domain/event.js";
import { eventId } from "../../src/domain/ids.js";
import type { Replay } from "../../src/domain/replay.js";
import { subscriptionInputSchema } from "../../src/domain/subscription.js";
import { createEventService } from "../../src/operations/events.js";
import { createReplayService } from "../../src/operations/replays.js";
import { createSampleService } from "../../src/operations/trigger.js";
import type { SampleInput } from "../../src/services/events.js";
import { startWebhookCatcher } from "../../src/simulator/catchers/webhook.js";
import { createFuse, Killed, type Machine } from "../support/machine.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";
import { createScripted, type Scripted } from "../support/scripted.js";

let redis: TestRedis;
let studio: Scripted;
/** What was sent: the subscription, and the events of the message. */
let sent: { to: string; events: string[] }[];

beforeAll(async () => {
  redis = await startTestRedis();
});
beforeEach(async () => {
  studio = await createScripted(redis);
  sent = [];
});
afterEach(() => studio.close());
afterAll(() => redis.close());

const send = async ({ subscription, events }: Message): Promise<AttemptOutcome> => {
  sent.push({ to: subscription.id, events: events.map(({ id }) => id) });
  return { kind: "delivered" };
};
const now = () => studio.machine.parts.now();
const iso = (ms: number) => new Date(ms).toISOString();

const subscribe = (more: object = {}) =>
  studio.subscribe({ limits: { perSecond: 1_000 }, retry: { delays: [] }, ...more });

async function trigger(type: string, more: Partial<SampleInput> = {}, machine: Machine = studio.machine) {
  const input = { account: null, subscriptions: [], count: 1, key: null, ...more };
  return createSampleService(machine.parts).trigger(type, input);
}

/** Triggers, and answers the ids of the samples. */
async function made(type: string, more: Partial<SampleInput> = {}): Promise<readonly string[]> {
  const result = await trigger(type, more);
  if (result?.kind !== "triggered") throw new Error(result?.detail ?? "no such type");
  return result.events;
}

async function fanOut(machine: Machine = studio.machine): Promise<void> {
  await machine.run("fan-out", studio.account);
}

async function deliver(...ids: readonly string[]): Promise<void> {
  studio.clock.offset += 1;
  for (const id of ids) await studio.machine.run("deliver", id, { send });
}

const service = () => createEventService(studio.store);
const list = { account: null, types: [], collection: null, client: null, since: null, until: null };
const pages = { order: "asc", limit: 200, after: null } as const;
const listed = async (matched: boolean | null) =>
  (await service().list({ ...list, ...pages, matched })).data.map((body) => thawEvent(body).id);
const unwanted = async () => {
  const { values } = await studio.machine.parts.metrics.unwanted.get();
  return values.reduce((sum, { value }) => sum + value, 0);
};
const preview = (filter: object | null = null) =>
  studio.machine.subscriptions.preview(
    subscriptionInputSchema.parse({
      events: ["*"],
      channel: { type: "webhook", url: "https://a.example" },
      filter,
    }),
  );

describe("samples", () => {
  test("go to those who were chosen and to nobody else, each as its filter asks", async () => {
    const [plain, rich, other] = [
      await subscribe(),
      await subscribe({ filter: { amountAtLeast: 900_000 } }),
      await subscribe({ events: ["*"] }),
    ];
    const ids = await made("invoice.paid", { subscriptions: [plain.id, rich.id], count: 2 });
    await fanOut();
    await deliver(plain.id, rich.id, other.id);
    expect(ids).toHaveLength(2);
    expect(sent.map(({ to }) => to).sort()).toEqual([plain.id, plain.id, rich.id, rich.id].sort());
    expect(new Set(sent.flatMap(({ events }) => events))).toEqual(new Set(ids));
    for (const id of ids) {
      const body = (await service().get(id)) ?? "";
      expect(thawEvent(body).data).toMatchObject({
        account: { id: studio.account, name: "Smith Studio" },
        object: { amount: 900_000 },
        detected: { sample: true },
      });
      const told = await service().deliveries(id);
      expect(told?.map(({ subscription }) => subscription).sort()).toEqual([plain.id, rich.id].sort());
    }
  });

  test("for nobody are seen by those who list and follow, and count as nothing that nobody wanted", async () => {
    const { id } = await subscribe({ events: ["*"] });
    const [sample = ""] = await made("favorite.added");
    await studio.state(["real"]);
    await fanOut();
    await deliver(id);
    expect(sent.flatMap(({ events }) => events)).not.toContain(sample);
    expect(await listed(null)).toContain(sample);
    for (const matched of [true, false]) expect(await listed(matched)).not.toContain(sample);
    const ended = AbortSignal.timeout(1_000);
    const following = service().follow(sample, ended)[Symbol.asyncIterator]();
    expect((await following.next()).value?.type).toBe("invoice.updated");
    expect(await unwanted()).toBe(0);
    expect((await preview()).map((body) => thawEvent(body).type)).toEqual(["invoice.updated"]);
  });

  test("share a digest with each other and with nothing that happened", async () => {
    const { id } = await subscribe({ digest: { every: "1m" } });
    const ids = await made("invoice.paid", { subscriptions: [id], count: 3 });
    const [sample] = (await studio.store.events.getMany(ids)).map((event) => thawEvent(event?.body ?? "{}"));
    if (!sample) throw new Error("none made");
    // The same client paid, and that was no sample.
    const { sample: _, ...detected } = sample.data.detected;
    const real = eventId(studio.account, {
      resource: "invoices",
      scope: null,
      key: "1",
      epoch: 1,
      revision: 1,
      type: "invoice.paid",
    });
    const body = JSON.stringify({ ...sample, id: real, data: { ...sample.data, detected } });
    await studio.store.events.append(studio.account, [{ id: real, type: "invoice.paid", body }]);
    await fanOut();
    studio.clock.offset += 61_000;
    await deliver(id);
    expect(sent.map(({ events }) => events).sort((a, b) => a.length - b.length)).toEqual([[real], ids]);
  });

  test("stand in no line before what really happened to the object that they name", async () => {
    const { id } = await subscribe({
      events: ["collection.updated"],
      filter: { collections: ["90516387"] },
      ordered: true,
      retry: { delays: ["1h"] },
    });
    const [sample = ""] = await made("collection.updated", { subscriptions: [id] });
    const stated = thawEvent((await service().get(sample)) ?? "{}");
    expect(stated.data.object.id).toBe("90516387");
    const { sample: _, ...detected } = stated.data.detected;
    const real = `${sample.slice(0, -1)}${sample.endsWith("0") ? "1" : "0"}`;
    const body = JSON.stringify({ ...stated, id: real, data: { ...stated.data, detected } });
    await studio.store.events.append(studio.account, [{ id: real, type: stated.type, body }]);
    await fanOut();
    studio.clock.offset += 1;
    const attempted: string[] = [];
    const refuseSamples = async ({ events: [event] }: Message): Promise<AttemptOutcome> => {
      attempted.push(event?.id ?? "");
      if (event?.id === real) return { kind: "delivered" };
      return { kind: "retry", error: "400", afterMs: null, holdMailbox: false, overloaded: false };
    };
    await studio.machine.run("deliver", id, { send: refuseSamples });
    expect(attempted).toEqual([sample, real]);
  });

  test("are not replayed to those whom they were not made for, and again to those whom they were", async () => {
    const [chosen, other] = [await subscribe(), await subscribe()];
    const [sample = ""] = await made("invoice.paid", { subscriptions: [chosen.id] });
    await fanOut();
    await deliver(chosen.id, other.id);
    studio.clock.offset += 1_000;
    const replays = createReplayService(studio.machine.parts);
    for (const [id, count] of [
      [other.id, 0],
      [chosen.id, 1],
    ] as const) {
      const begun = await replays.begin(id, { since: iso(now() - 60_000), until: null, only: "all" });
      if (begun?.kind !== "begun") throw new Error("not begun");
      expect(begun.replay.count, id).toBe(count);
      await studio.machine.run("replay", id);
      await deliver(id);
      const ended = (await replays.get(id, begun.replay.id)) as Replay;
      expect(ended).toMatchObject({ status: "done", matched: count, queued: count });
    }
    expect(sent.map(({ to }) => to)).toEqual([chosen.id, chosen.id]);
    expect(sent.flatMap(({ events }) => events)).toEqual([sample, sample]);
  });
});

test("what a test of a subscription sends is a sample of its account, as its filter asks, and stated nowhere", async () => {
  const catcher = await startWebhookCatcher();
  const { id } = await subscribe({
    account: studio.account,
    events: ["*"],
    filter: { amountAtLeast: 700_000 },
    channel: { type: "webhook", url: `${catcher.url}/hook` },
  });
  expect(await studio.machine.subscriptions.test(id)).toMatchObject({ outcome: "delivered" });
  expect(catcher.received.map(({ json }) => json)).toMatchObject([
    {
      type: "invoice.created",
      data: {
        account: { id: studio.account, name: "Smith Studio" },
        object: { amount: 700_000 },
        detected: { sample: true },
      },
    },
  ]);
  expect(await studio.stated()).toEqual([]);
  await catcher.close();
});

test("killed between any two steps, asked again with the same key, each sample is stated and sent once", async () => {
  const { id } = await subscribe();
  const ask = (key: string, machine: Machine) =>
    trigger("invoice.paid", { subscriptions: [id], count: 2, key }, machine);
  const work = async (key: string, machine: Machine) => {
    const result = await ask(key, machine);
    await fanOut(machine);
    return result;
  };
  const calm = createFuse();
  await work("calm", studio.process(calm));
  await deliver(id);
  expect(sent).toHaveLength(2);
  let killed = 0;
  for (let step = 1; step <= calm.steps(); step++) {
    sent = [];
    const dies = await work(`${step}`, studio.process(createFuse(step))).catch((error: unknown) => error);
    if (dies instanceof Killed) killed++;
    // What is stated already gets on its way by itself.
    const { events, due } = studio.store;
    const waiting = await events.after(studio.account, await events.cursor(studio.account), 10);
    const late = await due.takeLate(now() + 5_000, now() + 20_000, 100);
    if (waiting.length > 0) expect(late).toContainEqual({ kind: "fan-out", id: studio.account });
    const result = await work(`${step}`, studio.machine);
    await deliver(id);
    if (result?.kind !== "triggered") throw new Error("refused");
    expect(sent.flatMap(({ events }) => events).sort(), `killed at step ${step}`).toEqual(
      [...result.events].sort(),
    );
  }
  expect(killed).toBe(calm.steps());
});

function anotherAccount() {
  const { store } = studio;
  const polling = { requestsPerMinute: 30, minIntervalSeconds: 60, maxIntervalMinutes: 720 };
  const settings = { resources: null, polling, timezone: "UTC", backfill: false };
  return store.accounts.create(
    store.accounts.newId(),
    { name: "Other Studio", collections: "all", floodThreshold: 200, ...settings },
    { status: "unverified", checkedAt: null, user: null, reason: null, epoch: 0, renewal: "cookies" },
    null,
  );
}

describe("a sample is refused", () => {
  const refusalOf = async (type: string, more: Partial<SampleInput>) => {
    const result = await trigger(type, more);
    return result?.kind === "refused" ? [result.code, result.detail] : result;
  };

  test("where it could not arrive, and it is said why; nothing is stated", async () => {
    const { id } = await subscribe();
    const off = await subscribe({ enabled: false });
    const own = await subscribe({ account: studio.account });
    const elsewhere = await anotherAccount();
    expect(await trigger("invoice.eaten", {})).toBeNull();
    for (const [type, more, code, words] of [
      ["invoice.paid", { subscriptions: [id, "sub_none"] }, "subscription_not_found", "sub_none"],
      ["invoice.paid", { subscriptions: [off.id] }, "subscription_disabled", off.id],
      ["favorite.added", { subscriptions: [id] }, "not_wanted", "invoice.*"],
      ["invoice.paid", { account: "acc_none" }, "account_not_found", "acc_none"],
      ["invoice.paid", { account: elsewhere.id, subscriptions: [own.id] }, "not_wanted", elsewhere.id],
    ] as const)
      expect(await refusalOf(type, more)).toEqual([code, expect.stringContaining(words)]);
    expect(await studio.stated()).toEqual([]);
    await studio.store.accounts.remove(studio.account);
    await studio.store.accounts.remove(elsewhere.id);
    expect(await refusalOf("invoice.paid", {})).toEqual([
      "account_missing",
      expect.stringContaining("/v1/accounts"),
    ]);
  });

  test("by nothing else: subscriptions of several accounts get one of their own account each", async () => {
    const second = await anotherAccount();
    const [here, there] = [
      await subscribe({ account: studio.account }),
      await subscribe({ account: second.id }),
    ];
    const any = await subscribe();
    await made("invoice.paid", { subscriptions: [there.id, here.id, any.id] });
    for (const [account, chosen] of [
      [second.id, [there.id, any.id]],
      [studio.account, [here.id]],
    ] as const) {
      const events = await studio.store.events.after(account, "0", 10);
      expect(events.map(({ onlyFor }) => onlyFor)).toEqual([chosen]);
    }
  });
});
