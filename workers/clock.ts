import type { Context } from "../src/context.js";
import { sweepEveryMs } from "../src/domain/retention.js";
import { sweep, tick } from "../src/pipeline/clock.js";

/** Wakes whoever is late, each second, and sweeps away what is old, each hour or more often. */
export async function startClockWorker({ wakeUps, parts }: Context): Promise<void> {
  wakeUps.work("clock", () => tick(parts));
  wakeUps.work("sweep", (_id, stop) => sweep(parts, stop));
  await wakeUps.startClock(sweepEveryMs(parts.retentionMs));
}
