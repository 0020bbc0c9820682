import type { Context } from "../src/context.js";
import { ensureActors } from "../src/pipeline/clock.js";
import { startClockWorker } from "./clock.js";
import { startDeliverWorker } from "./deliver.js";
import { startFanOutWorker } from "./fan-out.js";
import { startPollWorker } from "./poll.js";
import { startReplayWorker } from "./replay.js";

export const roles = ["api", "poll", "fan-out", "deliver", "clock"] as const;
export type Role = (typeof roles)[number];

const workers = {
  poll: startPollWorker,
  // Replays put deliveries into mailboxes, too.
  "fan-out": (context: Context) => {
    startFanOutWorker(context);
    startReplayWorker(context);
  },
  deliver: startDeliverWorker,
  clock: startClockWorker,
};

/** Starts the workers of these roles. The only owner of a Redis first frees what a dead predecessor held. */
export async function startWorkers(context: Context, wanted: readonly Role[]): Promise<void> {
  if (context.ownsRedis) {
    await context.wakeUps.reset();
    await context.parts.store.due.wakeAll(context.parts.now());
  }
  await ensureActors(context.parts);
  for (const role of wanted) if (role !== "api") await workers[role](context);
  await context.join(wanted);
}
