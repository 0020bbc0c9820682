import { expect, test } from "vitest";
import {
  expectSession,
  openLedger,
  patience,
  readAll,
  useCompanionWorld,
} from "./support/journey-companion.js";
import type { CompanionWorld } from "./support/world-companion.js";

let world: CompanionWorld;
useCompanionWorld((begun) => {
  world = begun;
});

test("signed in by Pixieset's form and paired, an account is active without a paste", async () => {
  const account = await world.connect();
  const person = await world.open();
  await person.signIn();
  await person.pair(account);

  const { session, browser } = await expectSession(world, account, "active");
  expect(session.user).toMatchObject({ email: world.simulator.credentials.email });
  expect(browser).toMatchObject({ status: "connected", lastHeardAt: expect.any(String) });
  await expect.poll(person.badge).toBe("");
  expect(await person.popup()).toContain("Smith Studio");
  const page = await person.dashboard(`/accounts/${account}`);
  await page
    .getByText(/^Signed in as smithstudio/)
    .first()
    .waitFor();
  const listed = page.locator("#browsers li");
  expect(await listed.allTextContents()).toEqual([expect.stringMatching(/Chromium on .*Connected/)]);

  await readAll(world, account);
  const ledger = openLedger(world, account);
  world.simulator.addFavorites({ count: 2 });
  await ledger.expectTold();
  // What scripts of pages may not read stands in what was handed over: without it no host knows the session.
  expect(
    world.simulator.requests.entries.some(
      ({ path, fromBrowser }) => path.includes("favorites") && fromBrowser,
    ),
  ).toBe(false);
});

test("a session that expired is back after the next sign-in, with no other step, and nothing is lost", async () => {
  const account = await world.connect();
  const person = await world.open();
  await person.signIn();
  await person.pair(account);
  await expectSession(world, account, "active");
  await readAll(world, account);
  const ledger = openLedger(world, account);

  world.simulator.expireSession();
  await expectSession(world, account, "expired");
  world.simulator.addFavorites({ count: 3 });
  await person.pass(1);
  await expect.poll(person.badge, { timeout: patience }).toBe("!");
  const popup = await person.browser.openPage("popup.html");
  expect(await popup.getByRole("link", { name: "Open Pixieset" }).getAttribute("href")).toBe(
    world.simulator.signInUrl,
  );
  await popup.close();

  await person.signIn();
  await expectSession(world, account, "active");
  await ledger.expectTold(["session.expired", "session.restored"]);
  const [, restored] = await ledger.own();
  expect(restored.data.object).toMatchObject({ status: "active", by: "companion" });
  await expect.poll(person.badge, { timeout: patience }).toBe("");
});

test("a browser in which somebody else signs in hands over nothing that is taken, and the account says whose it needs", async () => {
  const { simulator } = world;
  const account = await world.connect();
  const person = await world.open();
  await person.signIn();
  await person.pair(account);
  await expectSession(world, account, "active");
  await readAll(world, account);
  const ledger = openLedger(world, account);

  await person.signOut();
  await expectSession(world, account, "expired");
  await person.signIn(simulator.stranger.credentials);
  await person.pass(1);
  simulator.stranger.addFavorites({ count: 2 });
  simulator.addFavorites({ count: 2 });
  await expect.poll(person.badge, { timeout: patience }).toBe("!");
  await expect.poll(person.popup, { timeout: patience }).toContain("Somebody else is signed in to Pixieset");
  const { session } = await expectSession(world, account, "expired");
  expect(session.user).toMatchObject({ email: simulator.credentials.email });

  await person.signOut();
  await person.signIn();
  await expectSession(world, account, "active");
  await ledger.expectTold(["session.expired", "session.restored"]);
});

test("a pairing that is ended in the dashboard hands nothing over any more, and the companion says so", async () => {
  const account = await world.connect();
  const person = await world.open();
  await person.signIn();
  await person.pair(account);
  await expectSession(world, account, "active");

  const page = await person.dashboard(`/accounts/${account}`);
  await page.getByRole("link", { name: /^End pairing/ }).click();
  await page.getByRole("button", { name: "End the pairing" }).click();
  await page.getByText(/^The pairing with .* is ended/).waitFor();
  await person.pass(1);
  await expect.poll(person.badge, { timeout: patience }).toBe("!");
  expect(await person.popup()).toContain("ended");

  world.simulator.expireSession();
  await expectSession(world, account, "expired");
  await person.signIn();
  await person.pass(1);
  // Nothing that could be waited for comes: as long as a hand-over takes many times over.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect((await world.api("GET", `/v1/accounts/${account}`)).session.status).toBe("expired");
  expect((await world.api("GET", `/v1/accounts/${account}`)).browser).toBeNull();
});
