import { setTimeout as delay } from "node:timers/promises";
import { awaitRecorded, type DeliveryPlace, haveCome } from "../support/delivery-place.js";
import { moment } from "../support/moment.js";
import type { BenchService } from "../support/service.js";

/** Subscriptions, and the URL of each, in the same order. */
export interface Endpoints {
  readonly ids: readonly string[];
  readonly urls: readonly string[];
  readonly type: string;
}

/** What one kill did. */
export interface KillOutcome {
  /** Requests that had come, and those of them that nobody had recorded as delivered when the process was dead. */
  readonly received: number;
  readonly inFlight: number;
  /** Deliveries that never came. */
  readonly lost: number;
  /** Requests beyond the first of their delivery. */
  readonly doubles: number;
  /** From the kill (ms): to the new start, to its first request, and until something came to each that waited. */
  readonly startMs: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** What was sent before the process died has come when nothing came for so long, ms. */
const settledMs = 150;

/**
 * States a burst, kills the service when `share` of it has come, starts it anew and waits for the rest. Answers the
 * new service, which goes on.
 */
export async function killWithin(
  place: DeliveryPlace,
  endpoints: Endpoints,
  plan: {
    readonly service: BenchService;
    readonly events: number;
    readonly share: number;
    readonly restart: () => Promise<BenchService>;
    readonly signal: AbortSignal;
  },
): Promise<{ outcome: KillOutcome; service: BenchService }> {
  const { sink, teller, account } = place;
  const { events, signal } = plan;
  const all = events * endpoints.ids.length;
  await sink.forget(null);
  const { ids: stated } = await teller.state({ account, type: endpoints.type, count: events });
  await awaitShare(place, all * plan.share, signal);
  const killedAt = moment();
  await plan.service.kill();
  await settle(place, signal);
  const inFlight = await unrecorded(place, endpoints, stated);
  const { distinct: received } = await sink.counts(null);

  const startedAt = moment();
  await sink.firstAfter(startedAt);
  const service = await plan.restart();
  const complete = await haveCome(place, all, signal);
  if (complete) await awaitRecorded(place, { subscriptions: endpoints.ids, newest: events }, signal);
  const wentOn = [...(await sink.firstAfter(startedAt)).values()].map((at) => at - killedAt);
  const { requests, distinct } = await sink.counts(null);
  const outcome = {
    received,
    inFlight,
    lost: all - distinct,
    doubles: requests - distinct,
    startMs: startedAt - killedAt,
    firstMs: Math.min(...wentOn),
    lastMs: Math.max(...wentOn),
  };
  return { outcome, service };
}

async function awaitShare({ sink }: DeliveryPlace, count: number, signal: AbortSignal): Promise<void> {
  while ((await sink.counts(null)).distinct < count) await delay(5, null, { signal });
}

async function settle({ sink }: DeliveryPlace, signal: AbortSignal): Promise<void> {
  for (let seen = -1; ; ) {
    const { requests } = await sink.counts(null);
    if (requests === seen) return;
    seen = requests;
    await delay(settledMs, null, { signal });
  }
}

/** How many of the deliveries that came are not recorded as delivered. */
async function unrecorded(
  { sink, teller }: DeliveryPlace,
  { ids, urls }: Endpoints,
  stated: readonly string[],
): Promise<number> {
  const subscriptionAt = new Map(urls.map((url, index) => [url, ids[index]]));
  const deliveries = await teller.deliveries({ subscriptions: ids, newest: stated.length });
  const done = deliveries.filter(({ status }) => status === "delivered");
  const recorded = new Set(done.map(({ subscription, event }) => `${subscription} ${event}`));
  const came = await sink.receipts(null);
  return came.filter(({ receiver, id }) => !recorded.has(`${subscriptionAt.get(receiver)} ${id}`)).length;
}
