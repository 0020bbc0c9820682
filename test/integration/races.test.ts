import { describe, expect, test } from "vitest";
import { reconcileSources } from "../../src/pipeline/sources.js";
import { findResource } from "../../src/pixieset/resources/index.js";
import { createFuse, Killed } from "../support/machine.js";
import type { TestRedis } from "../support/redis.js";
import { createScripted, killedAtCommit, many, refused, type Scripted, scan } from "../support/scripted.js";
import { useScripted } from "../support/use-scripted.js";

let redis: TestRedis;
let studio: Scripted;

useScripted((opened, server) => {
  studio = opened;
  redis = server;
});

/** Polls in a process that is killed at its `count`th commit of invoices. */
async function pollUntilKilled(count: number): Promise<void> {
  studio.clock.offset += 6_000;
  const run = studio.machine.run("poll", studio.account, { store: killedAtCommit(studio.store, count) });
  await expect(run).rejects.toThrow(Killed);
}

describe("an account", () => {
  test("whose worker is shut down before its first source stays due", async () => {
    await studio.store.due.announce("poll", studio.account, studio.machine.parts.now());
    const draining = AbortSignal.abort();
    await studio.machine.run("poll", studio.account, { stop: { draining, abort: draining } });
    expect(await studio.due()).toEqual([`poll:${studio.account}`]);
  });

  test("whose sources are dropped by a worker that is killed anywhere goes on, and nothing is left of them", async () => {
    const { account, store, client } = studio;
    studio.answer("invoices", scan(["a"]));
    const dropped = studio.source();
    const listing = studio.source("collections");
    for (let diesAt = 1, killed = true; killed; diesAt++) {
      await store.accounts.update(account, (now) => ({ ...now, resources: ["collections", "invoices"] }));
      await studio.poll();
      expect((await store.sources.list(account)).map(({ id }) => id).sort()).toEqual(
        [dropped, listing].sort(),
      );
      await store.accounts.update(account, (now) => ({ ...now, resources: null }));
      const doomed = studio.process(createFuse(diesAt));
      killed = await doomed.run("poll", account).then(
        () => false,
        (error) => error instanceof Killed,
      );
      await studio.poll();
      expect([...(await store.sources.nextPolls(account)).keys()], `step ${diesAt}`).toEqual([listing]);
      expect((await store.sources.list(account)).map(({ id }) => id)).toEqual([listing]);
      expect(await studio.keysOf(dropped), `step ${diesAt}`).toEqual([]);
    }
    // What an older version may have left in the schedule holds nobody up either.
    await client.zadd(`pixiehook:{${account}}:due`, 0, dropped);
    const before = await store.sources.lastTicket(account, listing);
    await studio.poll();
    expect(await store.sources.lastTicket(account, listing)).toBeGreaterThan(before ?? 0);
    expect([...(await store.sources.nextPolls(account)).keys()]).toEqual([listing]);
  });

  test("that is deleted while its baseline is read, or as its worker begins, leaves no key", async () => {
    const { account, store } = studio;
    await store.due.announce("poll", account, 0);
    studio.answer("invoices", async () => {
      await store.accounts.remove(account);
      return scan(many(1_500));
    });
    await studio.machine.settle(30_000);
    expect(await studio.keysOf(account)).toEqual([]);
    expect(await studio.due()).toEqual([]);

    const other = await createScripted(redis);
    const takeFence = async (id: string) => {
      await other.store.accounts.remove(id);
      return other.store.accounts.takeFence(id);
    };
    const accounts = { ...other.store.accounts, takeFence };
    await other.machine.run("poll", other.account, { store: { ...other.store, accounts } });
    expect(await other.keysOf(other.account)).toEqual([]);
    await other.close();
  });

  test("keeps the sources that it wants now when a worker goes on that knew it before", async () => {
    const { account, store, machine } = studio;
    studio.answer("invoices", scan(["a"]));
    const older = await store.accounts.update(account, (now) => ({ ...now, resources: null }));
    const fence = await store.accounts.takeFence(account);
    await store.accounts.update(account, (now) => ({ ...now, resources: ["collections", "invoices"] }));
    await studio.poll();
    const before = await store.accounts.watched(account);
    if (!older || !fence) throw new Error("no account");
    await reconcileSources(older, fence, { ...machine.parts, resource: findResource }, machine.parts.now());
    expect((await store.sources.list(account)).map(({ resource }) => resource).sort()).toEqual([
      "collections",
      "invoices",
    ]);
    expect((await store.snapshots.all(account, studio.source())).size).toBe(1);
    const elsewhere = { ...older, resources: ["invoices" as const], collections: ["1"] };
    await reconcileSources(
      elsewhere,
      fence,
      { ...machine.parts, resource: findResource },
      machine.parts.now(),
    );
    expect(await store.accounts.watched(account)).toEqual(before);
  });
});

test("a source whose dropping was cut off is not taken for new when it is wanted again", async () => {
  const { account, store, machine } = studio;
  studio.answer("invoices", scan(many(10)));
  await studio.poll();
  await store.accounts.update(account, (now) => ({ ...now, resources: null }));
  const drop: typeof store.sources.drop = async (...args) => {
    await store.sources.drop(...args);
    throw new Killed();
  };
  studio.clock.offset += 6_000;
  const dying = machine.run("poll", account, { store: { ...store, sources: { ...store.sources, drop } } });
  await expect(dying).rejects.toThrow(Killed);
  await store.accounts.update(account, (now) => ({ ...now, resources: ["collections", "invoices"] }));
  for (let i = 0; i < 3; i++) await studio.poll();
  expect(await studio.stated()).toEqual([]);
});

describe("a change", () => {
  test("that an incomplete list shows first, a removal, is told when a complete one shows it", async () => {
    studio.answer("collections", scan(["other lists are well"]));
    studio.answer("invoices", scan(["a", "b", "c"]));
    await studio.poll();
    studio.answer("invoices", scan(["a", "b"], { complete: false }));
    await studio.poll();
    studio.answer("invoices", scan(["a", "b"]));
    for (let i = 0; i < 4; i++) await studio.poll();
    expect(await studio.stated()).toEqual(["invoice.removed c"]);
  });

  test("is found although the fan-out looked for it too early and the poller died before it could wake it", async () => {
    const { account, store, machine } = studio;
    await studio.poll();
    studio.answer("invoices", scan(["a"]));
    const commit: typeof store.sources.commit = async (step) => {
      await machine.run("fan-out", account);
      return store.sources.commit(step);
    };
    const wake = () => Promise.reject(new Killed());
    studio.clock.offset += 6_000;
    const dying = machine.run("poll", account, {
      store: { ...store, sources: { ...store.sources, commit } },
      wakeUps: { ...machine.parts.wakeUps, wake },
    });
    await expect(dying).rejects.toThrow(Killed);
    expect(await studio.stated()).toEqual(["invoice.created a"]);
    expect(await store.events.cursor(account)).toBe("0");
    await machine.settle(3_000);
    expect(await store.events.cursor(account)).not.toBe("0");
  });

  test("of more than one step whose writing took long is found although its poller died at its end", async () => {
    const { account, store, machine } = studio;
    await studio.poll();
    studio.answer("invoices", scan(many(150)));
    await store.accounts.update(account, (now) => ({ ...now, floodThreshold: 10_000 }));
    await studio.poll();
    studio.answer("invoices", scan(many(900)));
    const commit: typeof store.sources.commit = async (step) => {
      const done = await store.sources.commit(step);
      studio.clock.offset += 5_000;
      await machine.run("fan-out", account);
      return done;
    };
    let commits = 0;
    const last: typeof store.sources.commit = async (step) => {
      if (step.source.resource === "invoices" && ++commits === 2) {
        await store.sources.commit(step);
        throw new Killed();
      }
      return commit(step);
    };
    studio.clock.offset += 6_000;
    const dying = machine.run("poll", account, {
      store: { ...store, sources: { ...store.sources, commit: last } },
    });
    await expect(dying).rejects.toThrow(Killed);
    const due = await store.due.takeLate(machine.parts.now() + 2_001, machine.parts.now() + 60_000, 10);
    expect(due).toContainEqual({ kind: "fan-out", id: account });
  });
});

describe("a poll that is cut off between two steps", () => {
  test("of a list that is told from the start states each record once, and a change meanwhile as one", async () => {
    const { account, store } = studio;
    await studio.poll();
    await store.accounts.update(account, (now) => ({ ...now, backfill: true, resources: null }));
    await studio.poll();
    await store.accounts.update(account, (now) => ({ ...now, resources: ["collections", "invoices"] }));
    studio.answer("invoices", scan(many(600)));
    // The first commit makes room for so many.
    await pollUntilKilled(3);
    expect((await studio.stated()).length).toBe(400);
    const changed = scan(["r3"], { amount: 9 }).records;
    const rest = scan(many(600)).records.filter(({ key }) => key !== "r3");
    studio.answer("invoices", { ...scan([]), records: [...changed, ...rest] });
    for (let i = 0; i < 3; i++) await studio.poll();
    const stated = await studio.stated();
    expect(stated.filter((line) => line.endsWith(" r3"))).toEqual([
      "invoice.created r3",
      "invoice.updated r3",
    ]);
    expect(stated).toHaveLength(601);
  });

  test("of a flood that a person lets go meanwhile is handed on whole", async () => {
    const { account, store, machine, client } = studio;
    const { id } = await studio.subscribe();
    await studio.poll();
    studio.answer("invoices", scan(many(900)));
    await pollUntilKilled(3);
    const [hold] = (await machine.accounts.holds(account)) ?? [];
    await machine.run("fan-out", account);
    expect(await client.hlen(`pixiehook:{${id}}:deliveries`)).toBe(0);
    expect(await machine.accounts.resolveHold(account, hold?.id ?? "", "release")).toMatchObject({
      id: hold?.id,
    });
    await machine.run("fan-out", account);
    for (let i = 0; i < 2; i++) {
      await studio.poll();
      await machine.run("fan-out", account);
    }
    expect((await studio.stated()).filter((line) => line.startsWith("flood.held"))).toHaveLength(1);
    expect(await client.hlen(`pixiehook:{${id}}:deliveries`)).toBe(900);
    expect((await store.holds.list(account)).map(({ status }) => status)).toEqual(["released"]);
  });

  test("tells the recovery of its source once", async () => {
    await studio.poll();
    studio.answer("invoices", refused);
    for (let i = 0; i < 4; i++) await studio.poll(3_600_000);
    studio.answer("invoices", scan(many(600)));
    await studio.store.accounts.update(studio.account, (now) => ({ ...now, floodThreshold: 10_000 }));
    studio.clock.offset += 3_600_000;
    await pollUntilKilled(2);
    for (let i = 0; i < 2; i++) await studio.poll(3_600_000);
    expect((await studio.stated()).filter((line) => line.startsWith("source."))).toEqual([
      "source.failing",
      "source.recovered",
    ]);
  });
});
