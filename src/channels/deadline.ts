import { setMaxListeners } from "node:events";

/** A signal that ends with the caller's own or after `ms`. `release` must be called when the work is done. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Whether the time ran out, as opposed to the caller telling us to stop. */
  expired(): boolean;
  release(): void;
}

/** `AbortSignal.any` is not used: Node 20 may collect a composed signal before it fires. */
export function startDeadline(ms: number, outer: AbortSignal): Deadline {
  const controller = new AbortController();
  let expired = false;
  const stop = () => controller.abort();
  const timer = setTimeout(() => {
    expired = true;
    stop();
  }, ms);
  // Many sends share the caller's signal, and many recipients share this one: that is no leak.
  setMaxListeners(0, outer, controller.signal);
  outer.addEventListener("abort", stop, { once: true });
  if (outer.aborted) stop();
  return {
    signal: controller.signal,
    expired: () => expired,
    release: () => {
      clearTimeout(timer);
      outer.removeEventListener("abort", stop);
    },
  };
}
