import { expect, test } from "vitest";
import { press } from "./support/press.js";
import { useWorld } from "./support/use-world.js";
import type { World } from "./support/world.js";

let world: World;
useWorld((begun) => {
  world = begun;
});

test("without scripts: sign in, connect, subscribe, send a test", async () => {
  const { simulator, webhooks } = world.simulation;
  const page = await world.open({ scripts: false, signedIn: false });
  await page.goto("/");
  await page.getByLabel("API token").fill(world.service.token);
  await press(page, "Sign in");

  await page.getByLabel("Name").fill("Smith Studio");
  await page.getByLabel("Cookies").fill(simulator.cookies);
  await press(page, "Connect");
  expect(await page.getByRole("status").textContent()).toContain("Smith Studio is connected");

  await page.goto("/subscriptions/new");
  await page.getByRole("radio", { name: /^Webhook/ }).check();
  await page
    .getByRole("textbox", { name: "Webhook URL", exact: true })
    .fill(`${webhooks.url}/without-scripts`);
  await page.getByRole("checkbox", { name: /^Everything/ }).check();
  await press(page, "Subscribe");
  webhooks.setSecret((await page.locator("#secret").textContent()) ?? "");

  const [test] = await Promise.all([
    page.context().waitForEvent("page"),
    page.getByRole("button", { name: "Send a test" }).click(),
  ]);
  await test.getByText(/^The test arrived, in /).waitFor();
  const caught = await webhooks.waitFor(({ path }) => path === "/without-scripts");
  expect(caught.verdict).toBe("valid");
});
