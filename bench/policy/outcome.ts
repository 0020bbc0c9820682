import type { Played, Span } from "./simulate.js";
import { minuteMs } from "./units.js";

/** What came of it: delays in minutes, over all events. */
export interface Outcome {
  readonly events: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Of the first event of each visit. */
  readonly first: number;
  readonly stalestMs: number;
  readonly requests: number;
}

const meanOf = (values: readonly number[]) =>
  values.reduce((sum, each) => sum + each, 0) / Math.max(1, values.length);

/** Sums a run up; of windows, only what happens in them counts. */
export function outcomeOf({ found, stalestMs, requests }: Played, windows?: readonly Span[]): Outcome {
  const counted = windows
    ? found.filter(({ at }) => windows.some(([from, to]) => at >= from && at < to))
    : found;
  const delays = counted.map(({ delayMs }) => delayMs / minuteMs).sort((a, b) => a - b);
  const at = (share: number) => delays[Math.floor(share * (delays.length - 1))] ?? 0;
  const firsts = counted.filter(({ isFirst }) => isFirst).map(({ delayMs }) => delayMs / minuteMs);
  return {
    events: delays.length,
    mean: meanOf(delays),
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    first: meanOf(firsts),
    stalestMs,
    requests,
  };
}
