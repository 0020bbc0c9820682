import { setTimeout as delay } from "node:timers/promises";
import { type BenchRedis, startRedis } from "./redis.js";
import { type BenchService, startService } from "./service.js";
import { type BenchUpstream, startUpstream } from "./upstream.js";

/** A fresh Redis, a fresh studio, and the whole service, each in a process of its own. */
export interface ServicePlace {
  readonly redis: BenchRedis;
  readonly upstream: BenchUpstream;
  readonly service: BenchService;
}

/** Opens such a place, works there and takes it down again, whatever happens. */
export async function atService<T>(
  signal: AbortSignal,
  work: (place: ServicePlace) => Promise<T>,
  { watchesPauses = false } = {},
): Promise<T> {
  const closers: (() => Promise<void>)[] = [];
  try {
    signal.throwIfAborted();
    const redis = await startRedis(signal);
    closers.push(() => redis.close());
    const upstream = await startUpstream();
    closers.push(() => upstream.close());
    const { socketPath } = redis;
    const service = await startService({ socketPath, upstreamUrl: upstream.url, watchesPauses });
    closers.push(() => service.close());
    return await work({ redis, upstream, service });
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** Waits until each account has a baseline of so many sources. */
export async function awaitBaseline(
  service: BenchService,
  accounts: readonly string[],
  sources: number,
  signal: AbortSignal,
): Promise<void> {
  while (!(await service.isBaselined(accounts, sources))) await delay(500, null, { signal });
}
