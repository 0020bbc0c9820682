import { newActivity, type Prior } from "../../src/domain/activity.js";
import { type Plan, type Prospect, put } from "../../src/domain/plan.js";
import { type Limits, nextTurn } from "../../src/domain/turn.js";

export const dayMs = 86_400_000;

/** So much older is each of the sources whose rates are given than the one before. */
const ageStepMs = 1_000 * dayMs;

/** A prior that gives each source of `prospectOf` a rate of its own, visits a millisecond, for years. */
export function priorOf(rates: readonly number[]): Prior {
  return (ageMs) => rates[Math.floor((ageMs ?? 0) / ageStepMs)] ?? 0;
}

/** A source of which nothing is known but the prior. */
export function prospectOf(index: number, known: Partial<Prospect> = {}): Prospect {
  return {
    id: `source ${index}`,
    resource: "invoices",
    requests: 1,
    weight: 1,
    bornAt: -(index + 0.5) * ageStepMs,
    polledAt: 0,
    notBefore: 0,
    activity: newActivity(0),
    hinted: false,
    ...known,
  };
}

/** Polls what `nextTurn` chooses, one request after the other, and tells when each source was polled. */
export function playTurns(
  plan: Plan,
  {
    limits,
    shortestMs = 0,
    from = 0,
    to,
  }: { limits: Limits; shortestMs?: number; from?: number; to: number },
): Map<string, number[]> {
  const polls = new Map(plan.prospects.map(({ id }): [string, number[]] => [id, []]));
  const gapMs = 60_000 / limits.requestsPerMinute;
  for (let now = from; now < to; ) {
    const turn = nextTurn(plan, now, limits);
    if (turn.id === null) {
      now = Math.max(turn.at, now + gapMs);
      continue;
    }
    const prospect = plan.prospects[plan.positions.get(turn.id) ?? -1];
    if (!prospect) throw new Error(`${turn.id} is not in the plan`);
    polls.get(turn.id)?.push(now);
    put(plan, { ...prospect, polledAt: now, notBefore: now + shortestMs }, now);
    now += gapMs * prospect.requests;
  }
  return polls;
}

/** The time between the first and the last of some polls, divided by their number, ms. */
export function meanGap(times: readonly number[]): number {
  return ((times.at(-1) ?? Number.NaN) - (times[0] ?? Number.NaN)) / (times.length - 1);
}
