import { setTimeout as sleep } from "node:timers/promises";
import type { Account } from "../domain/account.js";
import { requestGapMs } from "../domain/polling.js";
import type { Gate } from "../domain/upstream.js";
import type { Stop } from "../queues/wake-ups.js";
import type { Budget, Requester } from "../store/budget.js";

export interface BudgetGate extends Gate {
  /** When (ms) a request would have been possible, if the gate was left because that is too late. */
  readonly notBefore: () => number | null;
  /** To be called when the last request is answered, whatever came of it. */
  leave(): Promise<void>;
}

/**
 * Lets the requests of one poll, or of the trial of a session, through: within the account's budget, and in turn. The
 * first request does not wait beyond `until` (ms), so that an actor never sits in its place for nothing; what has
 * begun goes on to its end.
 */
export function createGate(
  account: Pick<Account, "id" | "polling">,
  who: Requester,
  budget: Budget,
  options: { stop: Stop; now: () => number; until: number },
): BudgetGate {
  const { stop, now, until } = options;
  let begun = false;
  let notBefore: number | null = null;
  return {
    signal: stop.abort,
    notBefore: () => notBefore,
    leave: () => budget.done(account.id, who),
    async enter() {
      while (!stop.draining.aborted) {
        const { requestsPerMinute } = account.polling;
        const wait = await budget.take(account.id, who, requestsPerMinute, requestGapMs(account));
        if (wait === 0) {
          begun = true;
          return true;
        }
        // While it waits no request of ours is under way: the other may go in between.
        if (begun) await budget.done(account.id, who);
        const at = now() + wait;
        if (!begun && at > until) {
          notBefore = at;
          return false;
        }
        await sleep(wait, undefined, { signal: stop.draining }).catch(() => undefined);
      }
      return false;
    },
  };
}
