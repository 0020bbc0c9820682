import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectGoodEnd, patience, subscribeHook, views } from "./support/journey.js";
import { useWorld } from "./support/use-world.js";
import type { World } from "./support/world.js";

let world: World;
let account: string;
useWorld(async (begun) => {
  world = begun;
  account = await world.connect();
});

async function openLive(page: Page): Promise<void> {
  await page.goto("/events");
  await page.getByRole("button", { name: "Live", exact: true }).waitFor();
  await page.evaluate(() => document.body.setAttribute("data-same-page", ""));
}

const isSamePage = async (page: Page) => (await page.locator("body[data-same-page]").count()) === 1;
const rowsOn = (page: Page) =>
  page.locator("[data-events] > li").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-event")));

describe.each(views)("in $scheme at the width of a $width", (view) => {
  test("a favorite appears on the list of events by itself, and can be opened", async () => {
    const page = await world.open(view);
    await openLive(page);
    const { client, favorites } = world.simulation.simulator.addFavorites({ client: "jane@example.com" });
    const photo = favorites[0]?.photo.name ?? "no photo";
    await world.poll(account);
    const row = page
      .getByRole("listitem")
      .filter({ hasText: client.name ?? client.email ?? "no client" })
      .filter({ hasText: photo });
    await row.waitFor({ timeout: patience });
    expect(await isSamePage(page)).toBe(true);
    await row.getByRole("link").click();
    await page.waitForURL("**/events/evt_*");
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toContain(photo);
    await expectGoodEnd(page);
  });
});

describe.each(views)("at fifty events a second, in $scheme at the width of a $width", (view) => {
  test("the list keeps up, and ends with exactly the newest events", async () => {
    const subscription = await subscribeHook(world, `/many-${view.width}`);
    const page = await world.open(view);
    await openLive(page);
    const most = Number(await page.locator("[data-events]").getAttribute("data-most"));

    const begun = performance.now();
    const sent: string[] = [];
    // Ten every fifth of a second, for three seconds: a pace, and no wait for anything.
    for (let batch = 0; batch < 15; batch += 1) {
      await sleep(Math.max(0, begun + batch * 200 - performance.now()));
      const wanted = { subscriptions: [subscription], count: 10 };
      sent.push(...(await world.api("POST", "/v1/event-types/favorite.added/trigger", wanted)).events);
    }
    const took = performance.now() - begun;
    const newest = sent.slice(-most).reverse();
    await expect.poll(() => rowsOn(page), { timeout: patience, interval: 20 }).toEqual(newest);
    const lag = performance.now() - begun - took;
    expect(sent).toHaveLength(150);
    expect(newest).toHaveLength(most);
    expect(lag).toBeLessThan(5_000);
    expect(await isSamePage(page)).toBe(true);
    await expectGoodEnd(page);
  });
});
