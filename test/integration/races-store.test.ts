import type { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import type { AttemptOutcome } from "../../src/domain/delivery.js";
import { createFuse } from "../support/machine.js";
import type { Scripted } from "../support/scripted.js";
import { useScripted } from "../support/use-scripted.js";

let studio: Scripted;

useScripted((opened) => {
  studio = opened;
});

const delivered: AttemptOutcome = { kind: "delivered" };
const later: AttemptOutcome = {
  kind: "retry",
  error: "500",
  afterMs: null,
  holdMailbox: false,
  overloaded: false,
};
const fanOut = () => studio.machine.run("fan-out", studio.account);

test("an event stands in the log once, however often it is handed on", async () => {
  const events = await studio.state(["1", "2", "3"]);
  await fanOut();
  await studio.client.del(`pixiehook:{${studio.account}}:cursor`);
  await fanOut();
  const entries = await studio.store.log.after("0", 100);
  expect(entries.map(({ event }) => event)).toEqual(events.map(({ id }) => id));
});

test("an account that is deleted while its events are handed on leaves no key", async () => {
  const { account, store, machine } = studio;
  await studio.subscribe();
  await studio.state(["1", "2", "3"]);
  const all = async () => {
    await store.accounts.remove(account);
    return store.subscriptions.all();
  };
  await store.due.announce("fan-out", account, 0);
  await machine.run("fan-out", account, {
    store: { ...store, subscriptions: { ...store.subscriptions, all } },
  });
  expect(await studio.keysOf(account)).toEqual([]);
  await machine.settle(5_000);
  expect(await studio.keysOf(account)).toEqual([]);
  expect((await studio.due()).filter((actor) => actor.includes(account))).toEqual([]);
});

test("an account whose making was cut off anywhere can be seen and deleted, if there is anything of it", async () => {
  const known = await studio.store.accounts.get(studio.account);
  if (!known) throw new Error("no account");
  const { id: _id, createdAt: _createdAt, session, ...settings } = known;
  for (let diesAt = 1, killed = true; killed; diesAt++) {
    const doomed = studio.process(createFuse(diesAt)).parts.store.accounts;
    const id = doomed.newId();
    killed = await doomed.create(id, settings, session, { cookies: "{}", userAgent: null }).then(
      () => false,
      () => true,
    );
    if ((await studio.keysOf(id)).length > 0) expect(await studio.store.accounts.ids()).toContain(id);
    await studio.store.accounts.remove(id);
    expect(await studio.keysOf(id), `step ${diesAt}`).toEqual([]);
    expect(await studio.store.accounts.ids()).toEqual([studio.account]);
  }
});

describe("a subscription", () => {
  test("that is deleted while events are handed on leaves no key", async () => {
    const { id } = await studio.subscribe({ digest: { quiet: "1s", max: "2s" } });
    await studio.state(["1", "2", "3"]);
    const all = async () => {
      const before = await studio.store.subscriptions.all();
      await studio.machine.subscriptions.remove(id);
      return before;
    };
    const subscriptions = { ...studio.store.subscriptions, all };
    await studio.machine.run("fan-out", studio.account, { store: { ...studio.store, subscriptions } });
    await studio.machine.settle(5_000);
    expect(await studio.keysOf(id)).toEqual([]);
    expect(await studio.due()).not.toContain(`deliver:${id}`);
  });

  test("that is made after Redis lost its last second gets its events, and the lost one none", async () => {
    const { store } = studio;
    await studio.subscribe();
    await store.subscriptions.all();
    const restore = await remember(studio.client);
    const lost = await studio.subscribe();
    await store.subscriptions.all();
    await restore();
    const again = await studio.subscribe();
    const known = (await store.subscriptions.all()).map(({ id }) => id);
    expect(known).toContain(again.id);
    expect(known).not.toContain(lost.id);
  });

  test("is rid of what is old behind any number that still wait, or that are only listed", async () => {
    const { id } = await studio.subscribe();
    await studio.state(["1", "2"]);
    await fanOut();
    const all = { limit: 50, after: null, status: null };
    const [waiting] = (await studio.store.mailboxes.list(id, all)).data;
    await studio.machine.run("deliver", id, {
      send: async ({ delivery }) => (delivery.id === waiting?.id ? later : delivered),
    });
    const orphans = Array.from({ length: 1_200 }, (_, i) => ["1", `dlv_orphan${i}`]).flat();
    await studio.client.zadd(`pixiehook:{${id}}:index`, ...orphans);
    const until = studio.machine.parts.now() + 1_000;
    while ((await studio.store.mailboxes.trim(id, until, 1_000, "keep")) >= 1_000);
    expect(await studio.client.zcard(`pixiehook:{${id}}:index`)).toBe(1);
    expect((await studio.store.mailboxes.list(id, all)).data.map((kept) => kept.id)).toEqual([waiting?.id]);
  });
});

/** All that Redis holds now; the answer brings it back, as after a crash. */
async function remember(client: Redis): Promise<() => Promise<void>> {
  const keys = await client.keys("*");
  const values = await Promise.all(keys.map((key) => client.dumpBuffer(key)));
  return async () => {
    await client.flushall();
    for (const [i, key] of keys.entries()) await client.restore(key, 0, values[i] ?? Buffer.alloc(0));
  };
}
