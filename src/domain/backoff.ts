import type { AttemptOutcome } from "./delivery.js";
import { durationMs } from "./duration.js";

/** What becomes of a delivery after an attempt. */
export type Verdict =
  | { readonly status: "delivered" }
  | { readonly status: "failed"; readonly disable: string | null }
  | { readonly status: "pending"; readonly nextAttemptAt: number };

/** A receiver that asks for a longer pause (ms) is asked again after this one. */
export const longestHoldMs = 24 * 3_600_000;

/** ±20 %, so that many that failed together do not come back together. `random` in [0, 1). */
function withJitter(ms: number, random: number): number {
  return Math.round(ms * (0.8 + 0.4 * random));
}

/**
 * The verdict on a delivery's attempt number `attempt` (from 1). The receiver's own wish (`Retry-After`) can make
 * the wait longer than the ladder's, not shorter, and at most 24 hours.
 */
export function judgeAttempt(
  outcome: AttemptOutcome,
  context: { attempt: number; delays: readonly string[]; now: number; random: number },
): Verdict {
  if (outcome.kind === "delivered") return { status: "delivered" };
  if (outcome.kind === "gone") return { status: "failed", disable: outcome.error };
  if (outcome.kind === "failed") return { status: "failed", disable: null };
  const rung = context.delays[context.attempt - 1];
  if (rung === undefined) return { status: "failed", disable: null };
  const ladder = withJitter(durationMs(rung), context.random);
  const wish =
    outcome.kind === "retry" && outcome.afterMs !== null ? Math.min(outcome.afterMs, longestHoldMs) : 0;
  return { status: "pending", nextAttemptAt: context.now + Math.max(ladder, wish) };
}
