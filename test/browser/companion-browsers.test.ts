import { expect, test } from "vitest";
import type { Json } from "../support/service.js";
import {
  expectBrowser,
  expectSession,
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

test("a browser that is closed in the middle of an answer loses nothing: the account waits, and goes on with it", async () => {
  const { simulator } = world;
  const { account, person, ledger } = await readingByBrowser(world);
  simulator.setFault({ kind: "timeout", path: "favorites" });
  await expect
    .poll(() => simulator.requests.entries.some(({ fault }) => fault === "timeout"), { timeout: patience })
    .toBe(true);
  const profile = await person.quit();
  simulator.clearFaults();
  simulator.addFavorites({ count: 3 });
  await expectBrowser(world, account, "away", 60_000);
  const visitor = await world.open();
  const page = await visitor.dashboard(`/accounts/${account}`);
  await page
    .getByText(/^Waiting for the browser/)
    .first()
    .waitFor();
  expect(await ledger.changes()).toEqual([]);

  await world.open({ profile });
  await expectBrowser(world, account, "connected");
  // The page that it took before is waited for as long as one may take.
  await ledger.expectTold([], 60_000);
  await page.reload();
  await page
    .getByText(/^Signed in as/)
    .first()
    .waitFor();
}, 120_000);

test("two browsers of one person read without a double, and one goes on when the other is closed", async () => {
  const { simulator } = world;
  const { account, person, ledger } = await readingByBrowser(world);
  const second = await world.open();
  await second.signIn();
  await second.pair(account);
  for (let time = 0; time < 3; time++) {
    simulator.addFavorites({ count: 2 });
    await readAll(world, account);
  }
  await ledger.expectTold();
  expect(Math.max(...simulator.requests.entries.map(({ concurrent }) => concurrent))).toBe(1);
  const [reader] = simulator.requests.entries.slice(-1);
  // The one that reads: the other has been there all the time, and has not read.
  await person.quit();
  simulator.addFavorites({ count: 2 });
  await ledger.expectTold([], 60_000);
  expect(simulator.requests.entries.at(-1)?.session).not.toBe(reader?.session);
}, 120_000);

test("nothing of somebody else's lists is told, whoever signs in, and the account says whose session it needs", async () => {
  const { simulator } = world;
  const { account, person, ledger } = await readingByBrowser(world);
  const other = await world.open();
  await other.signIn(simulator.stranger.credentials);
  await other.pair(account);
  simulator.stranger.addFavorites({ count: 2 });
  simulator.addFavorites({ count: 2 });
  await other.quit();

  // Straight over the form, as no page of Pixieset stands in the way: nobody was signed out in between.
  await person.signIn(simulator.stranger.credentials);
  const { session } = await expectSession(world, account, "expired");
  expect(session.user.email).toBe(simulator.credentials.email);
  expect(session.reason).toContain(simulator.stranger.credentials.email);
  simulator.stranger.addFavorites({ count: 2 });
  simulator.addFavorites({ count: 2 });
  await person.signOut();
  await person.signIn();
  await expectSession(world, account, "active");
  await expect.poll(async () => (await ledger.changes()).length, { timeout: patience }).toBe(4);
  const own = (await ledger.own()).map(({ type }: Json) => type);
  await ledger.expectTold(own);
  expect(new Set(own)).toEqual(new Set(["session.expired", "session.restored"]));
}, 120_000);
