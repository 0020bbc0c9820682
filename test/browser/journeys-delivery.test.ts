import { describe, expect, test } from "vitest";
import { expectGoodEnd, expectTold, idsAt, patience, subscribeHook, views } from "./support/journey.js";
import { press } from "./support/press.js";
import { useWorld } from "./support/use-world.js";
import type { World } from "./support/world.js";

let world: World;
let account: string;
useWorld(async (begun) => {
  world = begun;
  account = await world.connect();
});

/** A client marks a photo, and it is found. Its name. */
async function favorite(): Promise<string> {
  const { favorites } = world.simulation.simulator.addFavorites({ client: "jane@example.com" });
  await world.poll(account);
  return favorites[0]?.photo.name ?? "no photo";
}

describe.each(views)("in $scheme at the width of a $width", (view) => {
  const name = (what: string) => `/${what}-${view.width}`;

  test("sends what failed again from the page, and both attempts stand there", async () => {
    const { webhooks } = world.simulation;
    const path = name("fails");
    const subscription = await subscribeHook(world, path, { retry: { delays: [] } });
    webhooks.answer({ status: 500, body: "no database today", path });
    const photo = await favorite();
    await webhooks.waitFor((caught) => caught.path === path, patience);

    const page = await world.open(view);
    await page.goto(`/subscriptions/${subscription}`);
    const row = page.locator("#delivery-list li").filter({ hasText: photo });
    await row.getByText("Failed", { exact: true }).waitFor();
    await row.locator("summary").click();
    await row.getByText("no database today").waitFor();
    await press(page, "Send now");
    await expectTold(page, /^It is sent again now\./);

    // The list learns of it by itself.
    await row.getByText("Delivered", { exact: true }).waitFor({ timeout: patience });
    await row.locator("summary").click();
    await row.getByRole("link", { name: "All about this delivery" }).click();
    await page.waitForURL("**/deliveries/*");
    const attempts = await page.locator("ol.attempts > li").allTextContents();
    expect(attempts).toEqual([expect.stringContaining("500"), expect.stringContaining("204")]);
    const [first, second, ...more] = idsAt(world, path);
    expect([second, more]).toEqual([first, []]);
    await expectGoodEnd(page);
  });

  test("changes the secret, which is shown once and signs from then on", async () => {
    const { webhooks } = world.simulation;
    const path = name("rotates");
    const subscription = await subscribeHook(world, path);
    const page = await world.open(view);
    await page.goto(`/subscriptions/${subscription}`);
    await page.getByRole("link", { name: "Change the signing secret" }).click();
    await page.getByRole("radio", { name: /^Not at all/ }).check();
    await press(page, "Change it");
    const secret = (await page.locator("#secret").textContent()) ?? "";
    expect(secret).toMatch(/^whsec_/);
    await expectGoodEnd(page);

    webhooks.setSecret(secret, path);
    await favorite();
    const caught = await webhooks.waitFor((one) => one.path === path, patience);
    expect(caught.verdict).toBe("valid");

    await page.reload();
    expect(new URL(page.url()).pathname).toBe(`/subscriptions/${subscription}`);
    expect(await page.content()).not.toContain(secret);
  });

  test("sends everything of the last 24 hours again, until the progress ends", async () => {
    const { webhooks } = world.simulation;
    const path = name("replays");
    const subscription = await subscribeHook(world, path);
    await favorite();
    const { headers } = await webhooks.waitFor((one) => one.path === path, patience);
    const id = headers["webhook-id"] ?? "";
    const times = () => idsAt(world, path).filter((each) => each === id).length;
    expect(times()).toBe(1);

    const page = await world.open(view);
    await page.goto(`/subscriptions/${subscription}`);
    await page.getByText("Send past events again").click();
    await page.getByRole("radio", { name: /^Everything/ }).check();
    await page.getByLabel("From when").selectOption({ label: "The last 24 hours" });
    await press(page, "Send again");
    await expectTold(page, /again now\.$/);
    const again = page.locator("#send-again");
    await again.getByText(/^Sent again .*: Everything since /).waitFor({ timeout: patience });
    expect(await again.locator("progress").count()).toBe(0);
    await expect.poll(times, { timeout: patience }).toBe(2);
    expect(webhooks.received.filter((one) => one.path === path && one.verdict !== "valid")).toEqual([]);
    await expectGoodEnd(page);
  });
});
