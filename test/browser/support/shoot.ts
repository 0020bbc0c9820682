import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

const folder = fileURLToPath(new URL("../../../docs/screenshots/", import.meta.url));

/** The same letters on every machine that has these fonts, no caret that blinks, no bars at the side. */
const style = `
  html { scrollbar-width: none }
  *, ::before, ::after { font-family: "Liberation Sans", Arial, sans-serif; caret-color: transparent }
  code, pre, textarea { font-family: "Liberation Mono", monospace }
`;

/** Writes a picture of what is seen of the page to `docs/screenshots/NAME.png`, only with `SCREENSHOTS=1`. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (process.env.SCREENSHOTS !== "1") return;
  // A sheet that is made so is no inline style: the page's policy lets it pass.
  await page.evaluate((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    document.adoptedStyleSheets.push(sheet);
  }, style);
  await page.screenshot({ path: `${folder}${name}.png`, animations: "disabled", caret: "initial" });
}
