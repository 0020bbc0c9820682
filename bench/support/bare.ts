import type { Committed, Pace } from "./moment.js";
import { type Remote, startRemote } from "./remote.js";

export interface BareCalls {
  /** Posts so many signed bodies to the URLs in turn, so many of them at once, as fast as it can. */
  burst(order: {
    readonly urls: readonly string[];
    readonly count: number;
    readonly inFlight: number;
  }): Promise<void>;
  /** Puts signed bodies into a queue in memory at an even pace; what takes them out posts them. */
  pace(order: Pace & { readonly url: string; readonly inFlight: number }): Promise<readonly Committed[]>;
}

/** What no sender can do without: signing and posting, in a process of its own, and nothing else. */
export function startBare(signal: AbortSignal): Promise<Remote<BareCalls>> {
  return startRemote<BareCalls>("./bare-process.js", { signal });
}
