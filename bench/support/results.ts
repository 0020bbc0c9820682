import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus, release, totalmem, type } from "node:os";
import { dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Figure, isBroken, type Section, type Unit } from "./benchmark.js";
import { startRedis } from "./redis.js";
import { inText, promiseInText } from "./report.js";

/** Where figures came from. Says nothing of whose machine it is. */
export interface Machine {
  readonly processors: number;
  readonly model: string;
  /** Bytes. */
  readonly memory: number;
  readonly kernel: string;
  readonly node: string;
  readonly redis: string;
}

interface WrittenFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
  /** As the table shows it. */
  readonly text: string;
  readonly promise: { readonly atMost?: number; readonly atLeast?: number; readonly text: string } | null;
  /** Whether the promise does; null where nothing is promised. */
  readonly holds: boolean | null;
}

/** What one benchmark measured, and when. */
export interface Result {
  readonly name: string;
  readonly title: string;
  readonly when: string;
  /** Of the checkout; null outside of one. `changed`: it was not as that commit has it. */
  readonly commit: string | null;
  readonly changed: boolean;
  /** How many wanted a processor, over the minute before it began: half a processor and more is a busy machine. */
  readonly loadBefore: number;
  readonly seconds: number;
  readonly holds: boolean;
  readonly sections: readonly {
    readonly title: string;
    readonly notes: readonly string[];
    readonly lines: readonly { readonly label: string; readonly figures: readonly WrittenFigure[] }[];
  }[];
}

export interface Results {
  readonly when: string;
  readonly commit: string | null;
  readonly machine: Machine;
  readonly holds: boolean;
  readonly results: readonly Result[];
}

export async function readMachine(signal: AbortSignal): Promise<Machine> {
  const redis = await startRedis(signal);
  const version = (await redis.facts("server")).get("redis_version") ?? "unknown";
  await redis.close();
  return {
    processors: cpus().length,
    model: cpus()[0]?.model.trim() ?? "unknown",
    memory: totalmem(),
    kernel: `${type()} ${release()}`,
    node: process.version,
    redis: version,
  };
}

/** The commit of the checkout that this runs in. */
export function readCommit(): Pick<Result, "commit" | "changed"> {
  const git = (...words: string[]) =>
    execFileSync("git", words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return { commit: git("rev-parse", "HEAD"), changed: git("status", "--porcelain", "src", "bench") !== "" };
  } catch {
    return { commit: null, changed: false };
  }
}

function written(figure: Figure): WrittenFigure {
  const { name, value, unit, atMost, atLeast } = figure;
  const promised = atMost !== undefined || atLeast !== undefined;
  const promise = {
    ...(atMost === undefined ? {} : { atMost }),
    ...(atLeast === undefined ? {} : { atLeast }),
    text: promiseInText(figure),
  };
  return {
    name,
    value,
    unit,
    text: inText(figure),
    promise: promised ? promise : null,
    holds: promised ? !isBroken(figure) : null,
  };
}

export function resultOf(about: Omit<Result, "holds" | "sections">, sections: readonly Section[]): Result {
  const shown = sections.map(({ title, notes, lines }) => ({
    title,
    notes,
    lines: lines.map(({ label, figures }) => ({ label, figures: figures.map(written) })),
  }));
  const holds = !sections.some(({ lines }) => lines.some(({ figures }) => figures.some(isBroken)));
  return { ...about, holds, sections: shown };
}

/** All that was measured on one machine; the newest of each benchmark counts. */
export function joined(machine: Machine, before: Results | null, measured: readonly Result[]): Results {
  // Figures of another machine, or of another Node, do not stand beside these.
  const kept = before && isDeepStrictEqual(before.machine, machine) ? before.results : [];
  const names = new Set(measured.map(({ name }) => name));
  const results = [...kept.filter(({ name }) => !names.has(name)), ...measured].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  const { commit } = readCommit();
  const holds = results.every((result) => result.holds);
  return { when: new Date().toISOString(), commit, machine, holds, results };
}

/** What such a file holds; null when there is none. */
export async function readResults(file: string): Promise<Results | null> {
  const text = await readFile(file, "utf8").catch(() => null);
  return text === null ? null : (JSON.parse(text) as Results);
}

export async function writeResults(file: string, results: Results): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
}
