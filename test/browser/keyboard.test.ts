import { expect, test } from "vitest";
import { expectAccessible } from "./support/accessible.js";
import { tabTo } from "./support/focus.js";
import { useWorld } from "./support/use-world.js";
import type { World } from "./support/world.js";

let world: World;
useWorld(async (begun) => {
  world = begun;
  await world.connect();
});

test("the first Tab offers to skip what every page begins with", async () => {
  const page = await world.open();
  await page.goto("/");
  await tabTo(page, /./);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("Skip to content");
  await page.keyboard.press("Enter");
  await page.waitForURL(/#main$/);
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.closest("main") !== null)).toBe(true);
});

test("every stop on the way through the home page can be seen", async () => {
  const page = await world.open();
  await page.goto("/");
  await tabTo(page, "Add a subscription");
});

test("signs in by keyboard, and goes on where it was to go", async () => {
  const page = await world.open({ signedIn: false });
  await page.goto("/events");
  // A busy browser puts the caret into the field a moment after the page is there.
  await page.waitForFunction(() => document.activeElement?.id === "token");
  await page.keyboard.type(world.service.token);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/events");
});

test("makes a subscription by keyboard", async () => {
  const page = await world.open();
  await page.goto("/subscriptions/new");
  await tabTo(page, /^Webhook /);
  await page.keyboard.press("Space");
  await tabTo(page, "Webhook URL");
  await page.keyboard.type(`${world.simulation.webhooks.url}/by-keyboard`);
  await tabTo(page, /^Everything/);
  await page.keyboard.press("Space");
  await tabTo(page, "Subscribe");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: /is on$/ }).waitFor();
  await expectAccessible(page);
  const { data } = await world.api("GET", "/v1/subscriptions");
  expect(data).toMatchObject([{ events: ["*"], channel: { url: expect.stringMatching(/by-keyboard$/) } }]);
});
