import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Json } from "../support/service.js";
import { idsAt, subscribeHook } from "./support/journey.js";
import {
  expectSession,
  openLedger,
  patience,
  readAll,
  readingByBrowser,
  useCompanionWorld,
} from "./support/journey-companion.js";
import type { CompanionWorld } from "./support/world-companion.js";

let world: CompanionWorld;
useCompanionWorld((begun) => {
  world = begun;
});

test("where every server is challenged the browser reads: a favourite is told once, within the same budget", async () => {
  const { simulator, simulation } = world;
  const account = await world.connect();
  const person = await world.open();
  await person.signIn();
  await person.pair(account);
  await expectSession(world, account, "active");
  await readAll(world, account);
  const path = "/read-by-the-browser";
  await subscribeHook(world, path, { account });
  const ledger = openLedger(world, account);
  simulator.set({ challenged: "servers" });
  await expectSession(world, account, "challenged");

  await person.letBrowserRead(account);
  const before = simulator.requests.entries.length;
  await person.pass(1);
  await expectSession(world, account, "active");
  simulator.addFavorites({ count: 2 });
  await ledger.expectTold(["session.challenged", "session.restored"]);
  await expect.poll(() => idsAt(world, path).length, { timeout: patience }).toBe(2);
  expect(new Set(idsAt(world, path)).size).toBe(2);

  const since = simulator.requests.entries.slice(before);
  expect(since.length).toBeGreaterThan(5);
  expect(since.filter(({ fromBrowser }) => !fromBrowser)).toEqual([]);
  expect(Math.max(...since.map(({ concurrent }) => concurrent))).toBe(1);
  // 1,200 a minute are one in 50 ms; they do not arrive with exactly the spacing that they left with.
  const starts = since.map(({ at }) => Date.parse(at));
  expect(Math.min(...starts.slice(1).map((at, index) => at - (starts[index] ?? 0)))).toBeGreaterThan(20);
  const seconds = ((starts.at(-1) ?? 0) - (starts[0] ?? 0)) / 1_000;
  expect(starts.length).toBeLessThanOrEqual(seconds * 20 + 1);
  expect(simulation.webhooks.received.filter(({ verdict }) => verdict === "invalid")).toEqual([]);
});

test("a list of 64 MiB is the trouble of that list alone", async () => {
  const { simulator } = world;
  const { account, ledger } = await readingByBrowser(world);
  const [big = 0, other = 0] = simulator.studio.collections.keys();
  simulator.setFault({ kind: "huge", path: `/collections/${big}/favorites` });
  const sources = async () => (await world.api("GET", `/v1/accounts/${account}/sources`)).data;
  const ofBig = async () =>
    (await sources()).find(
      ({ resource, collection }: Json) => resource === "favorites" && collection?.id === String(big),
    );
  await expect
    .poll(async () => (await ofBig())?.reason ?? "", { timeout: patience })
    .toMatch(/over \d+ bytes/);
  simulator.addFavorites({ collection: other, count: 2 });
  simulator.addFavorites({ collection: big, count: 2 });
  await expect.poll(async () => (await ledger.changes()).length, { timeout: patience }).toBe(2);
  expect((await sources()).filter(({ failures }: Json) => failures > 0)).toEqual([await ofBig()]);
  expect((await world.api("GET", `/v1/accounts/${account}`)).session.status).toBe("active");

  simulator.clearFaults();
  await readAll(world, account);
  await ledger.expectTold();
});

test("a challenge in the browser stops the reading until the person has passed it there", async () => {
  const { simulator } = world;
  const { account, person, ledger } = await readingByBrowser(world);
  simulator.set({ challenged: "everybody" });
  await expectSession(world, account, "challenged");
  await person.pass(1);
  await expect.poll(person.badge, { timeout: patience }).toBe("!");
  simulator.addFavorites({ count: 2 });
  await sleep(2_000);
  // The list that met it, and the one question whether somebody is signed in.
  const met = simulator.requests.entries.filter(({ status }) => status === 403);
  expect(met.length).toBeLessThanOrEqual(2);
  expect(simulator.requests.entries.at(-1)).toBe(met.at(-1));
  expect((await ledger.own()).map(({ type }) => type)).toEqual(["session.challenged"]);

  await person.passChallenge();
  await expectSession(world, account, "active");
  await ledger.expectTold(["session.challenged", "session.restored"]);
  await expect.poll(person.badge, { timeout: patience }).toBe("");
});
