import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { linesOfPage } from "../support/log-lines.js";

const root = new URL("../../", import.meta.url).pathname;

/** Every call that writes a line at `info` or above, by the message that ends it. */
function linesOfCode() {
  const files = [...filesUnder("src"), ...filesUnder("workers")];
  return files.flatMap((file) => {
    const text = readFileSync(file, "utf8");
    const call = /\b(?:log|own|get\("log"\))(?:\??\.(info|warn|error|fatal)|\[level\])\(([\s\S]*?)\);\n/g;
    const calls = text.matchAll(call);
    return [...calls].flatMap(([, level = "info", args = ""]) => {
      const message = /"([^"]+)",?\s*$/.exec(args)?.[1];
      return message === undefined ? [] : [{ message, level }];
    });
  });
}

function filesUnder(folder: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return names.filter((name) => /\.tsx?$/.test(name)).map((name) => join(root, folder, name));
}

test("the page names every line that the program writes, with its level, and none that it does not", () => {
  const told = linesOfPage().map(({ message, level }) => `${level} ${message}`);
  const written = linesOfCode().map(({ message, level }) => `${level} ${message}`);
  expect(written.length).toBeGreaterThan(20);
  expect([...new Set(told)].sort()).toEqual([...new Set(written)].sort());
});
