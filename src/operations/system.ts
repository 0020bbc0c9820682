import { setTimeout as sleep } from "node:timers/promises";
import { type ChannelType, channelTypes } from "../domain/subscription.js";
import { iso } from "../pipeline/parts.js";
import type {
  Check,
  CheckArea,
  Diagnosis,
  DiagnosticsService,
  MailboxTotals,
  SystemService,
  SystemView,
} from "../services/system.js";
import { judgeClocks } from "./diagnostics/clocks.js";
import { judgeRedis, type RedisKind } from "./diagnostics/redis.js";
import { judgeWorkers, workerFacts } from "./diagnostics/workers.js";
import { atMostEvery } from "./fresh.js";
import type { MailboxSurvey, SurveyMailboxes } from "./mailboxes.js";
import type { ReadServer, ServerReading } from "./server-reading.js";

/** What lies outside is knocked at once in so many ms, as a rule: a page that stays open asks all day. */
const outsideEveryMs = 60_000;
/** What is judged here from what was just read; of everything else the doctor tells. */
const readHere: readonly CheckArea[] = ["redis", "clock", "workers"];

interface Parts {
  readonly readServer: ReadServer;
  readonly surveyMailboxes: SurveyMailboxes;
  readonly diagnostics: DiagnosticsService;
  readonly redis: RedisKind;
  /** How long (ms) a page waits for what lies outside; what comes later is on the next one. */
  readonly patienceMs?: number;
}

/** How the program is, from within: for people who look. */
export function createSystemService(parts: Parts): SystemService {
  const { readServer, surveyMailboxes, diagnostics, redis, patienceMs = 1_500 } = parts;
  const seldom = atMostEvery(outsideEveryMs, () => diagnostics.now(), diagnostics.run);
  let last: Diagnosis | null = null;

  /** What could not be looked at is asked for as often as the doctor looks: no outage is told for a minute after it. */
  async function diagnose(): Promise<Diagnosis | null> {
    const rested = await seldom();
    const diagnosis = has(rested, /^redis_away$|_unknown$/) ? await diagnostics.run() : rested;
    // Without Redis it says nothing of what lies outside.
    if (!has(diagnosis, /^redis_away$/)) last = diagnosis;
    return last;
  }

  async function outside(): Promise<Diagnosis | null> {
    const asked = diagnose();
    return Promise.race([asked, sleep(patienceMs, null, { ref: false }).then(() => last)]);
  }

  return {
    async read() {
      const [reading, survey, diagnosis] = await Promise.all([readServer(), surveyMailboxes(), outside()]);
      const far = diagnosis?.checks.filter(({ area }) => !readHere.includes(area)) ?? [];
      return {
        ...viewOf(reading, survey),
        checks: [...checksOf(reading, survey, redis), ...far],
        checkedAt: diagnosis?.checkedAt ?? null,
      };
    },
  };
}

function has({ checks }: Diagnosis, codes: RegExp): boolean {
  return checks.some(({ code }) => codes.test(code));
}

/** Judged anew each time, so that they never contradict the figures beside them. */
function checksOf(reading: ServerReading, survey: MailboxSurvey, redis: RedisKind): Check[] {
  const { at, servers, clock, processes } = reading;
  const findings = {
    redis: judgeRedis(servers, redis),
    clock: judgeClocks({ redis: clock, processes, now: at }),
    workers: judgeWorkers(workerFacts(reading, survey)),
  };
  return Object.entries(findings).flatMap(([area, found]) =>
    found.map((finding) => ({ area: area as CheckArea, ...finding })),
  );
}

function viewOf(reading: ServerReading, survey: MailboxSurvey): Omit<SystemView, "checks" | "checkedAt"> {
  const { at, servers, clock, processes, firstDue, depths, oldest } = reading;
  const since = (time: number) => Math.max(0, at - time) / 1_000;
  return {
    at: iso(at),
    processes: processes.map(({ id, roles }) => ({ pid: id.replace(/-.*/, ""), roles })),
    clockLateSeconds: firstDue === null ? 0 : since(firstDue),
    queues: Object.entries(depths).map(([name, states]) => {
      const first = oldest[name as keyof typeof oldest];
      return { name, ...states, oldestSeconds: first === null ? null : since(first) };
    }),
    mailboxes: totalsOf(survey),
    fullest: survey.fullest.map(({ firstDue: due, ...one }) => {
      return { ...one, firstDueAt: due === null ? null : iso(due) };
    }),
    filled: survey.filled,
    redis: servers,
    redisAheadMs: clock.aheadMs,
  };
}

function totalsOf({ sums }: MailboxSurvey): Record<ChannelType, MailboxTotals> {
  const totals = channelTypes.map((type) => {
    const { waiting, statuses } = sums[type];
    const { disabled: _, ...on } = statuses;
    const mailboxes = Object.values(on).reduce((sum, count) => sum + count, 0);
    return [type, { mailboxes, waiting, resting: on.resting, paused: on.paused }] as const;
  });
  return Object.fromEntries(totals) as Record<ChannelType, MailboxTotals>;
}
