import { createMachine, type Machine } from "./machine.js";
import { type BenchRedis, startRedis } from "./redis.js";
import { type BenchUpstream, startUpstream } from "./upstream.js";

/** A fresh Redis, a fresh studio, and a process that polls. */
export interface Workplace {
  readonly redis: BenchRedis;
  readonly upstream: BenchUpstream;
  readonly machine: Machine;
  /** Another polling process in the place of the first: it knows nothing but what Redis holds. */
  anotherMachine(): Machine;
}

/** Opens a workplace, works there and takes it down again, whatever happens. */
export async function atWorkplace<T>(
  signal: AbortSignal,
  work: (place: Workplace) => Promise<T>,
): Promise<T> {
  const closers: (() => Promise<void>)[] = [];
  try {
    signal.throwIfAborted();
    const redis = await startRedis(signal);
    closers.push(() => redis.close());
    const upstream = await startUpstream();
    closers.push(() => upstream.close());
    const clock = { offset: 0 };
    const anotherMachine = () => {
      const machine = createMachine({ socketPath: redis.socketPath, url: upstream.url, signal, clock });
      closers.push(() => machine.close());
      return machine;
    };
    return await work({ redis, upstream, machine: anotherMachine(), anotherMachine });
  } finally {
    for (const close of closers.reverse()) await close();
  }
}
