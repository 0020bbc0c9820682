import { monitorEventLoopDelay } from "node:perf_hooks";

/** What a piece of work took: time on the wall, and processor time of this process with all of its threads. */
export interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Measures the work, after the garbage of what was before it is gone. */
export async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  globalThis.gc?.();
  const [cpu, start] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - start, cpuMs: (user + system) / 1_000 };
}

/** The longest time (ms) during the work in which this process did nothing for anyone else. */
export async function longestPause(work: () => Promise<unknown>): Promise<number> {
  globalThis.gc?.();
  // The sampling timer's own millisecond is part of what is counted.
  const resolution = 1;
  const delays = monitorEventLoopDelay({ resolution });
  delays.enable();
  await work();
  delays.disable();
  return Math.max(0, delays.max / 1e6 - resolution);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The value below which this share of the values is. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
