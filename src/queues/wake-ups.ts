import { Queue, Worker } from "bullmq";
import type { Cluster, Redis } from "ioredis";
import { messageOf } from "../errors.js";
import type { Log } from "../log.js";
import { clockEveryMs, clockRenewalMs, type QueueName, queueNames, queues, wakeUpSchema } from "./catalog.js";

/** How a process asks its actors to end: first to begin nothing new, later to drop what they hold. */
export interface Stop {
  readonly draining: AbortSignal;
  readonly abort: AbortSignal;
}

/** Works for one actor, for a bounded slice of time. */
export type Handler = (id: string, stop: Stop) => Promise<void>;

/** The one place that knows BullMQ: wakes actors, and runs those that were woken. */
export interface WakeUps {
  /** Wakes an actor. While it is awake the wake-up is kept, and it runs once more afterwards. */
  wake(name: QueueName, id: string): Promise<void>;
  wakeMany(name: QueueName, ids: readonly string[]): Promise<void>;
  /** Begins to work for woken actors in this process. */
  work(name: QueueName, handler: Handler): void;
  /** Makes the clock tick; said again, it keeps ticking as it did. */
  startClock(): Promise<void>;
  /** Forgets all wake-ups and locks. For a process that starts as the only owner of its Redis. */
  reset(): Promise<void>;
  depths(): Promise<Record<QueueName, { waiting: number; active: number; delayed: number; failed: number }>>;
  /** Takes no more work, lets what is in flight finish for up to `deadlineMs`, then drops it. */
  close(deadlineMs: number): Promise<void>;
}

export function createWakeUps(connection: Redis | Cluster, prefix: string, log: Log): WakeUps {
  const open = new Map<QueueName, Queue>();
  const workers: Worker[] = [];
  const draining = new AbortController();
  const abort = new AbortController();
  const stop: Stop = { draining: draining.signal, abort: abort.signal };

  function queue(name: QueueName): Queue {
    let known = open.get(name);
    if (!known) {
      known = new Queue(name, { connection, prefix });
      known.on("error", (error) => log.debug({ queue: name, reason: error.message }, "queue error"));
      open.set(name, known);
    }
    return known;
  }

  const optionsFor = (name: QueueName, id: string) => ({
    attempts: 1,
    removeOnComplete: true,
    removeOnFail: { count: queues[name].keepFailed },
    deduplication: { id, keepLastIfActive: true },
  });

  let renewal: NodeJS.Timeout | undefined;
  const setClock = () => {
    const opts = { attempts: 1, removeOnComplete: true, removeOnFail: { count: 10 } };
    const job = { name: "tick", data: { id: "clock" }, opts };
    return queue("clock").upsertJobScheduler("clock", { every: clockEveryMs }, job);
  };

  return {
    async wake(name, id) {
      await queue(name).add("wake-up", { id }, optionsFor(name, id));
    },
    async wakeMany(name, ids) {
      for (let i = 0; i < ids.length; i += 500) {
        const jobs = ids
          .slice(i, i + 500)
          .map((id) => ({ name: "wake-up", data: { id }, opts: optionsFor(name, id) }));
        await queue(name).addBulk(jobs);
      }
    },
    work(name, handler) {
      const { concurrency, lockDuration, stalledInterval } = queues[name];
      const run = async (job: { data: unknown }) => {
        const { id } = wakeUpSchema.parse(job.data);
        try {
          await handler(id, stop);
        } catch (error) {
          if (!abort.signal.aborted)
            log.error({ queue: name, id, error }, "an actor failed; it is woken again");
          throw error;
        }
      };
      const worker = new Worker(name, run, {
        connection,
        prefix,
        concurrency,
        lockDuration,
        stalledInterval,
        // A worker that dies is no reason ever to give up an actor.
        maxStalledCount: 1_000_000,
      });
      worker.on("error", (error) => log.debug({ queue: name, reason: messageOf(error) }, "worker error"));
      workers.push(worker);
    },
    async startClock() {
      await setClock();
      clearInterval(renewal);
      renewal = setInterval(() => {
        setClock().catch((error: unknown) => log.debug({ reason: messageOf(error) }, "clock not renewed"));
      }, clockRenewalMs);
    },
    async reset() {
      for (const name of queueNames) await queue(name).obliterate({ force: true });
    },
    async depths() {
      const counts = await Promise.all(
        queueNames.map(async (name) => {
          const { waiting = 0, active = 0, delayed = 0, failed = 0 } = await queue(name).getJobCounts();
          return [name, { waiting, active, delayed, failed }] as const;
        }),
      );
      return Object.fromEntries(counts) as Awaited<ReturnType<WakeUps["depths"]>>;
    },
    async close(deadlineMs) {
      clearInterval(renewal);
      draining.abort();
      const drained = Promise.all(workers.map((worker) => worker.close()));
      const deadline = new Promise((done) => setTimeout(done, deadlineMs).unref());
      await Promise.race([drained, deadline]);
      abort.abort();
      await Promise.race([drained, new Promise((done) => setTimeout(done, 1_000).unref())]);
      await Promise.all([...open.values()].map((each) => each.close()));
    },
  };
}
