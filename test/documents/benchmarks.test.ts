import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { faultsIn } from "../../scripts/faults.js";
import { resultsIn } from "../../scripts/results.js";
import { readPage } from "../support/documents.js";

const root = new URL("../../", import.meta.url);
const page = readPage("docs/benchmarks.md");
const results = JSON.parse(readFileSync(new URL("docs/benchmarks/results.json", root), "utf8"));

test("every benchmark has a section that says what its tables mean", () => {
  const files = readdirSync(new URL("bench", root)).filter(
    (file) => file.endsWith(".ts") && file !== "run.ts",
  );
  const names = files.map((file) => file.slice(0, -".ts".length));
  expect(names.length).toBeGreaterThan(8);
  expect(names.filter((name) => !page.includes(`\n## ${name}\n`))).toEqual([]);
});

test("the results are of benchmarks that exist, with what is needed to judge them", () => {
  expect(Object.keys(results.machine).sort()).toEqual([
    "kernel",
    "memory",
    "model",
    "node",
    "processors",
    "redis",
  ]);
  for (const { name, when, loadBefore, sections } of results.results) {
    expect(existsSync(new URL(`bench/${name}.ts`, root)), name).toBe(true);
    expect(Date.parse(when), name).toBeGreaterThan(0);
    expect(typeof loadBefore, name).toBe("number");
    expect(sections.length, name).toBeGreaterThan(0);
  }
});

test("the page shows every figure of the file, and another one where the file has another", () => {
  const figures = results.results.flatMap(
    (result: { sections: { lines: { figures: { text: string }[] }[] }[] }) =>
      result.sections.flatMap(({ lines }) => lines.flatMap((line) => line.figures)),
  );
  expect(figures.length).toBeGreaterThan(50);
  for (const { text } of figures) expect(page).toContain(text);
  const [first] = figures;
  first.text = "1,234,567 moons";
  expect(resultsIn(page, results)).toContain("1,234,567 moons");
});

test("the page on reliability shows the last run of each scenario, and another one where there is another", () => {
  const text = readFileSync(new URL("docs/benchmarks/faults.jsonl", root), "utf8").trim();
  const lines = text.split("\n").map((line) => JSON.parse(line));
  expect(lines.length).toBeGreaterThan(10);
  const shown = readPage("docs/reliability.md");
  for (const { scenario } of lines) expect(shown).toContain(scenario.replace(/ \(seed \d+\)$/, ""));
  const [first] = lines;
  expect(faultsIn(shown, [...lines, { ...first, events: 1_234_567 }])).toContain("1,234,567");
});

test("what the page on reliability shows holds what it promises", () => {
  const text = readFileSync(new URL("docs/benchmarks/faults.jsonl", root), "utf8").trim();
  for (const line of text.split("\n").map((each) => JSON.parse(each))) {
    const { scenario, lost, invented = 0, "out of order": disorder = 0, late = 0 } = line;
    const unexplained = line["doubles that nothing explains"] ?? 0;
    const all = { lost, invented, disorder, late, unexplained };
    expect([scenario, ...Object.values(all)], scenario).toEqual([scenario, 0, 0, 0, 0, 0]);
  }
});
