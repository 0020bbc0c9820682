import { type Finding, good, problem } from "../../domain/finding.js";
import type { Presence } from "../../store/presence.js";
import type { MailboxSurvey } from "../mailboxes.js";
import type { ServerReading } from "../server-reading.js";
import { amount, time } from "./words.js";

export interface WorkerFacts {
  readonly processes: readonly Presence[];
  /** By queue: how many wake-ups wait, and for how long (ms) the oldest has. */
  readonly queues: Readonly<Record<string, { readonly waiting: number; readonly oldestMs: number }>>;
  /** For how long (ms) the clock should have woken someone. */
  readonly clockLagMs: number;
  /** For how long (ms) the oldest delivery has been due that nothing holds back. */
  readonly overdueMs: number;
}

/** Parts without which something is not done. */
export const neededRoles = ["poll", "fan-out", "deliver", "clock"] as const;
/** What waits longer (ms) than this waits for workers that are not there. */
const lateMs = 60_000;
const overdueMs = 300_000;

/** What there is to be judged, of what was read. */
export function workerFacts(
  reading: Pick<ServerReading, "at" | "processes" | "depths" | "oldest" | "firstDue">,
  { sums }: Pick<MailboxSurvey, "sums">,
): WorkerFacts {
  const { at, processes, depths, oldest, firstDue } = reading;
  const since = (time: number | null) => Math.max(0, at - (time ?? at));
  const queues = Object.entries(depths).map(([name, { waiting }]) => {
    return [name, { waiting, oldestMs: since(oldest[name as keyof typeof oldest]) }] as const;
  });
  return {
    processes,
    queues: Object.fromEntries(queues),
    clockLagMs: since(firstDue),
    overdueMs: Math.max(...Object.values(sums).map(({ longestOverdue }) => longestOverdue)),
  };
}

/** Whether all the work is done, and in time. */
export function judgeWorkers({ processes, queues, clockLagMs, overdueMs: overdue }: WorkerFacts): Finding[] {
  const missing = neededRoles.filter((role) => !processes.some(({ roles }) => roles.includes(role)));
  const findings: Finding[] = [];
  if (missing.length > 0) {
    const text = `No process runs ${missing.join(", ")}: what ${missing.length === 1 ? "it does" : "they do"} is not done.`;
    const remedy = `Start one: pixiehook start --roles ${missing.join(",")}.`;
    findings.push(problem("workers_missing", text, remedy));
  }
  const isClockLate = clockLagMs > lateMs && !missing.includes("clock");
  if (isClockLate) {
    const text = `Accounts or mailboxes have been due for ${time(clockLagMs)}, and nobody was woken.`;
    findings.push(problem("clock_late", text, "Restart the process that runs the role clock."));
  }
  for (const [queue, { waiting, oldestMs }] of Object.entries(queues)) {
    if (oldestMs <= lateMs || missing.some((role) => role === queue)) continue;
    const text = `${amount(waiting, "wake-up")} wait${waiting === 1 ? "s" : ""} in the queue ${queue}, the oldest for ${time(oldestMs)}.`;
    findings.push(
      problem("workers_late", text, "Start more workers, or look in their log for what holds them up."),
    );
  }
  if (overdue > overdueMs && !missing.includes("deliver")) {
    const text = `A delivery has been due for ${time(overdue)}, and nothing holds it back.`;
    const remedy = "Start more workers with the role deliver, or raise limits of the slow subscription.";
    findings.push(problem("delivery_overdue", text, remedy));
  }
  if (findings.length > 0) return findings;
  const where = amount(processes.length, "process", "processes");
  return [good("workers", `All parts run, in ${where}, and are in time.`)];
}
