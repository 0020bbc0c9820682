import { type Prior, priorRate } from "../../src/domain/activity.js";
import { allKnowing, uniform } from "./ideals.js";
import { type Knowledge, own } from "./own.js";
import type { Strategy } from "./simulate.js";
import type { Trace } from "./traces.js";
import { dayMs } from "./units.js";

/** When the hint that goes stale does. */
export const staleAtMs = 10 * dayMs;

/** What is measured of the listing: a studio of 1,763 collections, 100 to a page. */
const listingRequests = 18;

const hinting = (recall: (time: number) => number) => ({ hint: { requests: listingRequests, recall } });

const wrongPriors = {
  "ten times too high": (age) => 10 * priorRate(age),
  "ten times too low": (age) => priorRate(age) / 10,
  "the same at any age": () => 0.05 / dayMs,
  "rising with the age": (age) => (0.001 + (age ?? 0) / (3_650 * dayMs)) / dayMs,
} satisfies Record<string, Prior>;

/** pixiehook's own policy, by what it is told. */
const ownPolicies = {
  "own, record times": {},
  "own, changed or not": { timed: false },
  "own, no sessions": { sessions: false },
  "own, told the true rates": { told: true },
  "own, hint of recall 0.8": hinting(() => 0.8),
  "own, hint of recall 1": hinting(() => 1),
  "own, hint of recall 0": hinting(() => 0),
  "own, hint gone stale": hinting((time) => (time < staleAtMs ? 0.8 : 0)),
  "ten times too high": { timed: false, prior: wrongPriors["ten times too high"] },
  "ten times too low": { timed: false, prior: wrongPriors["ten times too low"] },
  "the same at any age": { timed: false, prior: wrongPriors["the same at any age"] },
  "rising with the age": { timed: false, prior: wrongPriors["rising with the age"] },
} satisfies Record<string, Partial<Knowledge>>;

const ideals = {
  uniform: () => uniform(),
  "proportional to true λ": (trace: Trace) => allKnowing(trace, "proportional"),
  "√ of true λ": (trace: Trace) => allKnowing(trace, "root"),
};

export type PolicyName = keyof typeof ideals | keyof typeof ownPolicies;

export function policyOf(name: PolicyName, trace: Trace): Strategy {
  if (name in ideals) return ideals[name as keyof typeof ideals](trace);
  const knowledge = ownPolicies[name as keyof typeof ownPolicies];
  return own(trace, { timed: true, ...knowledge });
}
