import type { Trace } from "./traces.js";
import { minuteMs } from "./units.js";

/** Who decides what is polled next. Sources are told by their index in the trace. */
export interface Strategy {
  /**
   * Requests that are made now, and the source that they poll, if it is one of the trace; null to make none.
   * `requestsPerMinute`: what is let through just now.
   */
  next(
    now: number,
    requestsPerMinute: number,
  ): { readonly source: number | null; readonly requests: number } | null;
  /** What a poll found: the times of what happened since the last one; at the first, of all that ever did. */
  polled(source: number, now: number, times: readonly number[], isFirst: boolean): void;
  /** A collection is there. */
  appeared(source: number, now: number): void;
}

export interface Conditions {
  readonly requestsPerMinute: number;
  /** Nothing can be asked in these times. */
  readonly outages?: readonly Span[];
  /** The upstream lets only a quarter of the budget through in these times. */
  readonly storms?: readonly Span[];
}

/** From, to (ms from the start of the trace). */
export type Span = readonly [from: number, to: number];

/** What a storm leaves of the budget. */
const stormShare = 1 / 4;

/** One act, and when it was found. */
export interface Found {
  readonly at: number;
  readonly delayMs: number;
  readonly isFirst: boolean;
}

export interface Played {
  readonly found: readonly Found[];
  /** The longest time between two polls of a source, or from the last to the end, but for outages, ms. */
  readonly stalestMs: number;
  readonly requests: number;
}

/**
 * Plays a trace against a strategy, one request after the other. What is never found counts as found at the end. Throws
 * when a strategy makes more requests than there are.
 */
export function simulate(trace: Trace, strategy: Strategy, conditions: Conditions): Played {
  const { sources, endMs } = trace;
  const { requestsPerMinute, outages = [], storms = [] } = conditions;
  const next = new Int32Array(sources.length);
  const polledAt = new Float64Array(sources.length).fill(Number.NaN);
  const arrivals = [...sources.entries()].toSorted(([, a], [, b]) => a.bornAt - b.bornAt);
  const found: Found[] = [];
  let [arrived, stalestMs, requests, now] = [0, 0, 0, 0];

  function take(index: number, at: number): number[] {
    const times: number[] = [];
    const { times: acts, firsts } = sources[index] ?? { times: [], firsts: [] };
    let act = next[index] ?? 0;
    for (; act < acts.length && (acts[act] ?? 0) <= at; act++) {
      const time = acts[act] ?? 0;
      times.push(time);
      if (time >= 0) found.push({ at: time, delayMs: at - time, isFirst: firsts[act] === 1 });
    }
    next[index] = act;
    return times;
  }

  function noteAge(index: number, at: number): void {
    const before = polledAt[index] ?? Number.NaN;
    const wasOut = outages.some(([from, to]) => before < to && at >= from);
    if (at - before > stalestMs && !wasOut) stalestMs = at - before;
  }

  while (now < endMs) {
    const out = outages.find(([from, to]) => now >= from && now < to);
    if (out) {
      now = out[1];
      continue;
    }
    for (; (arrivals[arrived]?.[1].bornAt ?? Infinity) <= now; arrived++)
      strategy.appeared(arrivals[arrived]?.[0] ?? 0, now);
    const isStormy = storms.some(([from, to]) => now >= from && now < to);
    const allowed = requestsPerMinute * (isStormy ? stormShare : 1);
    const gap = minuteMs / allowed;
    const turn = strategy.next(now, allowed);
    const cost = turn?.requests ?? 0;
    // What no longer fits before the end is not made: no policy has more than the others.
    if (cost > 1 && now + gap * (cost - 1) >= endMs) break;
    if (turn && turn.source !== null) {
      const { source } = turn;
      const isFirst = Number.isNaN(polledAt[source] ?? Number.NaN);
      noteAge(source, now);
      polledAt[source] = now;
      strategy.polled(source, now, take(source, now), isFirst);
    }
    requests += cost;
    now += gap * Math.max(1, cost);
  }
  for (const index of sources.keys()) {
    noteAge(index, endMs);
    take(index, endMs);
  }
  const budget = Math.ceil((endMs / minuteMs) * requestsPerMinute) + 1;
  if (requests > budget) throw new Error(`${requests} requests were made of ${budget}`);
  return { found, stalestMs, requests };
}
