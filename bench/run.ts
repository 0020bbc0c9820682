import { readdir } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { processTerminal } from "../src/cli/terminal.js";
import { messageOf } from "../src/errors.js";
import type { Benchmark, Section } from "./support/benchmark.js";
import { brokenPromises, tableOf } from "./support/report.js";
import {
  joined,
  type Machine,
  type Result,
  readCommit,
  readMachine,
  readResults,
  resultOf,
  writeResults,
} from "./support/results.js";

// Each Redis that is started has a log, which listens for the end of the process.
process.setMaxListeners(0);
const terminal = processTerminal();
const { values, positionals } = parseArgs({
  options: {
    /** Prints what machines read instead of tables. */
    json: { type: "boolean" },
    /** Writes the same into a file, where it takes the place of what these benchmarks measured before. */
    out: { type: "string" },
  },
  allowPositionals: true,
});

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

/** What the sections say, and the promises that they break. */
interface Measured {
  readonly result: Result;
  readonly broken: readonly string[];
}

async function measure(name: string): Promise<Measured> {
  const [load = 0] = loadavg();
  const about = { name, when: new Date().toISOString(), loadBefore: load, ...readCommit() };
  const begin = performance.now();
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
  const seconds = Math.round((performance.now() - begin) / 1_000);
  const result = resultOf({ ...about, title: benchmark.title, seconds }, sections);
  return { result, broken: brokenPromises(sections) };
}

/** After each benchmark: one that is stopped leaves what came before it. */
async function keep(machine: Machine, results: readonly Result[]): Promise<void> {
  if (values.out === undefined) return;
  await writeResults(values.out, joined(machine, await readResults(values.out), results));
}

async function main(): Promise<void> {
  const all = await namesOfAll();
  const unknown = positionals.find((name) => !all.includes(name));
  if (unknown !== undefined)
    throw new Error(`There is no benchmark "${unknown}": use some of ${all.join(", ")}`);
  const machine = await readMachine(terminal.signal);
  const results: Result[] = [];
  const broken: string[] = [];
  for (const name of positionals.length > 0 ? positionals : all) {
    const measured = await measure(name);
    results.push(measured.result);
    broken.push(...measured.broken);
    await keep(machine, results);
  }
  if (values.json) {
    terminal.write(JSON.stringify(joined(machine, null, results), null, 2));
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
