import { shared } from "./keys.js";
import type { RedisClient } from "./redis.js";
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
  /** For what is deleted, once nobody takes out of it any more. */
  forget(name: string): Promise<void>;
}

export function createRates(client: RedisClient, run: RunScript): Rates {
  return {
    async forget(name) {
      await client.del(shared.rate(name));
    },
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
