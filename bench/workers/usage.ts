import { cpus } from "node:os";
import { moment } from "../support/moment.js";
import type { BenchRedis } from "../support/redis.js";
import type { BenchService } from "../support/service.js";
import type { SinkCalls } from "../support/sink.js";

/** Processor time so far, ms, of all who take part. */
export interface Effort {
  readonly at: number;
  readonly workers: readonly number[];
  readonly redis: number;
  readonly receivers: number;
  /** Of the whole machine, whoever took it. */
  readonly machine: number;
}

/** The shares of one processor that each took; 1 is all of it. */
export interface Shares {
  readonly workers: number;
  readonly busiest: number;
  readonly redis: number;
  readonly receivers: number;
  /** Whoever else: the kernel's own work, the benchmark, and other programs. */
  readonly others: number;
}

/** One thread is full: the rest of a processor goes to the threads beside it and to the kernel's. */
const full = 0.9;
/** Beside sockets and the benchmark itself, somebody else is at work. */
const disturbed = 0.5;

export async function effortOf(
  services: readonly BenchService[],
  { redis, sink }: { readonly redis: BenchRedis; readonly sink: SinkCalls },
): Promise<Effort> {
  const [usages, work, receivers] = await Promise.all([
    Promise.all(services.map((service) => service.usage())),
    redis.work(),
    sink.cpu(null),
  ]);
  const workers = usages.map(({ cpuMs }) => cpuMs);
  return { at: moment(), workers, redis: work.cpuMs, receivers, machine: machineMs() };
}

/** What all processors together worked so far, ms. */
function machineMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}

export function sharesOf(before: Effort, after: Effort, forMs: number): Shares {
  const each = after.workers.map((ms, index) => (ms - (before.workers[index] ?? 0)) / forMs);
  const workers = each.reduce((sum, share) => sum + share, 0);
  const redis = (after.redis - before.redis) / forMs;
  const receivers = (after.receivers - before.receivers) / forMs;
  const others = Math.max(0, (after.machine - before.machine) / forMs - workers - redis - receivers);
  return { workers, busiest: Math.max(...each), redis, receivers, others };
}

/** What keeps them from more, in words. `underWay`: deliveries at once, of as many as the processes have places for. */
export function limitOf(
  { workers, busiest, redis, receivers, others }: Shares,
  { underWay, places }: { readonly underWay: number; readonly places: number },
): string {
  const own = workers + redis + receivers;
  const processors = cpus().length;
  const share = (value: number) => value.toFixed(2);
  const taken = `workers, Redis and receivers take ${share(own)} of ${processors} processors, others ${share(others)}`;
  if (redis >= full) return `Redis' one thread, ${share(redis)} of a processor; ${taken}`;
  if (underWay >= places * full)
    return `the places for deliveries under way, ${Math.round(underWay)} of ${places}; ${taken}`;
  if (busiest >= full) return `the thread of the busiest worker, ${share(busiest)} of a processor; ${taken}`;
  if (own + others >= processors * full) return `the processors: ${taken}`;
  if (others >= disturbed) return `other programs, for whose turns all have to wait: ${taken}`;
  return `how evenly mailboxes are spread over the processes, the busiest of which took ${share(busiest)}; ${taken}`;
}
