import { appendFileSync } from "node:fs";
import { expect } from "vitest";
import type { Verdict } from "./audit.js";

/** What a scenario counts beside the verdict: kills by role, how long an outage was … */
export type Counts = Readonly<Record<string, number | string>>;

/** Prints what a scenario counted, and with CHAOS_REPORT appends it to that file as a line of JSON. */
export function count(scenario: string, counts: Counts): void {
  const width = Math.max(...Object.keys(counts).map((name) => name.length));
  const lines = Object.entries(counts).map(
    ([name, value]) => `  ${name.padEnd(width)}  ${value.toLocaleString("en")}`,
  );
  process.stdout.write(`\n${scenario}\n${lines.join("\n")}\n`);
  const { CHAOS_REPORT } = process.env;
  if (CHAOS_REPORT)
    appendFileSync(
      CHAOS_REPORT,
      `${JSON.stringify({ scenario, when: new Date().toISOString(), ...counts })}\n`,
    );
}

/** The same with what came of it. */
export function tell(scenario: string, counts: Counts, verdict: Verdict): void {
  const at = (share: number) => verdict.delays[Math.floor(share * (verdict.delays.length - 1))] ?? 0;
  count(scenario, {
    ...counts,
    events: verdict.events,
    deliveries: verdict.deliveries,
    lost: verdict.lost.length + verdict.undelivered.length,
    invented: verdict.invented.length + verdict.misdelivered.length,
    "bodies altered": verdict.altered.length,
    doubles: verdict.doubles,
    "doubles that nothing explains": verdict.unexplained.length,
    "out of order": verdict.outOfOrder.length,
    late: verdict.late.length,
    "delay p50, s": Math.round(at(0.5) / 100) / 10,
    "delay p99, s": Math.round(at(0.99) / 100) / 10,
    "longest delay, s": Math.round(at(1) / 100) / 10,
  });
}

/** Fails with examples of whatever must not be. `others`: types of events that the service may tell of itself. */
export function mustHold(
  verdict: Verdict,
  { others = [], mayCommitAnew = false }: { others?: readonly string[]; mayCommitAnew?: boolean } = {},
): void {
  const { lost, undelivered, invented, misdelivered, unexplained, outOfOrder, late } = verdict;
  // A commit that Redis forgot is made anew, under the same ids but with the time of the new commit.
  const altered = mayCommitAnew ? [] : verdict.altered;
  const wrong = { lost, undelivered, invented, misdelivered, unexplained, altered, outOfOrder, late };
  const strange = [...new Set(verdict.others)].filter((type) => !others.includes(type));
  const examples = Object.fromEntries(Object.entries(wrong).map(([name, all]) => [name, all.slice(0, 5)]));
  const none = Object.fromEntries(Object.keys(wrong).map((name) => [name, []]));
  expect({ ...examples, strange }).toEqual({ ...none, strange: [] });
  expect(verdict.events, "something happened at all").toBeGreaterThan(0);
}
