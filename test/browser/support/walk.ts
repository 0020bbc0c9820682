import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectAccessible } from "./accessible.js";
import { expectFits } from "./fits.js";
import { type Found, furnish } from "./furnish.js";
import { openAll, type Stop, stops } from "./stops.js";
import { useWorld } from "./use-world.js";
import type { Width, World } from "./world.js";

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

/** Looks at every page at this width. A file for each width: they share nothing, so they can run at once. */
export function walk(width: Width): void {
  describe(`before anything is connected, on a ${width}`, () => {
    let world: World;
    useWorld((begun) => {
      world = begun;
    });
    test("the first visit", async () => {
      await lookAt(await world.open({ width }), { path: "/", act: openAll });
    });
    // Very long, and the same in every service.
    test.runIf(width === "phone")(
      "the reference of the API",
      async () => {
        await lookAt(await world.open({ width }), { path: "/docs", act: undefined });
      },
      180_000,
    );
  });

  describe(`in a service with one of everything, on a ${width}`, () => {
    let world: World;
    let found: Found;
    useWorld(async (begun) => {
      world = begun;
      found = await furnish(begun);
    });
    test.each(stops)("$name", async ({ path, signedIn = true, reads, failures = {}, act }) => {
      const page = await world.open({
        width,
        signedIn,
        failures,
        ...(reads && { token: found.reader.token }),
      });
      await lookAt(page, { path: typeof path === "string" ? path : path(found), act });
    });
  });
}
