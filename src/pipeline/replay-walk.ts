import type { Delivery } from "../domain/delivery.js";
import { type PixiehookEvent, thawEvent } from "../domain/event.js";
import { isLetGo } from "../domain/hold.js";
import { deliveryId } from "../domain/ids.js";
import { deliveriesKnownSince, type Fate, fateOf, isInRange, type Replay } from "../domain/replay.js";
import { isMeantFor } from "../domain/sample.js";
import type { Subscription } from "../domain/subscription.js";
import { clockSkewMs, isAfter, type PlacedEvent } from "../store/events.js";
import type { Parts } from "./parts.js";

const batchSize = 100;

/** An event of the time that was asked for. */
export interface Sight {
  readonly event: PixiehookEvent;
  /** The place behind it. */
  readonly place: string;
  readonly delivery: Delivery | null;
  readonly fate: Fate;
}

/** The next events of a replay, in the order of their commits. */
export interface Stretch {
  readonly account: string | null;
  /** The place before them. */
  readonly place: string;
  readonly sights: readonly Sight[];
  /** The place behind them; null when nothing more can come. */
  readonly next: string | null;
  /** Events that are not handed on yet come next: they are looked at when they are. */
  readonly isAhead: boolean;
}

/**
 * Looks at the events behind a place: `acc_…` and the position of the last one seen, or null for the beginning. One
 * account follows the other. The streams are read and not the log: an event is in the log only once it is fanned
 * out, which can be long after its time.
 */
export async function lookAhead(
  replay: Replay,
  subscription: Subscription,
  place: string | null,
  parts: Parts,
): Promise<Stretch> {
  const { store } = parts;
  const accounts = await accountsOf(subscription, parts);
  const [from = "", since] = (place ?? "").split(" ");
  const account = accounts.find((id) => id >= from);
  if (account === undefined) return { account: null, place: from, sights: [], next: null, isAhead: false };
  const start = account === from && since ? since : store.events.positionAt(Date.parse(replay.since));
  // Before the events: what lies behind it has its deliveries.
  const cursor = await store.events.cursor(account);
  const batch = await store.events.after(account, start, batchSize);
  const end = Date.parse(replay.until) + clockSkewMs;
  const last = batch.at(-1);
  const isOver = batch.length < batchSize || Number(last?.position.split("-")[0]) > end;
  const following = accounts.find((id) => id > account) ?? null;
  const next = isOver || !last ? following : `${account} ${last.position}`;
  const inRange = batch
    .map((placed) => ({ placed, event: thawEvent(placed.body) }))
    .filter(({ event }) => isInRange(replay, event.timestamp));
  const handedOn = inRange.filter(({ placed }) => !isAfter(placed.position, cursor));
  const sights = await judge(replay, subscription, account, handedOn, parts);
  const isAhead = handedOn.length < inRange.length;
  return { account, place: `${account} ${start}`, sights, next, isAhead };
}

async function accountsOf(subscription: Subscription, { store }: Parts): Promise<readonly string[]> {
  if (subscription.account !== null) return [subscription.account];
  return [...(await store.accounts.ids())].sort();
}

async function judge(
  replay: Replay,
  subscription: Subscription,
  account: string,
  found: readonly { placed: PlacedEvent; event: PixiehookEvent }[],
  parts: Parts,
): Promise<Sight[]> {
  const { store } = parts;
  const isHeldBack = found.some(({ placed }) => placed.hold !== undefined);
  const holds = isHeldBack ? await store.holds.list(account) : [];
  const letGo = new Set(holds.filter(isLetGo).map(({ id }) => id));
  const ids = found.map(({ event }) => event.id);
  const deliveries = await deliveriesOf(subscription.id, ids, parts);
  // After the deliveries: what was deleted while they were read counts as well.
  const trimmedUpTo = await store.mailboxes.trimmedBefore(subscription.id);
  const knownSince = deliveriesKnownSince(replay, {
    trimmedUpTo,
    keptSince: parts.now() - parts.retentionMs,
  });
  return found.map(({ placed, event }, index) => {
    const delivery = deliveries[index] ?? null;
    const fate = fateOf(replay, {
      at: Date.parse(event.timestamp),
      isHeld: placed.hold !== undefined && !letGo.has(placed.hold),
      isWanted: isMeantFor(subscription, placed, event),
      delivery,
      deliveriesKnownSince: knownSince,
    });
    return { event, place: `${account} ${placed.position}`, delivery, fate };
  });
}

/** The delivery of each event to a subscription, by itself or in a digest; null where there is none. */
export async function deliveriesOf(
  subscription: string,
  events: readonly string[],
  { store }: Pick<Parts, "store">,
): Promise<(Delivery | null)[]> {
  const digests = await store.replays.digestsOf(subscription, events);
  const known = new Map<string, Promise<Delivery | null>>();
  return Promise.all(
    events.map((event, index) => {
      const id = digests[index] ?? deliveryId(subscription, event);
      const delivery = known.get(id) ?? store.mailboxes.get(id);
      known.set(id, delivery);
      return delivery;
    }),
  );
}
