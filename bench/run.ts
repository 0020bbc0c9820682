import { readdir } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { processTerminal } from "../src/cli/terminal.js";
import { messageOf } from "../src/errors.js";
import type { Benchmark, Section } from "./support/benchmark.js";
import { brokenPromises, tableOf } from "./support/report.js";

const terminal = processTerminal();
const { values, positionals } = parseArgs({ options: { json: { type: "boolean" } }, allowPositionals: true });

/** Every source file beside this one is a benchmark; compiled ones may be left over. */
async function namesOfAll(): Promise<string[]> {
  const files = await readdir(new URL("../../bench/", import.meta.url));
  return files
    .filter((file) => file.endsWith(".ts") && file !== "run.ts")
    .map((file) => file.slice(0, -".ts".length))
    .sort();
}

function whereWeRun(): string {
  const [load = 0] = loadavg();
  const busy =
    load > cpus().length / 2 ? ": busy with other things, so trust CPU and bytes more than wall" : "";
  return `Node ${process.version}, ${cpus().length} processors, load ${load.toFixed(1)}${busy}`;
}

async function measure(name: string): Promise<Section[]> {
  const { benchmark } = (await import(`./${name}.js`)) as { benchmark: Benchmark };
  const show = (text: string) => (values.json ? undefined : terminal.write(text));
  const surroundings = {
    signal: terminal.signal,
    say: (what: string) => (process.stderr.isTTY ? void process.stderr.write(`\r\x1b[K${what} `) : undefined),
  };
  show(`${benchmark.title}\n${whereWeRun()}`);
  const sections: Section[] = [];
  for await (const section of benchmark.run(surroundings)) {
    surroundings.say("");
    show(`\n${tableOf(section)}`);
    sections.push(section);
  }
  return sections;
}

async function main(): Promise<void> {
  const all = await namesOfAll();
  const unknown = positionals.find((name) => !all.includes(name));
  if (unknown !== undefined)
    throw new Error(`There is no benchmark "${unknown}": use some of ${all.join(", ")}`);
  const results = [];
  for (const name of positionals.length > 0 ? positionals : all) {
    const sections = await measure(name);
    results.push({ name, sections, broken: brokenPromises(sections) });
  }
  const broken = results.flatMap((result) => result.broken);
  if (values.json) {
    const run = {
      node: process.version,
      processors: cpus().length,
      load: loadavg()[0],
      holds: broken.length === 0,
      results,
    };
    terminal.write(JSON.stringify(run, null, 2));
  } else {
    terminal.write(broken.length === 0 ? "\n✓ every promise holds" : "\nBroken promises:");
    for (const sentence of broken) terminal.write(`  ✗ ${sentence}`);
  }
  if (broken.length > 0) process.exitCode = 1;
}

await main().catch((error: unknown) => {
  process.stderr.write(`${terminal.signal.aborted ? "Stopped" : messageOf(error)}\n`);
  process.exitCode = terminal.signal.aborted ? 130 : 1;
});
