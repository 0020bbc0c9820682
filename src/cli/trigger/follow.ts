import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { deliverySchema } from "../../api/schemas/delivery.js";
import { count as counted } from "../../dashboard/format.js";
import { quietUntil } from "../../domain/timing.js";
import type { Client } from "../remote/client.js";
import { type Delivery, fateOf, isSettled, nameOf, type Subscription, subscriptionShape } from "./fates.js";

/** How long (ms) it is waited for what comes of the deliveries, and how often it is looked. */
const patienceMs = 20_000;
const lookEveryMs = { first: 150, most: 2_000 };
const zoneShape = z.object({ timezone: z.string() });

export interface Following {
  /** The samples, and who gets `count` of them each. */
  readonly events: readonly string[];
  readonly subscriptions: readonly Subscription[];
  readonly count: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Says what comes of each delivery of samples as soon as that is known; answers all of them. */
export async function follow(client: Client, following: Following): Promise<Delivery[]> {
  const { events, subscriptions, count, say, signal } = following;
  const end = Date.now() + patienceMs;
  const [settled, waiting] = [new Map<string, Delivery>(), new Map<string, Delivery>()];
  const zones = new Map<string, Promise<string>>();
  const zoneOf = (account: string) => {
    const path = `/v1/accounts/${account}`;
    const zone = zones.get(account) ?? client.get(path, zoneShape).then(({ timezone }) => timezone);
    zones.set(account, zone);
    return zone;
  };
  const tell = (delivery: Delivery, subscription: Subscription) => {
    const many = delivery.events.length > 1 ? ` (${counted(delivery.events.length, "event")} in one)` : "";
    say(`${nameOf(subscription)}: ${fateOf(delivery, subscription, Date.now()).text}${many}`);
  };

  async function look(event: string): Promise<void> {
    const found = await client.list(`/v1/events/${event}/deliveries`, deliverySchema);
    for (const seen of found.filter(({ id }) => !settled.has(id))) {
      const subscription = subscriptions.find(({ id }) => id === seen.subscription);
      if (!subscription) continue;
      const delivery = await withQuietHours(seen, subscription, zoneOf);
      waiting.set(delivery.id, delivery);
      // A digest that is being filled is told of when it holds all of them.
      const isWhole = delivery.event !== null || carried([delivery], subscription.id, events) >= count;
      if (!isWhole || !(subscription.paused || isSettled(delivery, end))) continue;
      waiting.delete(delivery.id);
      settled.set(delivery.id, delivery);
      tell(delivery, subscription);
    }
  }

  const isDone = ({ id }: Subscription) => carried(settled.values(), id, events) >= count;
  for (let pause = lookEveryMs.first; ; pause = Math.min(pause * 1.5, lookEveryMs.most)) {
    for (const event of events) await look(event);
    if (subscriptions.every(isDone) || signal.aborted || Date.now() > end) break;
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
  for (const delivery of waiting.values())
    tell(delivery, await client.get(`/v1/subscriptions/${delivery.subscription}`, subscriptionShape));
  return [...settled.values(), ...waiting.values()];
}

/** A delivery that quiet hours keep back, with the time of their end: the service puts it off without a word. */
async function withQuietHours(
  delivery: Delivery,
  { quietHours }: Subscription,
  zoneOf: (account: string) => Promise<string>,
): Promise<Delivery> {
  const { status, attemptCount, event, type, account } = delivery;
  if (quietHours === null || status !== "pending" || attemptCount > 0 || event === null) return delivery;
  const until = quietUntil(quietHours, type, Date.now(), await zoneOf(account));
  return until === null ? delivery : { ...delivery, nextAttemptAt: new Date(until).toISOString() };
}

/** How many of the samples the deliveries of a subscription carry. */
function carried(deliveries: Iterable<Delivery>, subscription: string, events: readonly string[]): number {
  const own = [...deliveries].filter((delivery) => delivery.subscription === subscription);
  return new Set(own.flatMap((delivery) => delivery.events.filter((id) => events.includes(id)))).size;
}
