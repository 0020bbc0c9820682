import { describe, expect, test } from "vitest";
import { exchange } from "./support/furnish.js";
import { expectGoodEnd, expectTold, idsAt, patience, subscribeHook, views } from "./support/journey.js";
import { press } from "./support/press.js";
import { useWorld } from "./support/use-world.js";
import type { World } from "./support/world.js";

let world: World;
let account: string;
useWorld(async (begun) => {
  world = begun;
  account = await world.connect({ floodThreshold: 10 });
});

describe.each(views)("in $scheme at the width of a $width", (view) => {
  test("holds a flood back, and lets it go from the page", async () => {
    const { simulator } = world.simulation;
    const path = `/flood-${view.width}`;
    await subscribeHook(world, path);
    const page = await world.open(view);
    const { favorites } = simulator.addFavorites({ client: "sam@example.com", count: 12 });
    expect(favorites).toHaveLength(12);
    await world.poll(account);
    await page.goto("/");
    const concern = page.locator("#verdict li").filter({ hasText: "held back" });
    // What is wrong with accounts is counted now and then; the page learns of it by itself.
    await concern.waitFor({ timeout: patience });
    expect(await concern.textContent()).toMatch(/^12 changes to favorites in /);
    expect(idsAt(world, path)).toEqual([]);
    await concern.getByRole("link", { name: "Look at it" }).click();
    await page.getByRole("heading", { name: "Held back" }).waitFor();
    await expectGoodEnd(page);

    await press(page, "Let them go");
    await expectTold(page, /^Let go and on the way now: 12 changes to favorites/);
    await expect.poll(() => new Set(idsAt(world, path)).size, { timeout: patience }).toBe(12);
    await page.goto("/");
    await page
      .getByRole("heading", { level: 1, name: "Everything is working" })
      .waitFor({ timeout: patience });
    await expectGoodEnd(page);
  });

  test("pairs a browser, and says so by itself", async () => {
    const name = `Chromium on ${view.width}`;
    const page = await world.open(view);
    await page.goto(`/accounts/${account}/companion`);
    await press(page, "Make a pairing link");
    const link = (await page.locator("#pairing-link").textContent()) ?? "";
    await expectGoodEnd(page);
    await exchange(world, new URL(link).hash.slice(1), name);
    await page.getByText(`${name} is paired`).waitFor({ timeout: patience });
    await expectGoodEnd(page);
    // A reload asks for no other link, and shows this one no more.
    await page.reload();
    expect(await page.locator("#pairing-link").count()).toBe(0);

    await page.goto(`/accounts/${account}`);
    await page.locator("#browsers").getByText(name, { exact: true }).waitFor();
    await expectGoodEnd(page);
    await page.getByRole("link", { name: `End pairing with ${name}` }).click();
    await press(page, "End the pairing");
    await expectTold(page, new RegExp(`^The pairing with ${name} is ended`));
  });

  test("tells of a session that ended, and goes on with fresh cookies", async () => {
    const { simulator } = world.simulation;
    const page = await world.open(view);
    await page.goto("/");
    await page
      .getByRole("heading", { level: 1, name: "Everything is working" })
      .waitFor({ timeout: patience });
    simulator.expireSession();
    // The page that is open learns of it by itself.
    await page.getByRole("heading", { level: 1, name: "1 thing needs you" }).waitFor({ timeout: patience });
    const concern = page.locator("#verdict li");
    expect(await concern.textContent()).toContain("Pixieset no longer accepts the session.");
    await expectGoodEnd(page);

    await concern.getByRole("link", { name: "Renew the session" }).click();
    await page.getByLabel(/^Cookies of/).fill(simulator.cookies);
    await press(page, "Try and keep them");
    await expectTold(page, /^Pixieset accepts the session/);
    await page
      .getByText(/^Signed in/)
      .first()
      .waitFor();
    await expectGoodEnd(page);
    await page.goto("/");
    await page
      .getByRole("heading", { level: 1, name: "Everything is working" })
      .waitFor({ timeout: patience });
    await world.poll(account);
  });
});
