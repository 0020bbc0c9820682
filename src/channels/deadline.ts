import { setMaxListeners } from "node:events";

/** A signal that ends with the caller's own or after `ms`. `release` must be called when the work is done. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Whether the time ran out, as opposed to the caller telling us to stop. */
  expired(): boolean;
  release(): void;
}

/** Why work has to end before it is done. */
export type Ending = "expired" | "stopped";

/** `AbortSignal.any` is not used: Node 20 may collect a composed signal before it fires. */
export function startDeadline(ms: number, outer: AbortSignal): Deadline {
  const controller = new AbortController();
  // Many recipients share it: that is no leak.
  setMaxListeners(0, controller.signal);
  let expired = false;
  const release = onEnd(ms, outer, (why) => {
    expired = why === "expired";
    controller.abort();
  });
  if (outer.aborted) controller.abort();
  return { signal: controller.signal, expired: () => expired, release };
}

/**
 * Calls `stop` once, after `ms` or when `outer` aborts; what it returns calls that off. One that was aborted before
 * is not told: look first.
 */
export function onEnd(ms: number, outer: AbortSignal, stop: (why: Ending) => void): () => void {
  const stops = stopsOf(outer);
  const stopped = () => stop("stopped");
  stops.add(stopped);
  const timer = setTimeout(() => {
    stops.delete(stopped);
    stop("expired");
  }, ms);
  return () => {
    clearTimeout(timer);
    stops.delete(stopped);
  };
}

const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/** One listener for each signal: a thousand sends share one, and a signal walks its listeners to drop one. */
function stopsOf(outer: AbortSignal): Set<() => void> {
  const known = waiting.get(outer);
  if (known) return known;
  const stops = new Set<() => void>();
  waiting.set(outer, stops);
  const stopAll = () => {
    for (const stop of stops) stop();
  };
  outer.addEventListener("abort", stopAll, { once: true });
  return stops;
}
