import { account as keys, shared } from "./keys.js";
import type { RedisClient } from "./redis.js";
import type { RunScript } from "./scripts.js";

/** Who makes requests: the account's own polls, or the trial of a session that a person hands over. */
export type Requester = "poll" | "probe";

/** What an account may ask of the upstream, counted across all processes. */
export interface Budget {
  /** 0 when a request may be made now (it is counted, and the turn taken), else the milliseconds to wait. */
  take(account: string, who: Requester, requestsPerMinute: number, gapMs: number): Promise<number>;
  /** Gives the turn back when the last request is answered. */
  done(account: string, who: Requester): Promise<void>;
  /** Keeps the whole account from making requests for a while. */
  rest(account: string, ms: number): Promise<void>;
}

/** Longer than the longest request: a turn that was not given back ends by itself. */
const turnMs = 45_000;

export function createBudget(client: RedisClient, run: RunScript): Budget {
  return {
    async take(account, who, requestsPerMinute, gapMs) {
      // Below one a minute the window grows instead, so that the limit stays a whole number.
      const limit = Math.max(1, Math.floor(requestsPerMinute));
      // A little over the minute: requests do not arrive with exactly the spacing they left with.
      const windowMs = Math.ceil((limit / requestsPerMinute) * 60_000) + 200;
      const of = [keys.requests(account), keys.rest(account), keys.turn(account)];
      return Number(await run("request-token", of, [limit, windowMs, Math.ceil(gapMs), who, turnMs]));
    },
    async done(account, who) {
      await run("end-turn", [keys.turn(account)], [who]);
    },
    async rest(account, ms) {
      await client.set(keys.rest(account), "1", "PX", Math.max(1, Math.round(ms)));
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
