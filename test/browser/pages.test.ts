import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectAccessible } from "./support/accessible.js";
import { expectFits } from "./support/fits.js";
import { type Found, furnish } from "./support/furnish.js";
import { press } from "./support/press.js";
import type { Failures } from "./support/recorder.js";
import { useWorld } from "./support/use-world.js";
import type { Width, World } from "./support/world.js";

/** A page to look at. */
interface Stop {
  readonly name: string;
  readonly path: string | ((found: Found) => string);
  readonly signedIn?: false;
  /** By path: statuses that belong to this page. */
  readonly failures?: Failures;
  /** What is done on it before it is looked at. */
  readonly act?: (page: Page) => Promise<unknown>;
}

const widths: Width[] = ["desktop", "phone"];

const openAll = (page: Page) =>
  page.locator("details:not([open]) > summary").evaluateAll((all) => {
    for (const summary of all) summary.parentElement?.setAttribute("open", "");
  });

/** A new page of the dashboard is a line here. */
const stops: Stop[] = [
  { name: "home", path: "/" },
  { name: "events", path: "/events" },
  { name: "events that are filtered", path: ({ account }) => `/events?account=${account}&type=favorite.*` },
  { name: "no events", path: "/events?client=nobody@example.com" },
  { name: "one event", path: ({ event }) => `/events/${event}`, act: openAll },
  { name: "subscriptions", path: "/subscriptions" },
  { name: "a new subscription", path: "/subscriptions/new", act: openAll },
  {
    name: "a new subscription with mistakes",
    path: "/subscriptions/new",
    failures: { "/subscriptions": 422 },
    act: (page) => press(page, "Subscribe"),
  },
  { name: "a webhook", path: ({ subscription }) => `/subscriptions/${subscription}`, act: openAll },
  { name: "a webhook that fails", path: ({ failing }) => `/subscriptions/${failing}`, act: openAll },
  { name: "a Slack channel", path: ({ slack }) => `/subscriptions/${slack}` },
  { name: "an email subscription", path: ({ email }) => `/subscriptions/${email}` },
  { name: "the question before deleting", path: ({ email }) => `/subscriptions/${email}/delete` },
  { name: "an account", path: ({ account }) => `/accounts/${account}`, act: openAll },
  { name: "another account", path: "/accounts/new", act: openAll },
  { name: "the way out of mails", path: ({ unsubscribe }) => unsubscribe, signedIn: false },
  { name: "nothing there", path: "/no-such-page", failures: { "/no-such-page": 404 } },
  { name: "signing in", path: "/sign-in", signedIn: false },
  {
    name: "signing in with a wrong token",
    path: "/sign-in",
    signedIn: false,
    failures: { "/sign-in": 401 },
    act: async (page) => {
      await page.getByLabel("API token").fill("not-the-token");
      await press(page, "Sign in");
    },
  },
];

/** Both colour schemes of a page that is open once. */
async function lookAt(page: Page, { path, act }: { path: string; act: Stop["act"] }): Promise<void> {
  await page.goto(path);
  await act?.(page);
  expect.soft(await page.locator("h1").count(), "one main heading").toBe(1);
  await expectFits(page);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
  }
}

describe("before anything is connected", () => {
  let world: World;
  useWorld((begun) => {
    world = begun;
  });
  test.each(widths)("the first visit, on a %s", async (width) => {
    await lookAt(await world.open({ width }), { path: "/", act: openAll });
  });
});

describe("in a service with one of everything", () => {
  let world: World;
  let found: Found;
  useWorld(async (begun) => {
    world = begun;
    found = await furnish(begun);
  });
  describe.each(widths)("on a %s", (width) => {
    test.each(stops)("$name", async ({ path, signedIn = true, failures = {}, act }) => {
      const page = await world.open({ width, signedIn, failures });
      await lookAt(page, { path: typeof path === "string" ? path : path(found), act });
    });
  });

  // Very long, and the same in every service.
  test("the reference of the API, on a phone", async () => {
    await lookAt(await world.open({ width: "phone" }), { path: "/docs", act: undefined });
  }, 180_000);
});
