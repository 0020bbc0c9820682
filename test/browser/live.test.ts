import { expect, test } from "vitest";
import { useWorld } from "./support/use-world.js";
import type { World } from "./support/world.js";

let world: World;
useWorld(async (begun) => {
  world = begun;
  await world.connect();
});

test("a favourite appears on a home page that is open", async () => {
  const page = await world.open();
  await page.goto("/");
  await page.getByText("Live", { exact: true }).waitFor();
  await page.evaluate(() => document.body.setAttribute("data-same-page", ""));
  const { client, favorites } = world.simulation.simulator.addFavorites({ client: "jane@example.com" });
  const row = page.getByRole("listitem").filter({ hasText: client.name ?? client.email ?? "" });
  await row.filter({ hasText: favorites[0]?.photo.name ?? "" }).waitFor();
  expect(await page.locator("body[data-same-page]").count()).toBe(1);
});
