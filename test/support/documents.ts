import { readdirSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, type RunnerTask } from "vitest";
import { runBy } from "../documents/registry.js";

/** A fenced block of a page. */
export interface Example {
  /** From the root: `docs/webhooks.md`. */
  readonly page: string;
  /** From the comment above it, `<!-- example: NAME -->`; null without one. */
  readonly name: string | null;
  readonly language: string;
  readonly code: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
}

const root = new URL("../../", import.meta.url);

/** The README and every page of `docs`, as paths from the root. */
export function pages(): string[] {
  const found = readdirSync(new URL("docs", root), { recursive: true, encoding: "utf8" });
  const inDocs = found.filter((path) => path.endsWith(".md")).map((path) => `docs/${path}`);
  return ["README.md", ...inDocs.sort()];
}

export function readPage(page: string): string {
  return readFileSync(new URL(page, root), "utf8");
}

/** Every fenced block of a page, in its order. */
export function examplesOf(page: string): Example[] {
  const found: Example[] = [];
  let open: { indent: string; language: string; line: number; name: string | null; code: string } | null =
    null;
  let above = "";
  for (const [index, text] of readPage(page).split("\n").entries()) {
    if (open !== null) {
      const { indent, ...rest } = open;
      if (text.trim() === "```") {
        found.push({ page, ...rest });
        open = null;
        above = "";
      } else open.code += `${text.startsWith(indent) ? text.slice(indent.length) : text}\n`;
      continue;
    }
    const fence = /^(\s*)```(\S*)/.exec(text);
    if (fence) {
      const [, indent = "", language = ""] = fence;
      const name = /^<!-- example: (\S+) -->$/.exec(above)?.[1] ?? null;
      open = { indent, language, line: index + 1, name, code: "" };
    } else if (text.trim() !== "") above = text.trim();
  }
  if (open !== null) throw new Error(`${page}:${open.line}: the block has no end`);
  return found;
}

function hasSkipped(task: Readonly<RunnerTask>): boolean {
  return task.mode === "skip" || ("tasks" in task && task.tasks.some(hasSkipped));
}

/**
 * The examples that this test file runs, by page and name. Fails for one that the registry gives to another file,
 * and, when all tests of the file ran, for one that it was given and never asked for.
 */
export function useExamples(): (page: string, name: string) => string {
  const path = expect.getState().testPath ?? "";
  const file = relative(fileURLToPath(root), path);
  const given = Object.entries(runBy[file] ?? {}).flatMap(([page, names]) =>
    names.map((name) => `${page} ${name}`),
  );
  const asked = new Set<string>();
  // biome-ignore lint/correctness/noEmptyPattern: the runner wants a pattern, and the suite is its second argument
  afterAll(({}, suite) => {
    if (!hasSkipped(suite)) expect([...asked].sort(), "examples that were run").toEqual([...given].sort());
  });
  const read = new Map<string, Example[]>();
  return (page, name) => {
    const examples = read.get(page) ?? examplesOf(page);
    read.set(page, examples);
    const example = examples.find((each) => each.name === name);
    if (!example) throw new Error(`${page} has no example ${name}`);
    if (!given.includes(`${page} ${name}`)) throw new Error(`the registry does not give ${name} to ${file}`);
    asked.add(`${page} ${name}`);
    return example.code;
  };
}
