import { expect, test } from "vitest";
import { violationsOn } from "./support/accessible.js";
import { misfitsOn } from "./support/fits.js";
import { useWorld } from "./support/use-world.js";
import type { World } from "./support/world.js";

let world: World;
useWorld((begun) => {
  world = begun;
});

test("what a page does wrong is found out", async () => {
  const { webhooks } = world.simulation;
  const page = await world.open({ failures: { "/meant-to-fail": 404, "/never-asked-for": 404 } });
  await page.goto("/meant-to-fail");
  await page.evaluate(async (elsewhere) => {
    // biome-ignore lint/suspicious/noConsole: this is what is looked for
    console.warn("a warning");
    setTimeout(() => {
      throw new Error("a mistake");
    });
    await fetch("/no-such-thing");
    await fetch(elsewhere).catch(() => undefined);
  }, webhooks.url);
  // The policy stops what a page would fetch, not where a link leads.
  webhooks.answer({ status: 200, body: "elsewhere" });
  await page.goto(`${webhooks.url}/elsewhere`);
  const complaints = (await world.leave()).join("\n");
  expect(complaints).toContain("the console has a warning: a warning");
  expect(complaints).toContain("a script failed: a mistake");
  expect(complaints).toContain("GET /no-such-thing was answered with 404");
  expect(complaints).toMatch(/the console has a error: .*violates .*Content Security Policy/);
  expect(complaints).toContain(`a request left the host: GET ${webhooks.url}/elsewhere`);
  expect(complaints).toContain("/never-asked-for was never answered with 404");
  expect(complaints).not.toContain("meant-to-fail");
});

test("what axe-core finds is told with the element and how to mend it", async () => {
  const page = await world.open({ scheme: "dark" });
  await page.goto("/");
  expect(await violationsOn(page)).toEqual([]);
  await page.evaluate(() => {
    document.querySelector("h1")?.style.setProperty("color", "#444");
    document.documentElement.removeAttribute("lang");
  });
  const violations = (await violationsOn(page)).join("\n");
  expect(violations).toMatch(/^color-contrast: .*\n {2}<h1 .*\n {2}Fix any of the following:/m);
  expect(violations).toMatch(/^html-has-lang: .*\n {2}<html>/m);
});

test.each([
  ["<p style='width: 600px'>wide</p>", ["the page is 600 pixels wide"]],
  [
    "<button style='padding: 0; width: 20px; height: 30px'>x</button>",
    ['too small, 20×30: <button style="padding: 0; width: 20px; height: 30px"> “x”'],
  ],
  ["<p>Read <a href='/'>this</a> first.</p>", []],
  ["<p><a href='/'>this</a></p>", [expect.stringMatching(/^too small, .*: <a href="\/"> “this”$/)]],
  ["<label><input type='checkbox'> a label that is large enough to be hit, by and large</label>", []],
  [
    "<div style='width: 90px; border: 1px solid'>Donaudampfschifffahrt</div>",
    [expect.stringMatching(/^text leaves its box by \d+ pixels: <div .*Donau/)],
  ],
  [
    "<div style='width: 90px; overflow: hidden'><b>Donaudampfschifffahrt</b></div>",
    [expect.stringMatching(/^text leaves its box by \d+ pixels: <b> /)],
  ],
  ["<div style='width: 90px; overflow: auto; border: 1px solid'>Donaudampfschifffahrt</div>", []],
])("on a phone, %s: %o", async (body, expected) => {
  const page = await world.open({ width: "phone" });
  const style = "body { margin: 0; line-height: 1.6 } p { margin: 0 } label { display: block }";
  await page.setContent(`<meta name="viewport" content="width=device-width"><style>${style}</style>${body}`);
  expect(await misfitsOn(page)).toEqual(expected);
});
