/** What a number counts, which decides how it is shown. */
export type Unit = "milliseconds" | "minutes" | "hours" | "bytes" | "ratio" | "percent" | "count";

/** One number, and what was promised of it. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
  /** The promise: not more than this. */
  readonly atMost?: number;
  /** The promise: not less than this. */
  readonly atLeast?: number;
}

/** Numbers about one thing. */
export interface Line {
  readonly label: string;
  readonly figures: readonly Figure[];
}

/** One table. */
export interface Section {
  readonly title: string;
  /** Sentences that say what the numbers mean. */
  readonly notes: readonly string[];
  readonly lines: readonly Line[];
}

export interface Surroundings {
  /** Aborted when the run is to end: what was started is stopped, nothing more is measured. */
  readonly signal: AbortSignal;
  /** Tells whoever waits what is being done. */
  say(what: string): void;
}

/** What each file of this folder but `run` exports as `benchmark`. */
export interface Benchmark {
  readonly title: string;
  /** Measures, table by table. Throws when something else than the thing to be measured came about. */
  run(surroundings: Surroundings): AsyncIterable<Section>;
}

export function isBroken({ value, atMost, atLeast }: Figure): boolean {
  return (atMost !== undefined && !(value <= atMost)) || (atLeast !== undefined && !(value >= atLeast));
}
