import type { Trace } from "./traces.js";
import { minuteMs } from "./units.js";

/** Who decides what is polled next. Sources are told by their index in the trace. */
export interface Strategy {
  /** Requests that are made now, and the source that they poll, if it is one of the trace; null to make none. */
  next(now: number): { readonly source: number | null; readonly requests: number } | null;
  /** What a poll found: the times of what happened since the last one; at the first, of all that ever did. */
  polled(source: number, now: number, times: readonly number[], isFirst: boolean): void;
  /** A collection is there. */
  appeared(source: number, now: number): void;
}

export interface Conditions {
  readonly requestsPerMinute: number;
  /** Nothing can be asked from, to (ms). */
  readonly outage?: readonly [from: number, to: number];
  /** The share of the budget that the upstream lets through at a time. */
  readonly allowed?: (now: number) => number;
}

/** One act, and when it was found. */
export interface Found {
  readonly at: number;
  readonly delayMs: number;
  readonly isFirst: boolean;
}

export interface Played {
  readonly found: readonly Found[];
  /** The longest time between two polls of a source, but for outages, ms. */
  readonly stalestMs: number;
  readonly requests: number;
}

/** Plays a trace against a strategy, one request after the other. What is never found counts as found at the end. */
export function simulate(trace: Trace, strategy: Strategy, conditions: Conditions): Played {
  const { sources, endMs } = trace;
  const { outage = [0, 0], allowed = () => 1 } = conditions;
  const next = new Int32Array(sources.length);
  const polledAt = new Float64Array(sources.length).fill(Number.NaN);
  const arrivals = [...sources.entries()].toSorted(([, a], [, b]) => a.bornAt - b.bornAt);
  const found: Found[] = [];
  let [arrived, stalestMs, requests, now] = [0, 0, 0, 0];

  function take(index: number, at: number, until: number): number[] {
    const times: number[] = [];
    const { times: acts, firsts } = sources[index] ?? { times: [], firsts: [] };
    let act = next[index] ?? 0;
    for (; act < acts.length && (acts[act] ?? 0) <= until; act++) {
      const time = acts[act] ?? 0;
      times.push(time);
      if (time >= 0) found.push({ at: time, delayMs: at - time, isFirst: firsts[act] === 1 });
    }
    next[index] = act;
    return times;
  }

  while (now < endMs) {
    for (; (arrivals[arrived]?.[1].bornAt ?? Infinity) <= now; arrived++)
      strategy.appeared(arrivals[arrived]?.[0] ?? 0, now);
    const gap = minuteMs / (conditions.requestsPerMinute * allowed(now));
    if (now >= outage[0] && now < outage[1]) {
      now = outage[1];
      continue;
    }
    const turn = strategy.next(now);
    if (turn && turn.source !== null) {
      const before = polledAt[turn.source] ?? Number.NaN;
      const isFirst = Number.isNaN(before);
      const wasOut = before < outage[1] && now >= outage[1];
      if (!isFirst && !wasOut) stalestMs = Math.max(stalestMs, now - before);
      polledAt[turn.source] = now;
      strategy.polled(turn.source, now, take(turn.source, now, now), isFirst);
    }
    requests += turn?.requests ?? 0;
    now += gap * (turn?.requests ?? 1);
  }
  for (const index of sources.keys()) take(index, endMs, endMs);
  return { found, stalestMs, requests };
}
