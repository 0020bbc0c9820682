import { setTimeout as delay } from "node:timers/promises";
import type { Role } from "../../workers/index.js";
import { moment } from "./moment.js";
import { type BenchRedis, startRedis } from "./redis.js";
import type { Remote } from "./remote.js";
import { type BenchService, startService } from "./service.js";
import { type SinkCalls, startSink } from "./sink.js";
import { startTeller, type TellerCalls } from "./teller.js";

/** A fresh Redis, receivers, and who states events: each in a process of its own. One account. */
export interface DeliveryPlace {
  readonly redis: BenchRedis;
  readonly sink: SinkCalls;
  readonly teller: TellerCalls;
  readonly account: string;
  /** Starts the whole service in another process; the place takes it down. */
  serve(options?: { readonly ownsRedis?: boolean; readonly roles?: readonly Role[] }): Promise<BenchService>;
  /** Starts something else, which the place takes down. */
  start<T>(starting: Promise<Remote<T>>): Promise<T>;
}

/** Nothing came for so long (ms): something else than a slow delivery is the matter. */
const patienceMs = 60_000;

/** Opens such a place, works there and takes it down again, whatever happens. */
export async function atDelivery<T>(
  signal: AbortSignal,
  work: (place: DeliveryPlace) => Promise<T>,
): Promise<T> {
  const closers: (() => Promise<void>)[] = [];
  const start = async <R>(starting: Promise<Remote<R>>) => {
    const { calls, close } = await starting;
    closers.push(close);
    return calls;
  };
  try {
    signal.throwIfAborted();
    const redis = await startRedis(signal);
    closers.push(() => redis.close());
    const { socketPath } = redis;
    const sink = await start(startSink(signal));
    const teller = await start(startTeller(socketPath, signal));
    const account = await teller.begin(null);
    const serve: DeliveryPlace["serve"] = async (options = {}) => {
      const upstreamUrl = "http://127.0.0.1:9/api/v1";
      const service = await startService({ socketPath, upstreamUrl, watchesPauses: false, ...options });
      closers.push(() => service.close());
      return service;
    };
    return await work({ redis, sink, teller, account, serve, start });
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** Waits until so many different deliveries came. False when no more of them come. */
export async function haveCome(
  { sink }: Pick<DeliveryPlace, "sink">,
  count: number,
  signal: AbortSignal,
): Promise<boolean> {
  let seen = { distinct: -1, at: moment() };
  for (;;) {
    const { distinct } = await sink.counts(null);
    if (distinct >= count) return true;
    if (distinct > seen.distinct) seen = { distinct, at: moment() };
    if (moment() - seen.at > patienceMs) return false;
    await delay(50, null, { signal });
  }
}

/** Waits until so many different deliveries came. Throws when no more of them come. */
export async function awaitReceipts(
  place: Pick<DeliveryPlace, "sink">,
  count: number,
  signal: AbortSignal,
): Promise<void> {
  if (await haveCome(place, count, signal)) return;
  const { distinct } = await place.sink.counts(null);
  throw new Error(`${distinct} of ${count} deliveries came, then no more`);
}

/** Waits until the newest so many deliveries of each subscription are recorded as delivered. */
export async function awaitRecorded(
  { teller }: Pick<DeliveryPlace, "teller">,
  order: { readonly subscriptions: readonly string[]; readonly newest: number },
  signal: AbortSignal,
): Promise<void> {
  const begin = moment();
  for (;;) {
    const all = await teller.deliveries(order);
    const done = all.filter(({ status }) => status === "delivered").length;
    const wanted = order.subscriptions.length * order.newest;
    if (done === wanted) return;
    if (moment() - begin > patienceMs) throw new Error(`${done} of ${wanted} deliveries are recorded`);
    await delay(200, null, { signal });
  }
}
