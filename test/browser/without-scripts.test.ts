import { expect, test } from "vitest";
import { exchange } from "./support/furnish.js";
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

test("without scripts: pair a browser, let it read, end the pairing", async () => {
  const { id } = await world.api("POST", "/v1/accounts", { name: "Harbour Portraits" });
  const page = await world.open({ scripts: false });
  await page.goto(`/accounts/${id}`);
  await page.getByRole("link", { name: "Pair a browser", exact: true }).click();
  await press(page, "Make a pairing link");
  const link = (await page.locator("#pairing-link").textContent()) ?? "";
  expect(link.startsWith(`${world.service.url}/companion#`)).toBe(true);
  await exchange(world, new URL(link).hash.slice(1), "Firefox on Windows");
  await page.getByRole("link", { name: "Look whether it is paired" }).click();
  await page.getByText("Firefox on Windows is paired").waitFor();

  await page.goto(`/accounts/${id}`);
  await page.getByRole("radio", { name: /^The browser reads/ }).check();
  await press(page, "Keep this choice");
  expect(await page.getByRole("status").textContent()).toContain("The browser reads from now on");
  expect(await page.getByText("Paste fresh cookies").count()).toBe(0);
  await page.getByRole("link", { name: "End pairing with Firefox on Windows" }).click();
  await press(page, "End the pairing");
  expect(await page.getByRole("status").textContent()).toContain("Firefox on Windows is ended");

  await page.goto("/companion#7K2M-9QXD-4HTR");
  expect(await page.getByText("7K2M-9QXD-4HTR").count()).toBe(0);
});
