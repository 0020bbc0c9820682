import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { pages, readPage } from "../support/documents.js";
import { helpOf } from "./support/shell.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });

/** Every text that matches, once. */
function all(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, found = ""]) => found))].sort();
}

test("every setting stands in the README and in .env.example, and no other", () => {
  const settings = all(read("src/config.ts"), /^ {2}([A-Z][A-Z_]+): (?:setting|hidden)\(/gm);
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
  const code = sources.filter((path) => /\.tsx?$/.test(path)).map((path) => read(join("src", path)));
  const metrics = all(code.join("\n"), /"(pixiehook_[a-z_]+)"/g);
  expect(metrics.length).toBeGreaterThan(5);
  expect(metrics.filter((name) => !text.includes(name))).toEqual([]);
});

test("the README leads to every page", () => {
  const beside = pages().filter((page) => /^docs\/[\w-]+\.md$/.test(page));
  const readme = readPage("README.md");
  expect(beside.filter((page) => !readme.includes(`(${page})`))).toEqual([]);
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
  const broken = pages().flatMap((page) => {
    const links = all(readPage(page), /\]\((?!https?:)([^)\s]+)\)/g);
    return links.filter((link) => {
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? page : normalize(join(dirname(page), file));
      if (!existsSync(join(root, target))) return true;
      if (anchor === undefined) return false;
      return !all(readPage(target), /^#{1,6} (.*)$/gm)
        .map(anchorOf)
        .includes(anchor);
    });
  });
  expect(broken).toEqual([]);
});
