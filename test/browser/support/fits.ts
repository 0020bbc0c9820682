import type { Page } from "playwright-core";
import { expect } from "vitest";
import { misfits } from "./misfits.js";

/** What scrolls sideways, is cut off, or is too small to touch, a line each. */
export function misfitsOn(page: Page): Promise<string[]> {
  const width = page.viewportSize()?.width ?? 0;
  // A finger needs that much; a mouse hits whatever axe-core lets pass.
  return page.evaluate(misfits, { width, smallest: width < 600 ? 24 : 1 });
}

/** Fails when the page scrolls sideways, when something to touch is too small, or when text is cut off. */
export async function expectFits(page: Page): Promise<void> {
  const { width } = page.viewportSize() ?? {};
  expect.soft(await misfitsOn(page), `${page.url()} at ${width} pixels`).toEqual([]);
}
