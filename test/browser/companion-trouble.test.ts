import { expect, test } from "vitest";
import { openWithClock } from "./support/clock-companion.js";
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

test("pixiehook that is killed while the browser reads loses nothing: the badge says so, and all goes on by itself", async () => {
  const { simulator } = world;
  const { account, person, ledger } = await readingByBrowser(world);
  simulator.setFault({ kind: "slow", path: "favorites", delayMs: 1_000, count: 1 });
  await expect
    .poll(() => simulator.requests.entries.at(-1)?.fault, { timeout: patience, interval: 50 })
    .toBe("slow");
  await world.kill();
  simulator.addFavorites({ count: 2 });
  await person.pass(1);
  await expect.poll(person.badge, { timeout: patience }).toBe("?");
  await world.start();
  await person.pass(6);
  await expect.poll(person.badge, { timeout: patience }).toBe("");
  await ledger.expectTold();
  expect((await world.api("GET", `/v1/accounts/${account}`)).session.status).toBe("active");
}, 120_000);

test("cookies that change while pixiehook is down are handed over when it is back", async () => {
  const { simulator } = world;
  const account = await world.connect();
  const person = await world.open();
  await person.signIn();
  await person.pair(account);
  await expectSession(world, account, "active");
  await readAll(world, account);
  const ledger = openLedger(world, account);
  await world.kill();
  simulator.addFavorites({ count: 2 });
  await person.signOut();
  await person.signIn();
  await person.pass(1);
  await expect.poll(person.badge, { timeout: patience }).toBe("?");
  await world.start();
  // It has the cookies that were signed out with, and learns so from Pixieset.
  await expectSession(world, account, "expired");
  await person.pass(6);
  await expectSession(world, account, "active");
  await expect.poll(person.badge, { timeout: patience }).toBe("");
  await ledger.expectTold(["session.expired", "session.restored"]);
});

test.each([1, -1])("a browser whose clock is off by %i day does all that others do", async (days) => {
  const { simulator } = world;
  const { person, dispose } = await openWithClock(world, days);
  try {
    const account = await world.connect();
    const worker = await person.browser.worker();
    const off = (await worker.evaluate(() => Date.now())) - Date.now();
    expect(Math.round(off / 3_600_000)).toBe(days * 24);
    await person.signIn();
    await person.pair(account);
    await expectSession(world, account, "active");
    await readAll(world, account);
    const ledger = openLedger(world, account);
    simulator.expireSession();
    await expectSession(world, account, "expired");
    await person.signIn();
    await expectSession(world, account, "active");
    await world.api("PATCH", `/v1/accounts/${account}`, { readBy: "browser" });
    await person.pass(1);
    simulator.addFavorites({ count: 2 });
    await expect.poll(() => simulator.requests.entries.at(-1)?.fromBrowser, { timeout: patience }).toBe(true);
    await ledger.expectTold(["session.expired", "session.restored"]);
    await expect.poll(person.badge, { timeout: patience }).toBe("");
  } finally {
    await dispose();
  }
});
