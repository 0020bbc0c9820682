import { account as keys, shared } from "./keys.js";
import type { RedisClient } from "./redis.js";
import type { RunScript } from "./scripts.js";

/** What an account may ask of the upstream, counted across all processes. */
export interface Budget {
  /** 0 when a request may be made now (it is counted), else the milliseconds to wait. */
  take(account: string, requestsPerMinute: number, gapMs: number): Promise<number>;
  /** Keeps the whole account from making requests for a while. */
  rest(account: string, ms: number): Promise<void>;
}

export function createBudget(client: RedisClient, run: RunScript): Budget {
  return {
    async take(account, requestsPerMinute, gapMs) {
      // Below one a minute the window grows instead, so that the limit stays a whole number.
      const limit = Math.max(1, Math.floor(requestsPerMinute));
      // A little over the minute: requests do not arrive with exactly the spacing they left with.
      const windowMs = Math.ceil((limit / requestsPerMinute) * 60_000) + 200;
      return Number(
        await run(
          "request-token",
          [keys.requests(account), keys.rest(account)],
          [limit, windowMs, Math.ceil(gapMs)],
        ),
      );
    },
    async rest(account, ms) {
      const until = Date.now() + Math.round(ms);
      await client.set(keys.rest(account), until, "PX", Math.max(1, Math.round(ms)));
    },
  };
}

/** Sends within a rate, counted across all processes. */
export interface Rates {
  /** How many of `wanted` may go now, and how long (ms) until the next may. */
  take(
    name: string,
    perSecond: number,
    burst: number,
    wanted: number,
  ): Promise<{ readonly granted: number; readonly waitMs: number }>;
}

export function createRates(run: RunScript): Rates {
  return {
    async take(name, perSecond, burst, wanted) {
      const reply = (await run(
        "rate-token",
        [shared.rate(name)],
        [1_000 / perSecond, burst, wanted],
      )) as number[];
      return { granted: reply[0] ?? 0, waitMs: reply[1] ?? 0 };
    },
  };
}
