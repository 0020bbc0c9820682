import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { eventTypes } from "../../src/domain/catalog.js";
import { readPage, useExamples } from "../support/documents.js";

const example = useExamples();
const page = "docs/events.md";
/** The cells of every table. */
const rows = readPage(page)
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .map((line) =>
    line
      .slice(1, -1)
      .split(" | ")
      .map((cell) => cell.trim()),
  );
const root = fileURLToPath(new URL("../..", import.meta.url));

test("docs/events.md is what `npm run docs` writes", () => {
  execFileSync(process.execPath, ["scripts/docs.js", "--check"], { cwd: root });
});

test("docs/events.md has an example of each type of the catalogue as it is", () => {
  for (const { type, description, example: event } of eventTypes) {
    const shown = JSON.parse(example(page, type));
    const { object, previous } = event.data as Record<string, unknown>;
    expect(shown, type).toEqual("id" in shown ? event : { object, previous });
    expect(rows).toContainEqual([`[\`${type}\`](#${type.replace(".", "")})`, description]);
  }
});

test("docs/events.md says of each field what it means", () => {
  const fields = rows.filter(([name, type]) => /^`[a-zA-Z.]+`$/.test(name ?? "") && type !== undefined);
  expect(fields.length).toBeGreaterThan(80);
  for (const [name, type, meaning] of fields) expect([type, meaning], name).not.toContain("");
});
