import { z } from "zod";

/**
 * Every queue of the program. A job is a wake-up: it says that an actor has work and carries its id, nothing else.
 * What the work is stands in Redis, so a job that is lost or doubled does no harm.
 */
export const queueNames = ["poll", "fan-out", "deliver", "replay", "clock", "sweep"] as const;
export type QueueName = (typeof queueNames)[number];

export const wakeUpSchema = z.strictObject({ id: z.string() });

export interface QueueSettings {
  /**
   * Actors that one process works for at once. They wait more than they compute, and one that has no place is late: so
   * there are places for all accounts that a process can carry. A place costs next to nothing.
   */
  readonly concurrency: number;
  /** How long (ms) a worker may be silent before its actor goes to another one. */
  readonly lockDuration: number;
  /**
   * How often (ms) actors are looked for whose worker lost its lock; one is noted at one look and goes on at the next. It
   * is how long work that Redis and a worker lost sight of in an outage waits once both are back.
   */
  readonly stalledInterval: number;
  /** Failed wake-ups that are kept for a look; the clock has long made new ones. */
  readonly keepFailed: number;
}

const actor = { lockDuration: 10_000, stalledInterval: 2_000, keepFailed: 100 };

export const queues: Record<QueueName, QueueSettings> = {
  poll: { ...actor, concurrency: 2_000 },
  "fan-out": { ...actor, concurrency: 20 },
  deliver: { ...actor, concurrency: 1_000 },
  replay: { ...actor, concurrency: 20 },
  clock: { ...actor, concurrency: 1 },
  sweep: { ...actor, concurrency: 1 },
};

/** How long (ms) a worker whose command failed with the connection waits before it says it again. */
export const commandRetryMs = 1_000;

/** Events of BullMQ that are kept of each queue. Nobody reads them, and by itself it keeps ten thousand. */
export const keptQueueEvents = 100;

/** How often the clock looks for actors that are late, ms. */
export const clockEveryMs = 1_000;

/** Up to how far ahead (ms) a process keeps a timer for an actor; the clock finds the others. */
export const soonMs = 30_000;

/** How often the clock's schedule, which lives in Redis, is made sure of: a Redis that lost it gets it again. */
export const clockRenewalMs = 30_000;
