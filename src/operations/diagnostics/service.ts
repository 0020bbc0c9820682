import { setTimeout as sleep } from "node:timers/promises";
import type { Prober } from "../../channels/probe.js";
import { type Finding, problem, quoted } from "../../domain/finding.js";
import type { WakeUps } from "../../queues/wake-ups.js";
import type { Check, CheckArea, DiagnosticsService } from "../../services/system.js";
import { reasonOf } from "../../store/redis.js";
import type { Store } from "../../store/store.js";
import { atMostEvery } from "../fresh.js";
import type { SurveyMailboxes } from "../mailboxes.js";
import { judgeClocks } from "./clocks.js";
import { judgeFolder, lookAtFolder } from "./folder.js";
import { judgeMail } from "./mail.js";
import { judgeReceivers, lookAtReceivers } from "./receivers.js";
import { judgeNoRedis, judgeRedis, type RedisKind } from "./redis.js";
import { time } from "./words.js";
import { judgeWorkers, workerFacts } from "./workers.js";

export interface DiagnosticsParts {
  readonly store: Pick<Store, "server" | "presence" | "subscriptions" | "due">;
  readonly wakeUps: Pick<WakeUps, "depths" | "oldest">;
  readonly surveyMailboxes: SurveyMailboxes;
  /** Made for each run, closed at its end. */
  readonly createProber: () => Prober;
  readonly now: () => number;
  readonly dataDir: string;
  /** How Redis is reached; the data of an embedded one is in the data folder. */
  readonly redis: RedisKind;
  /** For all looks together, ms. */
  readonly deadlineMs?: number;
}

/** What is looked at, and how Redis is reached. */
interface Place {
  readonly area: CheckArea;
  readonly redis: RedisKind;
}

/** A look at one area. It may throw, and may take for ever. */
type Look = () => Promise<Finding[]>;

/**
 * What the service needs, looked at abreast. One run serves everyone who asks within ten seconds of it, so that nobody
 * can make pixiehook knock at receivers over and over.
 */
export function createDiagnosticsService(parts: DiagnosticsParts): DiagnosticsService {
  const { now, redis, deadlineMs = 10_000 } = parts;
  const run = atMostEvery(10_000, now, async () => {
    const prober = parts.createProber();
    const looks: Record<CheckArea, Look> = {
      redis: () => lookAtRedis(parts),
      clock: () => lookAtClocks(parts),
      workers: () => lookAtWorkers(parts),
      mail: () => lookAtMail(parts, prober),
      receivers: () => lookAtAllReceivers(parts, prober),
      data: () => lookAtData(parts),
    };
    const areas = Object.keys(looks) as CheckArea[];
    try {
      const all = await Promise.all(areas.map((area) => checksOf({ area, redis }, looks[area], deadlineMs)));
      const checks = all.flat();
      const isAway = checks.some(({ code }) => code === "redis_away");
      // What could not be looked at for want of Redis is said with that.
      const told = isAway ? checks.filter(({ code }) => !code.endsWith("_unknown")) : checks;
      return { checkedAt: new Date(now()).toISOString(), checks: told };
    } finally {
      prober.close();
    }
  });
  return { run, now };
}

async function checksOf(place: Place, look: Look, deadlineMs: number): Promise<Check[]> {
  const ended = new AbortController();
  const late = sleep(deadlineMs, null, { signal: ended.signal }).then(
    () => [unknown(place, `no answer within ${time(deadlineMs)}`)],
    () => [],
  );
  const looked = look().catch((error: unknown) => [unknown(place, reasonOf(error))]);
  const findings = await Promise.race([looked, late]).finally(() => ended.abort());
  return findings.map((finding) => ({ area: place.area, ...finding }));
}

/** How an area is called in a sentence. */
const names: Readonly<Record<CheckArea, string>> = {
  redis: "Redis",
  clock: "The clocks",
  workers: "The workers",
  mail: "The mail server",
  receivers: "The receivers",
  data: "The data folder",
};

function unknown({ area, redis }: Place, reason: string): Finding {
  if (area === "redis") return judgeNoRedis(reason, redis)[0] as Finding;
  const text = `${names[area]} could not be looked at: ${quoted(reason)}.`;
  return problem(`${area}_unknown`, text, "Ask again; if it stays so, look in the log of the service.");
}

async function lookAtRedis({ store, redis }: DiagnosticsParts): Promise<Finding[]> {
  return judgeRedis(await store.server.facts(), redis);
}

async function lookAtClocks({ store, now }: DiagnosticsParts): Promise<Finding[]> {
  const [redis, processes] = await Promise.all([store.server.clock(Date.now), store.presence.list()]);
  return judgeClocks({ redis, processes, now: now() });
}

async function lookAtWorkers({ store, wakeUps, surveyMailboxes, now }: DiagnosticsParts): Promise<Finding[]> {
  const [processes, depths, oldest, firstDue, survey] = await Promise.all([
    store.presence.list(),
    wakeUps.depths(),
    wakeUps.oldest(),
    store.due.first(),
    surveyMailboxes(),
  ]);
  return judgeWorkers(workerFacts({ at: now(), processes, depths, oldest, firstDue }, survey));
}

async function lookAtMail({ store }: DiagnosticsParts, prober: Prober): Promise<Finding[]> {
  const reach = await prober.mailServer();
  if (reach !== null) return judgeMail(reach, 0);
  const all = await store.subscriptions.all();
  return judgeMail(null, all.filter(({ enabled, channel }) => enabled && channel.type === "email").length);
}

async function lookAtAllReceivers(parts: DiagnosticsParts, prober: Prober): Promise<Finding[]> {
  const { receivers, untried } = await lookAtReceivers(await parts.store.subscriptions.all(), prober);
  return judgeReceivers(receivers, untried, parts.now());
}

async function lookAtData({ store, dataDir, redis }: DiagnosticsParts): Promise<Finding[]> {
  const folder = await lookAtFolder(dataDir);
  if (redis !== "embedded") return judgeFolder(folder, null);
  const servers = await store.server.facts().catch(() => []);
  return judgeFolder(
    folder,
    servers.reduce((sum, { appendOnlyBytes }) => sum + appendOnlyBytes, 0),
  );
}
