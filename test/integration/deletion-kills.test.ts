import { expect, test } from "vitest";
import { newReplay } from "../../src/domain/replay.js";
import { createSampleService } from "../../src/operations/trigger.js";
import { ensureActors } from "../../src/pipeline/clock.js";
import type { Parts } from "../../src/pipeline/parts.js";
import { createFuse, Killed, type Machine } from "../support/machine.js";
import type { TestRedis } from "../support/redis.js";
import { createScripted, type Scripted } from "../support/scripted.js";
import { dumpRedis } from "../support/secrets/dump.js";
import { useScripted } from "../support/use-scripted.js";

let redis: TestRedis;

useScripted((_, opened) => {
  redis = opened;
});

/** The keys of Redis that hold a part of an id, in their name or a value. */
async function traces(studio: Scripted, id: string): Promise<string[]> {
  const part = id.slice(4);
  const dump = await dumpRedis(studio.client);
  return dump
    .filter(({ key, values }) => [key, ...values].some((text) => text.includes(part)))
    .map(({ key }) => key);
}

const delivered = async () => ({ kind: "delivered" }) as const;

/** A studio with subscriptions of all kinds, whose first events were delivered, and further ones not handed on. */
async function prepare() {
  const studio = await createScripted(redis);
  const { account, machine } = studio;
  const own = await studio.subscribe({ account });
  const all = await studio.subscribe({ ordered: true });
  await studio.subscribe({ digest: { every: "1h" } });
  await studio.state(["a"]);
  await machine.run("fan-out", account);
  for (const { id } of [own, all]) await machine.run("deliver", id, { send: delivered });
  await studio.state(["b", "c"]);
  return { studio, own, all };
}

/** A replay of samples that were handed on without a delivery: it makes them theirs. */
async function begin({ store, account, machine }: Scripted, subscription: string): Promise<void> {
  const input = { account, subscriptions: [subscription], count: 2, key: null };
  await createSampleService(machine.parts).trigger("invoice.paid", input);
  const last = (await store.events.after(account, "0", 9)).at(-1);
  await store.events.moveCursor(account, await store.events.cursor(account), last?.position ?? "");
  const named = { id: "rpl_x", subscription, now: new Date(Date.now() + 60_000).toISOString(), lastMade: 0 };
  const asked = { since: "1970-01-01T00:00:00.000Z", until: null, only: "all" } as const;
  await store.replays.begin(newReplay(asked, named));
}

type Prepared = Awaited<ReturnType<typeof prepare>>;

/** Kills some work at each of its steps, and looks each time at what another process then comes to. */
async function atEveryStep(
  work: (machine: Machine, prepared: Prepared) => Promise<unknown>,
  look: (prepared: Prepared, step: number) => Promise<void>,
): Promise<void> {
  // Every other step: after a command is before the next one.
  for (let step = 1; ; step += 2) {
    const prepared = await prepare();
    const fuse = createFuse(step);
    const death = await work(prepared.studio.process(fuse), prepared).catch((error: unknown) => error);
    if (!(death instanceof Killed)) expect(fuse.steps()).toBeLessThan(step);
    else await look(prepared, step);
    await prepared.studio.close();
    if (!(death instanceof Killed)) return;
  }
}

test("a deletion that is killed at any step is ended by another process, and takes all along", async () => {
  await atEveryStep(
    (machine, { studio }) => machine.accounts.remove(studio.account),
    async ({ studio, own, all }, step) => {
      studio.clock.offset += 61_000;
      const { parts, accounts, run } = studio.machine;
      if (await accounts.get(studio.account)) return;
      await ensureActors(parts);
      for (const id of [own.id, all.id]) await run("deliver", id, { send: delivered });
      expect(await traces(studio, studio.account), `killed at step ${step}`).toEqual([]);
      expect(await traces(studio, own.id), `killed at step ${step}`).toEqual([]);
      expect(await parts.store.subscriptions.get(all.id)).not.toBeNull();
    },
  );
});

test("a subscription whose deletion is killed at any step is deleted by another process", async () => {
  await atEveryStep(
    (machine, { all }) => machine.subscriptions.remove(all.id),
    async ({ studio, own, all }, step) => {
      const { parts, subscriptions, run } = studio.machine;
      if (await subscriptions.get(all.id)) return;
      studio.clock.offset += 3_000;
      await ensureActors(parts);
      for (const kind of ["deliver", "replay"] as const) await run(kind, all.id);
      expect(await traces(studio, all.id), `killed at step ${step}`).toEqual([]);
      expect(await subscriptions.get(own.id)).not.toBeNull();
    },
  );
});

/** A store in which the account is deleted right before something is written, and the writer killed right after. */
function killing({ store, machine, account }: Scripted, place: "mailboxes" | "log"): Partial<Parts> {
  const dieAfter = async (work: () => Promise<unknown>) => {
    await machine.accounts.remove(account);
    await work();
    throw new Killed();
  };
  const { mailboxes, log } = store;
  return place === "log"
    ? { store: { ...store, log: { ...log, append: (...args) => dieAfter(() => log.append(...args)) } } }
    : {
        store: {
          ...store,
          mailboxes: { ...mailboxes, add: (...args) => dieAfter(() => mailboxes.add(...args)) },
        },
      };
}

test.each([
  ["fan-out", "mailboxes"],
  ["fan-out", "log"],
  ["replay", "mailboxes"],
] as const)(
  "what a %s writes into %s as its account is deleted and it is killed does not stay",
  async (kind, place) => {
    const { studio, all } = await prepare();
    const { machine, account } = studio;
    if (kind === "replay") await begin(studio, all.id);
    const actor = kind === "replay" ? all.id : account;
    await expect(machine.run(kind, actor, killing(studio, place))).rejects.toThrow(Killed);
    expect(await traces(studio, account)).not.toEqual([]);
    // Its wake-up comes to another process, as that of every worker that dies.
    await machine.run(kind, actor);
    studio.clock.offset += 5_000;
    await machine.settle(5_000);
    expect(await traces(studio, account)).toEqual([]);
    await studio.close();
  },
);
