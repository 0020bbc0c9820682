import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config.js";
import { createContext } from "../../src/context.js";
import { thawEvent } from "../../src/domain/event.js";
import { createEventService } from "../../src/operations/events.js";
import type { DeliverParts } from "../../src/pipeline/attempt.js";
import { sweep } from "../../src/pipeline/clock.js";
import { account as keys, queuePrefix } from "../../src/store/keys.js";
import { startWorkers } from "../../workers/index.js";
import { type Scripted, scan } from "../support/scripted.js";
import { useScripted } from "../support/use-scripted.js";

let studio: Scripted;
let url: string;
useScripted((opened, redis) => {
  studio = opened;
  url = redis.url;
});

const never = new AbortController().signal;
const stop = { draining: never, abort: never };

test("with a short retention everything goes that is older, and nothing that is not", async () => {
  const { machine, store, client, account } = studio;
  const [sends, holds] = [await studio.subscribe(), await studio.subscribe({ paused: true })];
  const work = async (names: readonly string[]) => {
    const made = await studio.state(names);
    await machine.run("fan-out", account);
    await machine.run("deliver", sends.id, { send: async () => ({ kind: "delivered" }) });
    return made.map(({ id }) => id);
  };
  const hold = (id: string) =>
    client.hset(
      keys.holds(account),
      id,
      JSON.stringify({ id, account, createdAt: new Date().toISOString() }),
    );
  await hold("hold_old");
  const old = await work(["1", "2"]);
  await sleep(700);
  const fresh = await work(["3"]);
  await hold("hold_fresh");

  await sweep({ ...machine.parts, retentionMs: 500 }, stop);
  expect(await store.events.getMany([...old, ...fresh])).toEqual([null, null, expect.anything()]);
  expect((await store.log.after("0", 100)).map(({ event }) => event)).toEqual(fresh);
  const query = { account: null, types: [], collection: null, client: null, since: null, until: null };
  const page = { order: "asc", limit: 200, after: null, matched: null } as const;
  expect((await createEventService(store).list({ ...query, ...page })).data).toHaveLength(1);
  for (const { id } of [sends, holds]) {
    const kept = await store.mailboxes.list(id, { limit: 100, after: null, status: null });
    expect(kept.data.map(({ events }) => events)).toEqual([fresh]);
  }
  expect((await store.holds.list(account)).map(({ id }) => id)).toEqual(["hold_fresh"]);
});

test("with a short retention nothing goes that is still to be sent", async () => {
  const { machine, store, account } = studio;
  const digest = await studio.subscribe({ digest: { quiet: "30s", max: "30s" } });
  const old = await studio.state(["1"]);
  await machine.run("fan-out", account);
  await sleep(700);
  const fresh = await studio.state(["2"]);
  await machine.run("fan-out", account);
  const ids = [...old, ...fresh].map(({ id }) => id);
  const swept = { ...machine.parts, retentionMs: 500 };
  await sweep(swept, stop);
  // Not what this process happens to remember: another one sends.
  expect(await store.events.getMany(ids)).toEqual([expect.anything(), expect.anything()]);
  studio.clock.offset += 60_000;
  const sent: string[] = [];
  const send: DeliverParts["send"] = async ({ events }) => {
    sent.push(...events.map(({ id }) => id));
    return { kind: "delivered" };
  };
  await machine.run("deliver", digest.id, { send });
  expect(sent).toEqual(ids);
  await sweep(swept, stop);
  expect(await store.events.getMany(ids), "once it was sent").toEqual([null, null]);
});

test("a process sweeps as often as its retention asks for", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "pixiehook-retention-"));
  const settings = (retention: string) =>
    readConfig({
      REDIS_URL: url,
      PIXIEHOOK_SECRET_KEY: Buffer.alloc(32, 7).toString("base64"),
      PIXIEHOOK_DATA_DIR: dataDir,
      PIXIEHOOK_RETENTION: retention,
      LOG_LEVEL: "silent",
    });
  const every = async (retention: string) => {
    const context = await createContext(settings(retention));
    try {
      expect(context.parts.retentionMs).toBe(context.config.retentionMs);
      await startWorkers(context, ["clock"]);
      return await studio.client.hget(`${queuePrefix}:sweep:repeat:sweep`, "every");
    } finally {
      await context.close(1_000);
    }
  };
  expect([await every("1m"), await every("30d")]).toEqual(["5000", "3600000"]);
  await rm(dataDir, { recursive: true });
});

/** Six collections are watched, of which the sixth is then deleted. Answers what lets some rounds of polls pass. */
async function loseTheSixth(): Promise<(count: number) => Promise<void>> {
  const { store, account } = studio;
  const rounds = async (count: number) => {
    for (let i = 0; i < count; i++) await studio.poll(1_200_000);
  };
  await store.accounts.update(account, (now) => ({ ...now, resources: ["collections", "favorites"] }));
  studio.answer("collections", scan(["1", "2", "3", "4", "5", "6"]));
  await rounds(3);
  studio.answer("collections", scan(["1", "2", "3", "4", "5"]));
  await rounds(4);
  return rounds;
}

test("the lists of a collection that is gone are given up in time, and begin silently should it come back", async () => {
  const { store, account, clock } = studio;
  const rounds = await loseTheSixth();
  const lists = async () =>
    (await store.sources.list(account)).flatMap(({ scope }) => (scope ? [scope.id] : [])).sort();
  expect(await lists(), "for a while").toContain("6");
  clock.offset += 61 * 86_400_000;
  await rounds(2);
  expect(await lists()).toEqual(["1", "2", "3", "4", "5"]);
  studio.answer("collections", scan(["1", "2", "3", "4", "5", "6"]));
  // Of all lists of favorites; those of before are empty in the first place.
  studio.answer("favorites" as "invoices", scan(["a", "b"]));
  await rounds(3);
  expect(await lists()).toContain("6");
  const told = await store.events.after(account, "0", 1_000);
  const of = told
    .filter(({ type }) => type === "favorite.added")
    .map(({ body }) => thawEvent(body).data.collection);
  expect(of.length).toBeGreaterThan(0);
  expect(of.map((collection) => collection?.id)).not.toContain("6");
});

test("the lists of a collection that came back while nobody could look are not given up: what happened is told", async () => {
  const { store, account, clock } = studio;
  const rounds = await loseTheSixth();
  // Switched off for two months, in which it came back and got a favorite.
  clock.offset += 61 * 86_400_000;
  studio.answer("collections", scan(["1", "2", "3", "4", "5", "6"]));
  studio.answer("favorites" as "invoices", scan(["a"]));
  await rounds(3);
  const told = (await store.events.after(account, "0", 1_000)).filter(
    ({ type }) => type === "favorite.added",
  );
  expect(told.map(({ body }) => thawEvent(body).data.collection?.id)).toContain("6");
});
