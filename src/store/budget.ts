import {
  type BudgetState,
  effectiveRate,
  longestStopMs,
  type Pace,
  paceAt,
  recoveryMs,
  restingPace,
  slower,
  slowsDown,
  tighteningOf,
} from "../domain/pace.js";
import type { Heard } from "../domain/upstream.js";
import { account as keys } from "./keys.js";
import type { RedisClient } from "./redis.js";
import type { RunScript } from "./scripts.js";

/** What an account may ask of the upstream, counted across all processes. */
export interface Budget {
  /**
   * 0 when a request may be made now (it is counted, and the turn taken), else the milliseconds to wait. The rate that
   * is stored with the account counts; the one that is handed in is for accounts that are not stored yet.
   */
  take(account: string, holder: string, requestsPerMinute: number, gapMs: number): Promise<number>;
  /** What `take` would say, taking nothing. */
  look(account: string, holder: string, requestsPerMinute: number, gapMs: number): Promise<number>;
  /** Keeps the turn while a request is under way: a turn that nobody keeps ends after `turnMs`. */
  keep(account: string, holder: string): Promise<void>;
  /** Gives the turn back when the last request is answered. `well`: the upstream answered one of them well. */
  done(account: string, holder: string, well?: boolean): Promise<void>;
  /** Keeps the whole account from making requests for a while. */
  rest(account: string, ms: number): Promise<void>;
  /**
   * Takes down what came of a request. `well`: the upstream answered well since the last trouble. The pace to which the
   * account was slowed down by it; null when it was not.
   */
  hear(account: string, heard: Heard, well: boolean): Promise<number | null>;
  state(account: string, requestsPerMinute: number): Promise<BudgetState>;
}

/** After so long without a word from its holder a turn ends: the holder has died. */
export const turnMs = 5_000;
/** Longer than any pace, rest or gap lasts. */
const keptMs = 3 * longestStopMs;

interface Standing {
  readonly now: number;
  /** The pace as it is written; empty for a full one. */
  readonly written: string;
  readonly restingMs: number;
  readonly toldGapMs: number;
  readonly used: number;
}

const parsePace = (written: string) => (written === "" ? null : (JSON.parse(written) as Pace));

export function createBudget(client: RedisClient, run: RunScript): Budget {
  const token = (take: 0 | 1) => async (account: string, holder: string, rate: number, gapMs: number) => {
    const { requests, rest, turn, pace, told, record } = keys;
    const of = [requests, rest, turn, pace, told, record].map((key) => key(account));
    const limits = [recoveryMs, longestStopMs, keptMs];
    return Number(await run("request-token", of, [rate, gapMs, holder, turnMs, ...limits, take]));
  };

  async function stand(account: string): Promise<Standing> {
    const of = [keys.requests, keys.rest, keys.pace, keys.told].map((key) => key(account));
    const reply = (await run("budget-state", of, [longestStopMs])) as [
      number,
      string,
      number,
      number,
      number,
    ];
    const [now, written, restingMs, toldGapMs, used] = reply;
    return { now, written, restingMs, toldGapMs, used };
  }

  /** Changes the pace, whoever else does at the same time; `change` answers null to leave it. */
  async function changePace(account: string, change: (pace: Pace | null, now: number) => Pace | null) {
    for (;;) {
      const { now, written } = await stand(account);
      const changed = change(parsePace(written), now);
      if (changed === null) return null;
      const args = [written, JSON.stringify(changed), keptMs];
      if ((await run("set-pace", [keys.pace(account)], args)) === 1) return changed;
    }
  }

  return {
    take: token(1),
    look: token(0),
    async keep(account, holder) {
      await run("keep-turn", [keys.turn(account)], [holder, turnMs]);
    },
    async done(account, holder, well = false) {
      await run("end-turn", [keys.turn(account), keys.pace(account)], [holder, well ? 1 : 0]);
    },
    async rest(account, ms) {
      await client.set(keys.rest(account), "1", "PX", Math.max(1, Math.round(ms)));
      await changePace(account, (pace, now) => pace && restingPace(pace, now, now + ms));
    },
    async hear(account, { kind, limit }, well) {
      const tight = limit && tighteningOf(limit);
      if (limit && tight) {
        const args = [limit.by, tight.remaining, tight.forMs, tight.gapMs];
        await run("tighten", [keys.told(account)], args);
      }
      let troubles = 0;
      if (kind === "transient")
        troubles = Number(await run("count-trouble", [keys.pace(account)], [well ? 1 : 0, keptMs]));
      if (!slowsDown(kind, troubles)) return null;
      return (await changePace(account, slower))?.factor ?? null;
    },
    async state(account, requestsPerMinute) {
      const { now, written, restingMs, toldGapMs, used } = await stand(account);
      const pace = paceAt(parsePace(written), now);
      const effectiveRequestsPerMinute = effectiveRate(requestsPerMinute, pace, toldGapMs);
      return { requestsPerMinute, pace, effectiveRequestsPerMinute, restingMs, usedLastMinute: used };
    },
  };
}
