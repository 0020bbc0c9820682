import { expect, test } from "vitest";
import { expectGoodEnd, patience } from "./support/journey.js";
import { press } from "./support/press.js";
import { useWorld } from "./support/use-world.js";
import type { World } from "./support/world.js";

let world: World;
useWorld((begun) => {
  world = begun;
});

test("connects with a second try, subscribes a webhook, keeps its secret, and sees the test arrive", async () => {
  const { simulator, webhooks } = world.simulation;
  const page = await world.open({ failures: { "/accounts": 422 } });
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/");

  await page.getByLabel("Name", { exact: true }).fill("Smith Studio");
  await page.getByLabel(/^Cookies of/).fill("what somebody copied before");
  await press(page, "Connect");
  const cookies = page.getByLabel(/^Cookies of/);
  const problem = (await cookies.getAttribute("aria-describedby")) ?? "";
  expect(problem).not.toBe("");
  expect(await page.locator(`.field:has(#cookies) #${problem}`).textContent()).toMatch(/cookie/i);
  expect(await cookies.getAttribute("aria-invalid")).toBe("true");
  expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("Smith Studio");
  await expectGoodEnd(page);

  await cookies.fill(simulator.cookies);
  await press(page, "Connect");
  expect(await page.getByRole("status").first().textContent()).toContain("Smith Studio is connected");

  const url = `${webhooks.url}/first-visit`;
  await page.getByRole("radio", { name: /^Webhook/ }).check();
  await page.getByRole("textbox", { name: "Webhook URL", exact: true }).fill(url);
  await page.getByRole("checkbox", { name: /^Everything/ }).check();
  await press(page, "Subscribe");
  await page.getByRole("heading", { level: 1, name: /is on$/ }).waitFor();

  const secret = (await page.locator("#secret").textContent()) ?? "";
  expect(secret).toMatch(/^whsec_/);
  const copy = page.locator("[data-copy=secret]");
  await copy.click();
  await page.locator("[data-copy=secret]", { hasText: "Copied" }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret);

  webhooks.setSecret(secret);
  await page.getByRole("button", { name: "Send a test" }).click();
  await page.getByText(/^The test arrived, in /).waitFor();
  const caught = await webhooks.waitFor(({ path }) => path === "/first-visit", patience);
  expect(caught.verdict).toBe("valid");
  expect(await page.locator("#secret").textContent()).toBe(secret);
  await expectGoodEnd(page);
});
