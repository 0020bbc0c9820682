import type { Context } from "../src/context.js";
import { sweep, tick } from "../src/pipeline/clock.js";

const sweepEveryMs = 3_600_000;

/** Wakes whoever is late, each second, and sweeps away what is old, each hour. */
export async function startClockWorker({ wakeUps, parts }: Context): Promise<void> {
  let sweptAt = parts.now();
  wakeUps.work("clock", async (_id, stop) => {
    await tick(parts);
    if (parts.now() - sweptAt < sweepEveryMs) return;
    sweptAt = parts.now();
    await sweep(parts, stop);
  });
  await wakeUps.startClock();
}
