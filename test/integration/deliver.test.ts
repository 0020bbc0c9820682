import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findEventType } from "../../src/domain/catalog.js";
import { freezeEvent, type PixiehookEvent } from "../../src/domain/event.js";
import { eventId } from "../../src/domain/ids.js";
import { type SubscriptionInput, subscriptionInputSchema } from "../../src/domain/subscription.js";
import { createDeliveryService } from "../../src/operations/deliveries.js";
import { startWebhookCatcher, type WebhookCatcher } from "../../src/simulator/catchers/webhook.js";
import { createMachine, type Machine } from "../support/machine.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";

let redis: TestRedis;
let catcher: WebhookCatcher;
let machine: Machine;
let clock: { offset: number };
let account: string;
let sequence = 0;

beforeAll(async () => {
  redis = await startTestRedis();
});
beforeEach(async () => {
  await redis.flush();
  catcher = await startWebhookCatcher();
  clock = { offset: 0 };
  const nowhere = "http://127.0.0.1:1";
  machine = createMachine({ socketPath: redis.socketPath, galleryUrl: nowhere, studioUrl: nowhere, clock });
  const made = await machine.accounts.create({
    name: "Smith Studio",
    resources: null,
    collections: "all",
    polling: { requestsPerMinute: 30, minIntervalSeconds: 60, maxIntervalMinutes: 720 },
    timezone: "Europe/London",
    backfill: false,
    floodThreshold: 200,
  });
  if (made.kind !== "created") throw new Error(made.detail);
  account = made.account.id;
});
afterEach(async () => {
  await machine.close();
  await catcher.close();
});
afterAll(() => redis.close());

async function subscribe(more: object = {}): Promise<string> {
  const input: SubscriptionInput = subscriptionInputSchema.parse({
    events: ["favorite.*"],
    channel: { type: "webhook", url: `${catcher.url}/hook` },
    retry: { delays: ["10s", "1m"] },
    ...more,
  });
  const made = await machine.subscriptions.create(input);
  if (made.kind !== "created") throw new Error(made.detail);
  catcher.setSecret(made.secret);
  return made.subscription.id;
}

/** An event as a poll would have stated it. */
async function state(
  type: string,
  more: { object?: string; email?: string; collection?: string } = {},
): Promise<string> {
  const example = findEventType(type)?.example as unknown as PixiehookEvent;
  const change = { resource: "favorites", scope: null, key: `${sequence++}`, epoch: 1, revision: 1, type };
  const id = eventId(account, change);
  const { data } = example;
  const client = { id: null, name: null, email: more.email ?? "jane@example.com" };
  const object = { ...data.object, id: more.object ?? change.key };
  const collection = { id: more.collection ?? "1", name: "Smith Wedding" };
  const event = {
    ...example,
    id,
    data: { ...data, account: { id: account, name: "Smith Studio" }, client, object, collection },
  };
  await machine.parts.store.due.announce("fan-out", account, machine.parts.now());
  await machine.parts.store.events.append(account, [freezeEvent(event)]);
  return id;
}

const bodies = () =>
  catcher.received.map(({ json }) => json as { id: string; type: string; data: { events?: unknown[] } });
const deliveries = async (subscription: string) =>
  (await machine.subscriptions.deliveries(subscription, { limit: 50, after: null, status: null }))?.data ??
  [];

describe("a delivery", () => {
  test("is sent once, with its outcome recorded", async () => {
    const subscription = await subscribe();
    const event = await state("favorite.added");
    await machine.settle(60_000);
    expect(bodies().map(({ id }) => id)).toEqual([event]);
    expect(await deliveries(subscription)).toMatchObject([
      {
        events: [event],
        status: "delivered",
        attemptCount: 1,
        attempts: [{ outcome: "delivered", status: 204 }],
      },
    ]);
  });

  test("climbs the ladder with the same bytes, then fails, and that is told to others", async () => {
    const subscription = await subscribe();
    await subscribe({
      events: ["delivery.failed"],
      channel: { type: "webhook", url: `${catcher.url}/others` },
    });
    catcher.answer({ status: 500, path: "/hook", times: 3 });
    await state("favorite.added");
    await machine.settle(200_000);
    const attempts = catcher.received.filter(({ path }) => path === "/hook");
    expect(attempts).toHaveLength(3);
    expect(new Set(attempts.map(({ body }) => body)).size).toBe(1);
    expect(new Set(attempts.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(new Set(attempts.map(({ headers }) => headers["webhook-signature"])).size).toBeGreaterThan(1);
    expect((await deliveries(subscription))[0]).toMatchObject({
      status: "failed",
      attemptCount: 3,
      nextAttemptAt: null,
    });
    const told = catcher.received.filter(({ path }) => path === "/others");
    expect(told.map(({ json }) => (json as PixiehookEvent).data.object)).toMatchObject([
      { subscription, attempts: 3 },
    ]);
  });

  test("that failed can be sent again", async () => {
    const subscription = await subscribe({ retry: { delays: [] } });
    catcher.answer({ status: 500 });
    await state("favorite.added");
    await machine.settle();
    const [failed] = await deliveries(subscription);
    expect(failed?.status).toBe("failed");
    await createDeliveryService(machine.parts).redeliver(failed?.id ?? "");
    await machine.settle();
    expect(await deliveries(subscription)).toMatchObject([{ status: "delivered", attemptCount: 2 }]);
  });

  test("to a receiver that is gone disables the subscription, keeps the rest, and goes on when it is enabled", async () => {
    const subscription = await subscribe({ limits: { concurrency: 1 } });
    await subscribe({
      events: ["subscription.disabled"],
      channel: { type: "webhook", url: `${catcher.url}/others` },
    });
    catcher.answer({ status: 410, path: "/hook" });
    await state("favorite.added");
    const second = await state("favorite.added");
    await machine.settle(60_000);
    expect(await machine.subscriptions.get(subscription)).toMatchObject({ enabled: false });
    expect((await machine.subscriptions.get(subscription))?.disabledReason).toContain("410");
    expect(catcher.received.filter(({ path }) => path === "/others")).toHaveLength(1);
    expect(catcher.received.filter(({ path }) => path === "/hook")).toHaveLength(1);
    await machine.subscriptions.update(subscription, { enabled: true });
    await machine.settle(60_000);
    expect(bodies().filter(({ id }) => id === second)).toHaveLength(1);
  });

  test("that is told to wait holds its whole mailbox", async () => {
    await subscribe({ limits: { concurrency: 1 } });
    catcher.answer({ status: 429, retryAfter: "120" });
    await state("favorite.added");
    await machine.settle();
    await state("favorite.added");
    await machine.settle(100_000);
    expect(catcher.received).toHaveLength(1);
    await machine.settle(60_000);
    expect(catcher.received).toHaveLength(3);
  });
});

describe("a digest", () => {
  const digest = { quiet: "2m", max: "15m" };

  test("gathers what is quiet for long enough, by account, collection, client and type", async () => {
    const subscription = await subscribe({ digest });
    const mine = [await state("favorite.added"), await state("favorite.added")];
    const theirs = await state("favorite.added", { email: "tom@example.com" });
    await machine.settle(60_000);
    mine.push(await state("favorite.added"));
    await machine.settle(90_000);
    expect(catcher.received).toHaveLength(1);
    await machine.settle(120_000);
    const [first, second] = bodies();
    expect(first).toMatchObject({ type: "digest", data: { events: [{ id: theirs }] } });
    expect(second).toMatchObject({ type: "digest", data: { events: mine.map((id) => ({ id })) } });
    expect(await deliveries(subscription)).toMatchObject([{ status: "delivered" }, { status: "delivered" }]);
  });

  test("goes out at its latest time even when it never gets quiet", async () => {
    await subscribe({ digest });
    for (let minute = 0; minute < 17; minute++) {
      await state("favorite.added");
      await machine.settle(60_000);
    }
    expect(catcher.received).toHaveLength(1);
    expect(bodies()[0]?.data.events?.length).toBeGreaterThanOrEqual(14);
  });

  test("that fails is sent again with the same bytes, and later events open another one", async () => {
    await subscribe({ digest });
    catcher.answer({ status: 500 });
    await state("favorite.added");
    await machine.settle(121_000);
    await state("favorite.added");
    await machine.settle(60_000);
    expect(catcher.received).toHaveLength(2);
    expect(catcher.received[0]?.body).toBe(catcher.received[1]?.body);
    await machine.settle(120_000);
    expect(catcher.received).toHaveLength(3);
    expect(catcher.received[2]?.body).not.toBe(catcher.received[1]?.body);
  });
});

test("a subscription that is deleted, switched off or changed gets nothing more at its old address", async () => {
  for (const change of ["delete", "switch off", "change"] as const) {
    const subscription = await subscribe({ limits: { concurrency: 1 } });
    catcher.answer({ status: 200, delayMs: 150, times: 30 });
    for (let i = 0; i < 12; i++) await state("favorite.added");
    const before = catcher.received.length;
    const settled = machine.settle();
    await catcher.waitFor(() => catcher.received.length >= before + 2);
    if (change === "delete") await machine.subscriptions.remove(subscription);
    if (change === "switch off") await machine.subscriptions.update(subscription, { enabled: false });
    const channel = subscriptionInputSchema.shape.channel.parse({
      type: "webhook",
      url: `${catcher.url}/new`,
    });
    if (change === "change") await machine.subscriptions.update(subscription, { channel });
    const answered = catcher.received.length;
    await settled;
    const old = catcher.received.slice(answered).filter(({ path }) => path === "/hook");
    expect(old.length, change).toBeLessThanOrEqual(2);
    await machine.subscriptions.remove(subscription);
    catcher.clearAnswers();
  }
});

test("quiet hours hold deliveries back until they end, but not what they except", async () => {
  const evening = new Date(Date.now() + 86_400_000);
  evening.setUTCHours(22, 0, 0, 0);
  clock.offset = evening.getTime() - Date.now();
  const quietHours = { from: "20:00", to: "08:00", except: ["favorite.removed"] };
  await subscribe({ quietHours });
  await state("favorite.added");
  const urgent = await state("favorite.removed");
  await machine.settle(3 * 3_600_000);
  expect(bodies().map(({ id }) => id)).toEqual([urgent]);
  await machine.settle(9 * 3_600_000);
  expect(catcher.received).toHaveLength(2);
}, 60_000);

test("where order is asked for, a failed delivery holds its own object and no other", async () => {
  await subscribe({ ordered: true });
  catcher.answer({ status: 500 });
  const first = await state("favorite.added", { object: "a" });
  await machine.settle();
  const second = await state("favorite.updated", { object: "a" });
  const other = await state("favorite.added", { object: "b" });
  await machine.settle(30_000);
  expect(bodies().map(({ id }) => id)).toEqual([first, other, first, second]);
});
