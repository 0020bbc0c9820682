import type { Figure, Line } from "../support/benchmark.js";
import type { Outcome } from "./outcome.js";
import { hourMs } from "./units.js";

/** What is promised of a policy: not more than this. */
export interface Promised {
  /** Times the mean delay of the √ law with the true rates. */
  readonly toRoot?: number;
  /** Times that of uniform polling. */
  readonly toUniform?: number;
  readonly stalestHours?: number;
}

const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;

const promise = (atMost: number | undefined) => (atMost === undefined ? {} : { atMost });

/** The mean of the ratios of pairs: each seed counts alike, however much happens in it. */
export function ratioOf(outcomes: readonly Outcome[], base: readonly Outcome[]): number {
  return mean(outcomes.map((outcome, seed) => outcome.mean / (base[seed]?.mean ?? Number.NaN)));
}

export function ratio(name: string, value: number, atMost?: number): Figure {
  return { name, value, unit: "ratio", ...promise(atMost) };
}

/** One policy's line: the mean over the seeds, of all but the worst. */
export function lineOf(
  label: string,
  outcomes: readonly Outcome[],
  beside: { readonly root: readonly Outcome[]; readonly uniform?: readonly Outcome[] },
  { toRoot, toUniform, stalestHours }: Promised = {},
): Line {
  const minutes = (name: "mean" | "p50" | "p95" | "p99" | "first"): Figure => ({
    name,
    value: mean(outcomes.map((outcome) => outcome[name])),
    unit: "minutes",
  });
  const stalest = Math.max(...outcomes.map(({ stalestMs }) => stalestMs)) / hourMs;
  const { root, uniform } = beside;
  const each = outcomes.map((outcome, seed) => outcome.mean / (root[seed]?.mean ?? Number.NaN));
  return {
    label,
    figures: [
      ...(["mean", "p50", "p95", "p99", "first"] as const).map(minutes),
      { name: "stalest", value: stalest, unit: "hours", ...promise(stalestHours) },
      { name: "requests", value: mean(outcomes.map(({ requests }) => requests)), unit: "count" },
      ratio("to √ law", ratioOf(outcomes, root), toRoot),
      ...(outcomes.length > 1 ? [ratio("least", Math.min(...each)), ratio("most", Math.max(...each))] : []),
      ...(uniform ? [ratio("to uniform", ratioOf(outcomes, uniform), toUniform)] : []),
    ],
  };
}
