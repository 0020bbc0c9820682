import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../errors.js";
import type { Metrics } from "../metrics.js";
import type { WakeUps } from "../queues/wake-ups.js";
import type { HealthService } from "../services/system.js";
import type { Store } from "../store/store.js";
import { createAccountGauges } from "./account-gauges.js";
import { createMailboxGauges, type SurveyMailboxes } from "./mailboxes.js";
import { createServerGauges } from "./server-gauges.js";
import type { ReadServer } from "./server-reading.js";

/** The oldest wake-up may wait this many for its turn before the workers count as stuck. */
const stuckAt = 10_000;
/** How long (ms) a scrape waits for Redis: Prometheus gives up after ten seconds. */
const patienceMs = 5_000;

export function createHealthService(parts: {
  store: Store;
  wakeUps: WakeUps;
  readServer: ReadServer;
  surveyMailboxes: SurveyMailboxes;
  metrics: Metrics;
  now: () => number;
}): HealthService {
  const { store, wakeUps, metrics } = parts;
  const measures = [createAccountGauges(parts), createMailboxGauges(parts), createServerGauges(parts)];
  return {
    async ready() {
      try {
        await store.ping();
        const depths = await wakeUps.depths();
        const stuck = Object.entries(depths).filter(([, { waiting }]) => waiting > stuckAt);
        const problems = stuck.map(
          ([name, { waiting }]) => `${waiting} wake-ups wait in the queue ${name}: start more workers`,
        );
        return { ok: problems.length === 0, problems };
      } catch (error) {
        return { ok: false, problems: [`Redis does not answer: ${messageOf(error)}`] };
      }
    },
    async metrics() {
      // While Redis is away what this process counted is still told, and that it is away.
      const measured = Promise.all(measures.map((measure) => measure()));
      const late = sleep(patienceMs, false, { ref: false });
      const isUp = await Promise.race([measured.then(() => true).catch(() => false), late]);
      metrics.redisUp.set(isUp ? 1 : 0);
      return metrics.registry.metrics();
    },
  };
}
