import { shared } from "./keys.js";
import type { RunScript } from "./scripts.js";

/** Sends, or requests, within a rate, counted across all processes. */
export interface Rates {
  /** How many of `wanted` may go now, how long (ms) until the next may, and how many more could go now. */
  take(
    name: string,
    perSecond: number,
    burst: number,
    wanted: number,
    /** Whether nobody takes out of it at a slower rate: then a clock that is set back stops it for no longer than a burst. */
    isOne?: boolean,
  ): Promise<{ readonly granted: number; readonly waitMs: number; readonly left: number }>;
}

export function createRates(run: RunScript): Rates {
  return {
    async take(name, perSecond, burst, wanted, isOne = false) {
      const reply = (await run(
        "rate-token",
        [shared.rate(name)],
        [1_000 / perSecond, burst, wanted, isOne ? 0 : 3_600_000],
      )) as number[];
      return { granted: reply[0] ?? 0, waitMs: reply[1] ?? 0, left: reply[2] ?? 0 };
    },
  };
}
