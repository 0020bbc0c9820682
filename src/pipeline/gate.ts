import { setTimeout as sleep } from "node:timers/promises";
import type { Account } from "../domain/account.js";
import { requestGapMs } from "../domain/polling.js";
import type { Gate } from "../domain/upstream.js";
import type { Stop } from "../queues/wake-ups.js";
import type { Budget } from "../store/budget.js";

export interface PollGate extends Gate {
  /** When (ms) a request would have been possible, if the gate was left because that is too late. */
  readonly notBefore: () => number | null;
}

/**
 * Lets the requests of one poll through, within the account's budget. The first request does not wait beyond
 * `until` (ms), so that an actor never sits in its place for nothing; a poll that has begun is read to its end.
 */
export function createGate(
  account: Account,
  budget: Budget,
  stop: Stop,
  options: { now: () => number; until: number },
): PollGate {
  let begun = false;
  let notBefore: number | null = null;
  return {
    signal: stop.abort,
    notBefore: () => notBefore,
    async enter() {
      for (;;) {
        if (stop.draining.aborted) return false;
        const wait = await budget.take(
          account.id,
          "poll",
          account.polling.requestsPerMinute,
          requestGapMs(account),
        );
        if (wait === 0) {
          begun = true;
          return true;
        }
        // While it waits no request of ours is under way: the trial of a session may go in between.
        if (begun) await budget.done(account.id, "poll");
        const at = options.now() + wait;
        if (!begun && at > options.until) {
          notBefore = at;
          return false;
        }
        await sleep(wait, undefined, { signal: stop.draining }).catch(() => undefined);
      }
    },
  };
}
