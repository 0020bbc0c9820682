import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Delivery } from "../../../src/domain/delivery.js";
import { createEventService } from "../../../src/operations/events.js";
import { createVault } from "../../../src/store/secrets.js";
import { createStore, type Store } from "../../../src/store/store.js";
import {
  accountId,
  at,
  makeAccount,
  makeDelivery,
  makeEvent,
  makeSubscription,
} from "../../api/support/fixtures.js";
import { startTestRedis, type TestRedis } from "../../support/redis.js";

let redis: TestRedis;
let client: Redis;
let store: Store;

beforeAll(async () => {
  redis = await startTestRedis();
  client = new Redis(redis.socketPath, { protocol: 2 });
  store = createStore(client, createVault([Buffer.alloc(32, 1)]));
});
afterAll(async () => {
  client.disconnect();
  await redis.close();
});

/** A subscription with deliveries that came to their ends one after another, and one that waits. */
async function withFinished(count: number, answer: string) {
  const { id: _id, ...settings } = makeSubscription();
  const { id } = await store.subscriptions.create(settings, { current: "whsec_x", previous: [] });
  const make = (n: number): Delivery =>
    makeDelivery(`evt_${n}`, { subscription: id, status: "pending", attempts: [], attemptCount: 0 });
  const all = Array.from({ length: count + 1 }, (_, n) => make(n));
  const waiting = all.map((delivery, n) => ({ event: `evt_${n}`, delivery, dueAt: 1, extend: null }));
  await store.mailboxes.add(id, waiting, 1);
  const ends = all.slice(0, count).map((delivery, n) => {
    const attempt = { at: at(n), durationMs: 5, outcome: "delivered" as const, responseBody: answer };
    return { ...delivery, status: "delivered" as const, attempts: [attempt], attemptCount: 1 };
  });
  for (const [n, delivery] of ends.entries())
    await store.mailboxes.record(id, [{ delivery, attemptCount: 0 }], null, 1_000 + n);
  return id;
}

const endsOf = (deliveries: readonly Delivery[]) => deliveries.map(({ attempts }) => attempts[0]?.at);

test("gives what came to an end last, newest first, without what waits", async () => {
  const id = await withFinished(12, "ok");
  expect(endsOf(await store.mailboxes.finished(id, 5))).toEqual([at(11), at(10), at(9), at(8), at(7)]);
  expect(await store.mailboxes.finished(id, 200)).toHaveLength(12);
  expect(await store.mailboxes.finished("sub_nothing", 200)).toEqual([]);
});

test("stops early where the answers of receivers fill pages", async () => {
  const id = await withFinished(120, "x".repeat(30_000));
  expect(await store.mailboxes.finished(id, 200)).toHaveLength(50);
});

test("reads events together, with a gap where one is not kept", async () => {
  const { session, ...settings } = makeAccount();
  await store.accounts.create(accountId, settings, session, null);
  const [one, two] = [makeEvent({ key: "1" }), makeEvent({ key: "2" })];
  await store.events.append(accountId, [one, two]);
  const bodies = await createEventService(store).getMany([two.id, "", makeEvent({ key: "3" }).id, one.id]);
  expect(bodies).toEqual([two.body, null, null, one.body]);
});
