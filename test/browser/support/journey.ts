import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Json } from "../../support/service.js";
import { expectAccessible } from "./accessible.js";
import { expectFits } from "./fits.js";
import type { View, World } from "./world.js";

/** How a journey is made: on a bright desktop, and on a phone at night. */
export const views = [
  { scheme: "light", width: "desktop" },
  { scheme: "dark", width: "phone" },
] as const satisfies readonly View[];

/** How long something may take on a busy machine, in milliseconds. */
export const patience = 30_000;

type Delivers = Pick<World, "simulation" | "api">;

/** A webhook that gets favorites, on a path of its own, with its secret known to the catcher. */
export async function subscribeHook(world: Delivers, path: string, more: Json = {}): Promise<string> {
  const { webhooks } = world.simulation;
  const subscription = await world.api("POST", "/v1/subscriptions", {
    description: `Program at ${path}`,
    events: ["favorite.*"],
    channel: { type: "webhook", url: `${webhooks.url}${path}` },
    ...more,
  });
  webhooks.setSecret(subscription.secret, path);
  return subscription.id;
}

/** What a webhook got so far, oldest first: the ids of the messages. */
export function idsAt(world: Delivers, path: string): string[] {
  const { received } = world.simulation.webhooks;
  return received.filter((caught) => caught.path === path).map(({ headers }) => headers["webhook-id"] ?? "");
}

/** Where a journey ends: for everybody to read, and within the page. */
export async function expectGoodEnd(page: Page): Promise<void> {
  await expectAccessible(page);
  await expectFits(page);
}

/** The sentence that says what came of a form. */
export async function expectTold(page: Page, words: RegExp): Promise<void> {
  expect(await page.getByRole("status").first().textContent()).toMatch(words);
}
