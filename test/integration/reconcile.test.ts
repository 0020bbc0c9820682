import fc from "fast-check";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Scan } from "../../src/domain/upstream.js";
import { account as keys } from "../../src/store/keys.js";
import { createFuse, Killed, type Machine } from "../support/machine.js";
import { sightingOf } from "../support/readings.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";
import { createScripted, type Scripted, scan } from "../support/scripted.js";

let redis: TestRedis;
beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.close());

function listed(names: ReadonlyMap<string, string>): Scan {
  const records = [...names].map(([id, name]) =>
    sightingOf({ key: id, fields: { id, name }, client: null, occurredAt: null }),
  );
  return { ...scan([]), records, identity: records.length > 0 ? "id" : null };
}

type Act =
  | { readonly kind: "collection"; readonly id: string; readonly name: string | null }
  | { readonly kind: "subscribe"; readonly events: string }
  | { readonly kind: "switch" | "unsubscribe"; readonly which: number }
  | {
      readonly kind: "resources";
      readonly resources: readonly ("invoices" | "favorites" | "downloads")[] | null;
    }
  | { readonly kind: "collections"; readonly collections: "all" | readonly string[] }
  | { readonly kind: "restart" | "elsewhere" }
  | { readonly kind: "killed"; readonly at: number };

const someId = fc.constantFrom("1", "2", "3", "4", "5", "6");
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("collection"),
      id: someId,
      name: fc.constantFrom("A", "B", null),
    }),
  },
  fc.record({
    kind: fc.constant("subscribe"),
    events: fc.constantFrom("favorite.*", "invoice.*", "session.*"),
  }),
  fc.record({ kind: fc.constantFrom("switch" as const, "unsubscribe" as const), which: fc.nat(3) }),
  fc.record({
    kind: fc.constant("resources"),
    resources: fc.option(fc.subarray(["invoices", "favorites", "downloads"] as const)),
  }),
  fc.record({
    kind: fc.constant("collections"),
    collections: fc.oneof(fc.constant("all" as const), fc.array(someId)),
  }),
  fc.record({ kind: fc.constantFrom("restart" as const, "elsewhere" as const) }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("killed"), at: fc.integer({ min: 1, max: 120 }) }) },
) as fc.Arbitrary<Act>;

async function perform(act: Act, studio: Scripted, names: Map<string, string>): Promise<Machine | null> {
  const { store, account, clock } = studio;
  const subscriptions = await store.subscriptions.all();
  if (act.kind === "collection") {
    if (act.name === null) names.delete(act.id);
    else names.set(act.id, act.name);
    studio.answer("collections", listed(names));
  } else if (act.kind === "subscribe") await studio.subscribe({ events: [act.events] });
  else if (act.kind === "switch" || act.kind === "unsubscribe") {
    const { id } = subscriptions[act.which] ?? {};
    if (id && act.kind === "unsubscribe") await store.subscriptions.remove(id);
    else if (id) await store.subscriptions.update(id, (now) => ({ ...now, enabled: !now.enabled }));
  } else if (act.kind === "resources") {
    const resources = act.resources && [...act.resources];
    await store.accounts.update(account, (now) => ({ ...now, resources }));
  } else if (act.kind === "collections") {
    const collections = act.collections === "all" ? act.collections : [...act.collections];
    await store.accounts.update(account, (now) => ({ ...now, collections }));
  } else if (act.kind === "killed") {
    clock.offset += 6_000;
    const doomed = studio.process(createFuse(act.at));
    await doomed.run("poll", account).catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
  } else return studio.process(createFuse());
  return null;
}

const sourcesOf = async ({ store, account }: Scripted) =>
  (await store.sources.list(account))
    .map(({ id, scope, epoch, startsEmpty }) => ({ id, scope, epoch, startsEmpty }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));

/** Takes away the note that nothing has changed. */
async function forgetBasis({ client, account }: Scripted): Promise<void> {
  const key = `pixiehook:{${account}}:account`;
  const watched = JSON.parse((await client.hget(key, "watched")) ?? "{}");
  await client.hset(key, "watched", JSON.stringify({ ...watched, basis: null }));
}

test("what is not looked at again because nothing has changed would not have changed anything", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 8 }), async (acts) => {
      const studio = await createScripted(redis);
      try {
        const names = new Map([["1", "A"]]);
        studio.answer("collections", listed(names));
        let worker = studio.machine;
        await studio.poll();
        for (const act of acts) {
          const other = await perform(act, studio, names);
          studio.clock.offset += 6_000;
          await (other ?? worker).run("poll", studio.account);
          // A worker that started later takes over, or works in between.
          if (other && act.kind === "restart") worker = other;
          const skipping = await sourcesOf(studio);
          await forgetBasis(studio);
          await studio.process(createFuse()).run("poll", studio.account);
          expect(await sourcesOf(studio), JSON.stringify(act)).toEqual(skipping);
        }
      } finally {
        await studio.close();
      }
    }),
    { numRuns: 40 },
  );
}, 120_000);

test("sources are looked at once, and then only when there is a reason", async () => {
  const studio = await createScripted(redis, { resources: ["favorites"] });
  const { store, account } = studio;
  let looks = 0;
  // Whoever looks at which sources there are, looks at all collections.
  const all: typeof store.snapshots.all = (id, source) => {
    looks++;
    return store.snapshots.all(id, source);
  };
  const counting = { ...store, snapshots: { ...store.snapshots, all } };
  const looksOf = async (change: () => unknown) => {
    await change();
    // The change, then what the listing brings.
    for (let slice = 0; slice < 2; slice++) {
      studio.clock.offset += 6_000;
      await studio.machine.run("poll", account, { store: counting });
    }
    const counted = looks;
    looks = 0;
    return counted;
  };
  try {
    const names = new Map([
      ["1", "A"],
      ["2", "B"],
    ]);
    studio.answer("collections", listed(names));
    expect(await looksOf(() => undefined)).toBeGreaterThan(0);
    expect(await looksOf(() => undefined)).toBe(0);
    expect(await looksOf(() => studio.answer("collections", listed(names.set("3", "C"))))).toBe(1);
    expect(await looksOf(() => studio.subscribe({ events: ["favorite.added"] }))).toBe(0);
    expect(await looksOf(() => studio.subscribe({ events: ["download.*"] }))).toBe(1);
    expect(await looksOf(() => store.accounts.update(account, (now) => ({ ...now, name: "Other" })))).toBe(0);
    expect(
      await looksOf(() => store.accounts.update(account, (now) => ({ ...now, collections: ["1"] }))),
    ).toBe(1);
  } finally {
    await studio.close();
  }
});

test("whoever waits for a poll gets an answer although nothing has changed", async () => {
  const studio = await createScripted(redis);
  const { machine, account, store } = studio;
  try {
    for (let i = 0; i < 3; i++) await studio.poll();
    const asked = await machine.accounts.requestPoll(account);
    if (asked?.kind !== "queued") throw new Error("not queued");
    // Cut off after the listing was polled, before it was noted that it was looked at.
    const commit: typeof store.sources.commit = async (step) => {
      const outcome = await store.sources.commit(step);
      if (step.source.resource === "collections") throw new Killed();
      return outcome;
    };
    const dying = machine.run("poll", account, {
      store: { ...store, sources: { ...store.sources, commit } },
    });
    await expect(dying).rejects.toThrow(Killed);
    await machine.run("poll", account);
    const report = await machine.accounts.waitForPoll(account, asked.ticket, AbortSignal.timeout(2_000));
    expect(report).toMatchObject({ kind: "done", polled: 2 });
  } finally {
    await studio.close();
  }
});

test("sources are as wanted when a look was cut off anywhere and then what was wanted before is wanted again", async () => {
  const studio = await createScripted(redis, { resources: ["favorites"] });
  const { store, account, machine } = studio;
  const client = new Redis(redis.socketPath, { protocol: 2 });
  const want = (resources: ("favorites" | "downloads")[]) =>
    store.accounts.update(account, (now) => ({ ...now, resources }));
  try {
    studio.answer("collections", listed(new Map([["1", "A"]])));
    for (let i = 0; i < 3; i++) await studio.poll();
    const before = (await sourcesOf(studio)).map(({ id }) => id);
    for (let diesAt = 1, killed = true; killed; diesAt++) {
      await want(["downloads"]);
      studio.clock.offset += 6_000;
      killed = await studio
        .process(createFuse(diesAt))
        .run("poll", account)
        .then(
          () => false,
          (error) => error instanceof Killed,
        );
      // The turn of whoever died in the middle of a request ends by itself; nobody waits for that here.
      await client.del(keys.turn(account));
      await want(["favorites"]);
      await machine.run("poll", account);
      expect(
        (await sourcesOf(studio)).map(({ id }) => id),
        `step ${diesAt}`,
      ).toEqual(before);
    }
  } finally {
    client.disconnect();
    await studio.close();
  }
});
