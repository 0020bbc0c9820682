import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { createActivityService } from "../../src/operations/activity.js";
import { createEventWorld, type EventWorld, type Traits } from "../support/lists/event-world.js";
import { startTestRedis } from "../support/redis.js";

const redis = await startTestRedis();
let world: EventWorld;
beforeEach(async () => {
  world = await createEventWorld(redis, 2);
});
afterEach(() => world.close());
afterAll(() => redis.close());

const favorite: Traits = { type: "favorite.added", collection: "1", client: null };
const removed: Traits = { type: "favorite.removed", collection: "2", client: null };
const paid: Traits = { type: "invoice.paid", collection: "1", client: null };
const hours = { slots: 24, slotSeconds: 3_600 };

/** What is counted `hoursLater`: events are written at the time of the real Redis. */
function countedAt(hoursLater: number) {
  const { store } = world;
  return createActivityService({ store, now: () => Date.now() + hoursLater * 3_600_000 });
}

describe("what happened when", () => {
  test("is counted by object, of all accounts and of one", async () => {
    await world.state(0, [favorite, removed, paid]);
    await world.state(1, [favorite]);
    await world.handOn(1);
    const all = await countedAt(0).byObject(null, hours);
    expect(Object.keys(all.counts).sort()).toEqual(["favorite", "invoice"]);
    expect(all.counts.favorite).toHaveLength(24);
    expect(all.counts.favorite?.reduce((sum, count) => sum + count, 0)).toBe(3);
    const [account = ""] = world.accounts;
    const one = await countedAt(0).byObject(account, hours);
    expect(one.counts.favorite?.reduce((sum, count) => sum + count, 0)).toBe(2);
  });

  test("moves to earlier stretches, and out of them", async () => {
    await world.state(0, [favorite]);
    await world.handOn(1);
    for (const later of [0, 5, 23]) {
      const { counts } = await countedAt(later).byObject(null, hours);
      const found = counts.favorite?.indexOf(1);
      // Between writing and counting the hour can end.
      expect([23 - later, 22 - later], `${later} h later`).toContain(found);
    }
    expect((await countedAt(25).byObject(null, hours)).counts).toEqual({});
  });

  test("is not told of an account that is deleted", async () => {
    await world.state(0, [favorite]);
    await world.state(1, [paid]);
    await world.handOn(1);
    await world.remove(0);
    expect(Object.keys((await countedAt(0).byObject(null, hours)).counts)).toEqual(["invoice"]);
  });
});
