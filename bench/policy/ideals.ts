import type { Strategy } from "./simulate.js";
import type { Trace } from "./traces.js";
import { minuteMs } from "./units.js";

/** One after the other, round and round; what is new comes first. */
export function uniform(): Strategy {
  const newcomers: number[] = [];
  let queue: number[] = [];
  let head = 0;
  return {
    next: () => {
      const source = newcomers.shift() ?? queue[head++];
      return source === undefined ? null : { source, requests: 1 };
    },
    polled(source) {
      queue.push(source);
      if (head > 100_000) [queue, head] = [queue.slice(head), 0];
    },
    appeared: (source) => newcomers.push(source),
  };
}

/** With the true rates, which nobody can know: the greatest λ·s (`proportional`) or λ·s² (`root`). */
export function allKnowing(trace: Trace, law: "proportional" | "root"): Strategy {
  const count = trace.sources.length;
  const rates = new Float64Array(count);
  const polledAt = new Float64Array(count).fill(Number.NaN);
  const isThere = new Uint8Array(count);
  let knownAt = Number.NEGATIVE_INFINITY;
  return {
    next(now) {
      if (now - knownAt >= 15 * minuteMs) {
        knownAt = now;
        for (const [index, source] of trace.sources.entries()) rates[index] = source.rate(now);
      }
      let source = -1;
      let greatest = -1;
      for (let index = 0; index < count; index++) {
        if (!isThere[index]) continue;
        const at = polledAt[index] ?? Number.NaN;
        if (Number.isNaN(at)) return { source: index, requests: 1 };
        const since = now - at;
        const value = (rates[index] ?? 0) * (law === "root" ? since * since : since);
        if (value > greatest) [greatest, source] = [value, index];
      }
      return source < 0 ? null : { source, requests: 1 };
    },
    polled(source, now) {
      polledAt[source] = now;
    },
    appeared(source) {
      isThere[source] = 1;
    },
  };
}
