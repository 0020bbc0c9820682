import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { examplesOf, pages } from "../support/documents.js";
import { runBy } from "./registry.js";

const all = pages().flatMap(examplesOf);
const root = new URL("../../", import.meta.url);
const given = Object.values(runBy).flatMap((byPage) =>
  Object.entries(byPage).flatMap(([page, names]) => names.map((name) => `${page} ${name}`)),
);

test("every block of the documents has a name", () => {
  expect(all.length).toBeGreaterThan(100);
  const nameless = all.filter(({ name }) => name === null).map(({ page, line }) => `${page}:${line}`);
  expect(nameless, "put <!-- example: NAME --> above it, and say in the registry who runs it").toEqual([]);
});

test("every named block is run by a test, and every test that runs one finds it", () => {
  const shown = all.map(({ page, name }) => `${page} ${name}`);
  expect(
    shown.filter((each) => shown.indexOf(each) !== shown.lastIndexOf(each)),
    "twice",
  ).toEqual([]);
  expect(
    shown.filter((each) => !given.includes(each)),
    "run by no test",
  ).toEqual([]);
  expect(
    given.filter((each) => !shown.includes(each)),
    "gone",
  ).toEqual([]);
});

test("the tests of the registry are there", () => {
  for (const file of Object.keys(runBy)) expect(existsSync(new URL(file, root)), file).toBe(true);
});
