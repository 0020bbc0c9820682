import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Queue, Worker } from "bullmq";
import type { Cluster, Redis } from "ioredis";
import { messageOf } from "../errors.js";
import type { Log } from "../log.js";
import { type Bell, createBellLine, createBells } from "./bell.js";
import {
  clockEveryMs,
  clockRenewalMs,
  commandRetryMs,
  keptQueueEvents,
  type QueueName,
  queueNames,
  queues,
  soonMs,
  wakeUpSchema,
} from "./catalog.js";

/** How a process asks its actors to end: first to begin nothing new, later to drop what they hold. */
export interface Stop {
  readonly draining: AbortSignal;
  readonly abort: AbortSignal;
  /** From here on, wake-ups of this actor in this process ring a bell instead. Absent: nobody can ring. */
  readonly listen?: () => Bell;
}

/** Works for one actor, for a bounded slice of time. */
export type Handler = (id: string, stop: Stop) => Promise<void>;

/** The one place that knows BullMQ: wakes actors, and runs those that were woken. */
export interface WakeUps {
  /** Wakes an actor. While it is awake the wake-up is kept, and it runs once more afterwards. */
  wake(name: QueueName, id: string): Promise<void>;
  wakeMany(name: QueueName, ids: readonly string[]): Promise<void>;
  /** Wakes an actor at `at` (ms), to the point, if that is soon. The clock would, too, up to a second later. */
  wakeSoon(name: QueueName, id: string, at: number): void;
  /**
   * Forgets an actor that is no more: its wake-ups, and what the queue noted of them. Waits a little for one that is
   * awake to end; what that writes later is gone when its queue has seen a hundred others.
   */
  forget(name: QueueName, id: string): Promise<void>;
  /** Begins to work for woken actors in this process. */
  work(name: QueueName, handler: Handler): void;
  /** Makes the clock tick and the sweep come round (ms); said again, they keep on as they did. */
  startClock(sweepEveryMs: number): Promise<void>;
  /** Forgets all wake-ups and locks. For a process that starts as the only owner of its Redis. */
  reset(): Promise<void>;
  depths(): Promise<Record<QueueName, { waiting: number; active: number; delayed: number; failed: number }>>;
  /** When (ms) the oldest wake-up that waits was made; null where none does. */
  oldest(): Promise<Record<QueueName, number | null>>;
  /** Takes no more work, lets what is in flight finish for up to `deadlineMs`, then drops it. */
  close(deadlineMs: number): Promise<void>;
}

/** How long (ms) the end of an actor that is awake is waited for when it is forgotten. */
const forgetMs = 2_000;

/**
 * How long (ms) workers may take to close once no actor works. On a cluster BullMQ can open a connection anew that it is
 * about to close, and then wait for its end for ever.
 */
const settleMs = 1_000;

/** `now`: the clock that actors go by, ms since 1970. */
export function createWakeUps(
  connection: Redis | Cluster,
  prefix: string,
  log: Log,
  now: () => number = Date.now,
): WakeUps {
  const open = new Map<QueueName, Queue>();
  const workers: Worker[] = [];
  /** How many actors work in this process just now, and who waits for the last of them. */
  let atWork = 0;
  let whenNoneIs: () => void = () => undefined;
  const draining = new AbortController();
  const abort = new AbortController();
  setMaxListeners(0, draining.signal, abort.signal);

  function queue(name: QueueName): Queue {
    let known = open.get(name);
    if (!known) {
      known = new Queue(name, { connection, prefix, streams: { events: { maxLen: keptQueueEvents } } });
      known.on("error", (error) => log.debug({ queue: name, reason: error.message }, "queue error"));
      open.set(name, known);
    }
    return known;
  }

  const optionsFor = (name: QueueName, id: string) => ({
    attempts: 1,
    timestamp: now(),
    removeOnComplete: true,
    removeOnFail: { count: queues[name].keepFailed },
    deduplication: { id, keepLastIfActive: true },
  });

  const add = async (name: QueueName, id: string) =>
    void (await queue(name).add("wake-up", { id }, optionsFor(name, id)));

  const bells = createBells();
  const line = createBellLine(connection, `${prefix}:bells`, bells);
  const tellOthers = (actors: readonly string[]) =>
    line.tell(actors).catch((error: unknown) => log.debug({ reason: messageOf(error) }, "nobody told"));
  const soon = new Map<string, { readonly at: number; readonly timer: NodeJS.Timeout }>();
  let renewal: NodeJS.Timeout | undefined;
  const setClock = async (sweepEveryMs: number) => {
    const opts = { attempts: 1, removeOnComplete: true, removeOnFail: { count: 10 } };
    const job = { name: "tick", data: { id: "clock" }, opts };
    const plan = async (name: QueueName, every: number) => {
      // BullMQ goes by this machine's time: where that was ahead, the next round would wait until it is as late again.
      const next = (await queue(name).getJobScheduler(name))?.next ?? 0;
      if (next > Date.now() + every + clockEveryMs) await queue(name).removeJobScheduler(name);
      await queue(name).upsertJobScheduler(name, { every }, job);
    };
    await plan("clock", clockEveryMs);
    await plan("sweep", sweepEveryMs);
  };

  return {
    async wake(name, id) {
      const actor = `${name}:${id}`;
      if (!bells.ring(actor)) await Promise.all([tellOthers([actor]), add(name, id)]);
    },
    async wakeMany(name, ids) {
      const asleep = ids.filter((id) => !bells.ring(`${name}:${id}`));
      for (let i = 0; i < asleep.length; i += 500) {
        const jobs = asleep
          .slice(i, i + 500)
          .map((id) => ({ name: "wake-up", data: { id }, opts: optionsFor(name, id) }));
        await Promise.all([
          tellOthers(jobs.map(({ data }) => `${name}:${data.id}`)),
          queue(name).addBulk(jobs),
        ]);
      }
    },
    wakeSoon(name, id, at) {
      const actor = `${name}:${id}`;
      const known = soon.get(actor);
      const wait = at - now();
      if (wait > soonMs || draining.signal.aborted || (known && known.at <= at)) return;
      clearTimeout(known?.timer);
      const wake = () => {
        soon.delete(actor);
        this.wake(name, id).catch((error: unknown) => log.debug({ reason: messageOf(error) }, "not woken"));
      };
      soon.set(actor, { at, timer: setTimeout(wake, Math.max(0, wait)).unref() });
    },
    async forget(name, id) {
      const of = queue(name);
      const until = Date.now() + forgetMs;
      for (;;) {
        const jobId = await of.getDeduplicationJobId(id);
        if (jobId === null) break;
        const job = await of.getJob(jobId);
        if (!job) await of.removeDeduplicationKey(id);
        else if (!(await job.isActive())) await job.remove().catch(() => undefined);
        else if (Date.now() > until) break;
        else {
          // One that waits for more to do hears it, looks, and finds that there is nothing.
          if (!bells.ring(`${name}:${id}`)) await tellOthers([`${name}:${id}`]);
          await sleep(10);
        }
      }
      const failed = await of.getFailed(0, queues[name].keepFailed);
      for (const job of failed) if ((job.data as { id?: unknown }).id === id) await job.remove();
      await connection.xtrim(of.toKey("events"), "MAXLEN", 0);
    },
    work(name, handler) {
      const { concurrency, lockDuration, stalledInterval } = queues[name];
      line.listen();
      // By job: what ends its actor. A worker that lost its lock (a pause, an outage of Redis) has been followed by
      // another one: it begins nothing more.
      const running = new Map<string, AbortController>();
      const run = async (job: { id?: string | undefined; data: unknown }) => {
        const { id } = wakeUpSchema.parse(job.data);
        const own = new AbortController();
        const end = () => own.abort();
        draining.signal.addEventListener("abort", end);
        if (draining.signal.aborted) own.abort();
        running.set(job.id ?? id, own);
        atWork++;
        let bell: Bell | undefined;
        const listen = () => {
          bell = bells.open(`${name}:${id}`);
          return bell;
        };
        try {
          await handler(id, { draining: own.signal, abort: abort.signal, listen });
        } catch (error) {
          const err = { message: messageOf(error), stack: error instanceof Error ? error.stack : undefined };
          if (!abort.signal.aborted)
            log.error({ queue: name, actor: id, err }, "an actor failed; it is woken again");
          throw error;
        } finally {
          if (bell?.close()) await add(name, id).catch(() => undefined);
          running.delete(job.id ?? id);
          draining.signal.removeEventListener("abort", end);
          if (--atWork === 0) whenNoneIs();
        }
      };
      const worker = new Worker(name, run, {
        connection,
        prefix,
        concurrency,
        lockDuration,
        stalledInterval,
        runRetryDelay: commandRetryMs,
        // A worker that dies is no reason ever to give up an actor.
        maxStalledCount: 1_000_000,
      });
      worker.on("lockRenewalFailed", (jobs) => {
        for (const job of jobs) running.get(job)?.abort();
      });
      worker.on("error", (error) => log.debug({ queue: name, reason: messageOf(error) }, "worker error"));
      workers.push(worker);
    },
    async startClock(sweepEveryMs) {
      await setClock(sweepEveryMs);
      clearInterval(renewal);
      renewal = setInterval(() => {
        setClock(sweepEveryMs).catch((error: unknown) =>
          log.debug({ reason: messageOf(error) }, "clock not renewed"),
        );
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
    async oldest() {
      const firsts = await Promise.all(
        queueNames.map(async (name) => {
          const [job] = await queue(name).getWaiting(0, 0);
          return [name, job?.timestamp ?? null] as const;
        }),
      );
      return Object.fromEntries(firsts) as Awaited<ReturnType<WakeUps["oldest"]>>;
    },
    async close(deadlineMs) {
      clearInterval(renewal);
      for (const { timer } of soon.values()) clearTimeout(timer);
      draining.abort();
      const drained = Promise.allSettled(workers.map((worker) => worker.close()));
      const deadline = new Promise((done) => setTimeout(done, deadlineMs).unref());
      const finished = new Promise<void>((done) => {
        whenNoneIs = done;
        if (atWork === 0) done();
      }).then(() => sleep(settleMs));
      await Promise.race([drained, finished, deadline]);
      abort.abort();
      line.close();
      await Promise.race([drained, new Promise((done) => setTimeout(done, 1_000).unref())]);
      await Promise.allSettled([...open.values()].map((each) => each.close()));
    },
  };
}
