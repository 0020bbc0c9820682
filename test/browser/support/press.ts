import type { Page } from "playwright-core";

/** Presses the button of a form, and waits for the page that answers. */
export async function press(page: Page, name: string): Promise<void> {
  const button = page.getByRole("button", { name, exact: true });
  await Promise.all([page.waitForEvent("load"), button.click()]);
}
