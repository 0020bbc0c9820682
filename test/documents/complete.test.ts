import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createMetrics } from "../../src/metrics.js";
import { pages, readPage } from "../support/documents.js";
import { helpOf } from "./support/shell.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** Every text that matches, once. */
function all(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, found = ""]) => found))].sort();
}

test("every setting stands in the README and in .env.example, and no other", () => {
  const sources = ["src/config.ts", "src/settings/redis.ts"].map(read).join("\n");
  const settings = all(sources, /^ {2}([A-Z][A-Z_]+): (?:setting|hidden)\(/gm);
  expect(settings.length).toBeGreaterThan(14);
  const [, section = ""] = /^## Settings\n([\s\S]*?)^## /m.exec(readPage("README.md")) ?? [];
  const cells = section.split("\n").map((line) => line.split("|")[1] ?? "");
  expect(all(cells.join("\n"), /`([A-Z_]+)`/g), "README.md").toEqual(settings);
  expect(all(read(".env.example"), /^#?([A-Z_]+)=/gm), ".env.example").toEqual(settings);
});

test("every command is named in the README", () => {
  const commands = all(helpOf(), /^ {2}([a-z]+) .*$/gm).filter((name) => name !== "help");
  expect(commands.length).toBeGreaterThan(5);
  const readme = readPage("README.md");
  const unnamed = commands.filter((name) => !new RegExp(`\`${name}\`|pixiehook ${name}\\b`).test(readme));
  expect(unnamed).toEqual([]);
});

test("every metric is explained in a page", () => {
  const text = pages().map(readPage).join("\n");
  const metrics = createMetrics().registry.getMetricsAsArray();
  const own = metrics.map(({ name }) => name).filter((name) => name.startsWith("pixiehook_"));
  expect(own.length).toBeGreaterThan(5);
  expect(own.filter((name) => !text.includes(name))).toEqual([]);
});

/** Where a page leads, as paths from the root, with their anchors. */
function linksOf(page: string) {
  return all(readPage(page), /\]\((?!https?:)([^)\s]+)\)/g).map((link) => {
    const [file = "", anchor] = link.split("#");
    return { link, anchor, target: file === "" ? page : normalize(join(dirname(page), file)) };
  });
}

test("the README leads to every page, by itself or by the pages that it leads to", () => {
  const reached = new Set(["README.md"]);
  for (const page of reached)
    for (const { target } of linksOf(page)) if (pages().includes(target)) reached.add(target);
  const beside = pages().filter((page) => !page.startsWith("docs/decisions/"));
  expect(beside.filter((page) => !reached.has(page))).toEqual([]);
});

/** A heading as GitHub makes an anchor of it. */
function anchorOf(heading: string): string {
  const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", "");
  return plain
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

test("every link between the pages leads somewhere", () => {
  const broken = pages().flatMap((page) =>
    linksOf(page).filter(({ target, anchor }) => {
      if (!existsSync(join(root, target))) return true;
      if (anchor === undefined) return false;
      return !all(readPage(target), /^#{1,6} (.*)$/gm)
        .map(anchorOf)
        .includes(anchor);
    }),
  );
  expect(broken).toEqual([]);
});
