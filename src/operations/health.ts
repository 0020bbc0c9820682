import { messageOf } from "../errors.js";
import type { Metrics } from "../metrics.js";
import type { WakeUps } from "../queues/wake-ups.js";
import type { HealthService } from "../services.js";
import type { Store } from "../store/store.js";
import { createMailboxGauges } from "./mailboxes.js";

/** The oldest wake-up may wait this many for its turn before the workers count as stuck. */
const stuckAt = 10_000;

export function createHealthService(parts: {
  store: Store;
  wakeUps: WakeUps;
  metrics: Metrics;
  now: () => number;
}): HealthService {
  const { store, wakeUps, metrics } = parts;
  const measureMailboxes = createMailboxGauges(parts);
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
      for (const [queue, states] of Object.entries(await wakeUps.depths())) {
        for (const [state, count] of Object.entries(states)) metrics.queueDepth.set({ queue, state }, count);
      }
      await measureMailboxes();
      return metrics.registry.metrics();
    },
  };
}
