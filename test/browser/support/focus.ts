import type { Page } from "playwright-core";
import { expect } from "vitest";

/** What has the focus: its name about as a screen reader says it, and whether the eye can tell. */
function focused(page: Page): Promise<{ name: string; isVisible: boolean }> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body)
      return { name: "the end of the page", isVisible: true };
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const isOnScreen = box.right > 0 && box.bottom > 0 && box.top < innerHeight && box.left < innerWidth;
    const isOutlined = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1;
    const label = element instanceof HTMLInputElement ? element.labels?.[0] : undefined;
    // biome-ignore lint/performance/useDomNodeTextContent: there the lines of a label would run into each other
    const name = element.getAttribute("aria-label") ?? (label ?? element).innerText;
    return { name: name.trim().replace(/\s+/g, " ").slice(0, 80), isVisible: isOnScreen && isOutlined };
  });
}

/** Presses Tab until what has the focus is named so; every stop on the way must show that it has the focus. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const stops: string[] = [];
  for (let presses = 0; presses < 100; presses++) {
    await page.keyboard.press("Tab");
    const stop = await focused(page);
    stops.push(stop.name);
    expect(stop.isVisible, `the focus can be seen on “${stop.name}”`).toBe(true);
    if (typeof name === "string" ? stop.name === name : name.test(stop.name)) return;
  }
  throw new Error(`Tab never leads to ${name}, only to: ${stops.join(" | ")}`);
}
