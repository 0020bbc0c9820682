import type { z } from "zod";
import { judgeClockHere } from "../../operations/diagnostics/clocks.js";
import type { answers } from "./answers.js";
import type { Section } from "./finding.js";

type Checks = z.output<typeof answers.diagnosis>["checks"];

/** What the service needs, as it found it. `aheadMs`: how far its clock is ahead of the one here. */
export function needsOf(checks: Checks, aheadMs: number): Section {
  const found = checks.map(({ status: level, code, text, remedy }) => ({ level, code, text, remedy }));
  const findings = [...found, ...judgeClockHere(aheadMs)];
  return { title: "What it needs", account: null, findings };
}
