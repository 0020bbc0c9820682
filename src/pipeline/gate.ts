import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Account } from "../domain/account.js";
import { bearingOf, courteousGapMs } from "../domain/pace.js";
import { accountRestMs } from "../domain/polling.js";
import type { Gate, Heard } from "../domain/upstream.js";
import type { Stop } from "../queues/wake-ups.js";
import { type Budget, turnMs } from "../store/budget.js";
import type { Parts } from "./parts.js";

/** Who makes requests: the account's own polls, or the trial of a session that a person hands over. */
type Requester = "poll" | "probe";

export interface BudgetGate extends Gate {
  heard(answer: Heard): Promise<void>;
  /**
   * Waits until a request could be made, and makes none: what to ask for is chosen then, by the newest knowledge. False
   * when that would be after `latest` (ms; `notBefore` says when), or we are told to stop.
   */
  whenFree(latest: number): Promise<boolean>;
  /** When (ms) a request would have been possible, if the gate was left because that is too late. */
  readonly notBefore: () => number | null;
  /** To be called when the last request is answered, whatever came of it. The gate can be entered anew. */
  leave(): Promise<void>;
}

/** Longest sleep (ms) without another look: the budget may have been changed, or a rest may be over. */
const longestSleepMs = 1_000;
/** A rest that is longer (ms) is not sat out in the middle of a list: the list is read anew after it. */
const longestRestMs = 60_000;

/**
 * Lets the requests of one poll, or of the trial of a session, through: within the account's budget, and in turn. The
 * first request does not wait beyond `until` (ms), so that an actor never sits in its place for nothing; what has
 * begun goes on to its end. `onSlower` is told when an answer slows the account down, `onHeard` of every answer.
 */
export function createGate(
  account: Pick<Account, "id" | "polling">,
  who: Requester,
  budget: Budget,
  options: {
    readonly stop: Stop;
    readonly now: () => number;
    readonly until: number;
    readonly onSlower?: (cause: Heard["kind"], pace: number) => void;
    readonly onHeard?: (kind: Heard["kind"]) => void;
  },
): BudgetGate {
  const { stop, now, until, onSlower, onHeard } = options;
  const { id } = account;
  // Each gate is a holder of its own: of two workers that take themselves for the account's only one, one waits.
  const holder = `${who}:${randomBytes(8).toString("hex")}`;
  const asks = [id, holder, account.polling.requestsPerMinute, courteousGapMs] as const;
  let begun = false;
  let well = false;
  let notBefore: number | null = null;
  let keeping: NodeJS.Timeout | undefined;

  const pause = (ms: number) =>
    sleep(Math.min(ms, longestSleepMs), undefined, { signal: stop.draining }).catch(() => undefined);
  const keep = () => {
    clearInterval(keeping);
    // Should Redis not answer, the turn ends, and the next request waits for it anew.
    const again = () => void budget.keep(id, holder).catch(() => undefined);
    keeping = setInterval(again, turnMs / 3).unref();
  };
  const release = async () => {
    clearInterval(keeping);
    const wasWell = well;
    well = false;
    await budget.done(id, holder, wasWell);
  };
  const isTooLate = async (wait: number) => {
    if (!begun) return now() + wait > until;
    return wait > longestRestMs && (await budget.state(id, asks[2])).restingMs > longestRestMs;
  };

  return {
    signal: stop.abort,
    notBefore: () => notBefore,
    async whenFree(latest) {
      notBefore = null;
      while (!stop.draining.aborted) {
        const wait = await budget.look(...asks);
        if (wait === 0) return true;
        if (now() + wait > latest) {
          notBefore = now() + wait;
          return false;
        }
        await pause(wait);
      }
      return false;
    },
    async enter() {
      while (!stop.draining.aborted) {
        const wait = await budget.take(...asks);
        if (wait === 0) {
          begun = true;
          keep();
          return true;
        }
        // While it waits no request of ours is under way: the other may go in between.
        if (begun) await release();
        if (await isTooLate(wait)) {
          notBefore = now() + wait;
          return false;
        }
        await pause(wait);
      }
      return false;
    },
    async heard(answer) {
      onHeard?.(answer.kind);
      const pace = await budget.hear(id, answer, well);
      if (bearingOf(answer.kind) !== null) well = bearingOf(answer.kind) === "well";
      if (pace !== null) onSlower?.(answer.kind, pace);
      // While the turn is still ours: whoever is next must find the account at rest.
      const rest = accountRestMs(answer, 0);
      if (rest !== null) await budget.rest(id, rest);
    },
    async leave() {
      begun = false;
      await release();
    },
  };
}

/** Counts the requests of an account, and says in the log and the metrics when it was slowed down. */
export function listeners(account: string, { log, metrics }: Pick<Parts, "log" | "metrics">) {
  return {
    onHeard: (outcome: Heard["kind"]) => metrics.upstreamRequests.inc({ outcome }),
    onSlower(cause: Heard["kind"], pace: number) {
      metrics.slowdowns.inc({ cause });
      log.info({ account, cause, pace }, "slower");
    },
  };
}
