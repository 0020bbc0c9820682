import type { Metrics } from "../metrics.js";
import { neededRoles } from "./diagnostics/workers.js";
import { atMostEvery, freshMs } from "./fresh.js";
import type { ReadServer } from "./server-reading.js";

interface Parts {
  readonly readServer: ReadServer;
  readonly metrics: Metrics;
  readonly now: () => number;
}

/** Writes how Redis, the queues and the workers are into the metrics, at most every fifteen seconds. */
export function createServerGauges({ readServer, metrics, now }: Parts): () => Promise<void> {
  return atMostEvery(freshMs, now, async () => {
    const { at, servers, processes, firstDue, depths, oldest } = await readServer();
    const since = (time: number | null) => (time === null ? 0 : Math.max(0, at - time) / 1_000);
    for (const [queue, states] of Object.entries(depths)) {
      for (const [state, count] of Object.entries(states)) metrics.queueDepth.set({ queue, state }, count);
    }
    for (const [queue, time] of Object.entries(oldest)) metrics.queueOldest.set({ queue }, since(time));
    metrics.clockLag.set(since(firstDue));
    for (const role of ["api", ...neededRoles])
      metrics.workers.set({ role }, processes.filter(({ roles }) => roles.includes(role)).length);
    const isSafe = servers.every(
      (server) => server.keepsAppendOnlyFile !== false && server.failedWrite === null,
    );
    metrics.redisPersistent.set(isSafe ? 1 : 0);
    metrics.redisMemory.set(servers.reduce((sum, { usedBytes }) => sum + usedBytes, 0));
    metrics.redisMemoryLimit.set(servers.reduce((sum, { limitBytes }) => sum + (limitBytes ?? 0), 0));
  });
}
