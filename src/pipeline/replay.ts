import { type Delivery, sentAnew } from "../domain/delivery.js";
import { advance, type Replay, roomFor } from "../domain/replay.js";
import { digestFor, type Subscription } from "../domain/subscription.js";
import { quietUntil } from "../domain/timing.js";
import type { Stop } from "../queues/wake-ups.js";
import type { NewDelivery } from "../store/mailboxes.js";
import { newDelivery } from "./fan-out.js";
import { forgetTraces } from "./forget.js";
import { announceMs, iso, type Parts, sliceMs } from "./parts.js";
import { lookAhead, type Sight, type Stretch } from "./replay-walk.js";

/** How long (ms) a replay waits while the mailbox is full, or the fan-out has not come as far. */
const paceMs = 1_000;
/** How long (ms) it waits before it looks whether quiet hours are over, or the subscription is on again. */
const restMs = 30_000;

/**
 * The replay actor of a subscription: puts events into the mailbox again, never more at once than leaves fresh ones
 * prompt. How far it has come is written after each step. A step that is done again finds what it did before.
 */
export async function replaySubscription(id: string, parts: Parts, stop: Stop): Promise<void> {
  const { store, now, wakeUps } = parts;
  const generation = await store.due.generation("replay", id);
  const until = now() + sliceMs;
  let wait: number | null = 0;
  while (wait === 0 && now() < until && !stop.draining.aborted) wait = await step(id, parts);
  const next = wait === null ? null : now() + wait;
  await store.due.settle("replay", id, generation, next, now());
  if (next !== null && !stop.draining.aborted) wakeUps.wakeSoon("replay", id, next);
}

/** One step of what runs. Answers how long (ms) to wait before the next one; null when there is nothing to do. */
async function step(id: string, parts: Parts): Promise<number | null> {
  const { store, now } = parts;
  const replay = (await store.replays.list(id)).find(({ status }) => status === "running");
  const subscription = await store.subscriptions.get(id);
  if (!replay || !subscription) return null;
  if (!subscription.enabled || subscription.paused) return restMs;
  // What came together becomes due one after the other: what is due in a moment waits as well.
  const { due } = await store.mailboxes.size(id, now() + paceMs);
  const room = roomFor(subscription, due);
  if (room <= 0) return paceMs;
  const stretch = await lookAhead(replay, subscription, replay.position, parts);
  const zone = await zoneOf(stretch, parts);
  // What became due in quiet hours would be put off to their end, and then stand before everything fresh.
  if (quietUntil(subscription.quietHours, "", now(), zone) !== null) return restMs;
  const share = takeShare(stretch, subscription, room);
  const queued = await put(share.sights, { replay, subscription, zone }, parts);
  // Deleted meanwhile: what was put here came too late to be deleted with it.
  if (stretch.account !== null && !(await store.accounts.exists(stretch.account)))
    await forgetTraces(stretch.account, [], parts);
  const concerning = share.sights.filter(({ fate }) => fate !== "none").length;
  const done = { queued, skipped: concerning - queued, position: share.next };
  // Refused when it was cancelled meanwhile: the next look says so.
  const moved = await store.replays.replace(replay, advance(replay, done, iso(now())));
  if (moved && share.next === null) {
    const { matched } = replay;
    parts.log.info({ replay: replay.id, subscription: id, matched: matched + concerning }, "replay done");
  }
  if (queued > 0) await parts.wakeUps.wake("deliver", id);
  return stretch.isAhead && share.sights.length === stretch.sights.length ? paceMs : 0;
}

async function zoneOf({ account }: Stretch, { store }: Parts): Promise<string> {
  return (account && (await store.accounts.get(account))?.timezone) || "UTC";
}

/** As much of a stretch as there is room for, and the place behind it. */
function takeShare(
  stretch: Stretch,
  subscription: Subscription,
  room: number,
): { sights: readonly Sight[]; next: string | null } {
  const { sights } = stretch;
  const crowding = new Set<string>();
  for (const [index, { event, delivery, fate, place }] of sights.entries()) {
    // What joins a digest waits for its time and stands in nobody's way.
    if (fate === "again") crowding.add(delivery?.id ?? event.id);
    if (fate === "made" && digestFor(subscription, event.type) === null) crowding.add(event.id);
    if (crowding.size === room && index + 1 < sights.length)
      return { sights: sights.slice(0, index + 1), next: place };
  }
  return { sights, next: stretch.isAhead ? (sights.at(-1)?.place ?? stretch.place) : stretch.next };
}

/** Puts events into the mailbox. Answers how many of them are there by this replay, now or before. */
async function put(
  sights: readonly Sight[],
  to: { replay: Replay; subscription: Subscription; zone: string },
  parts: Parts,
): Promise<number> {
  const { replay, subscription, zone } = to;
  const { store, now } = parts;
  const made = sights
    .filter(({ fate }) => fate === "made")
    .map(({ event }): NewDelivery => {
      const fresh = newDelivery(event.data.account.id, event, subscription, zone, now());
      return { ...fresh, delivery: { ...fresh.delivery, replay: replay.id } };
    });
  const again = new Map<string, Delivery>();
  for (const { fate, delivery } of sights) if (fate === "again" && delivery) again.set(delivery.id, delivery);
  if (made.length + again.size > 0) {
    await store.due.announce("deliver", subscription.id, now() + announceMs);
    await store.mailboxes.add(subscription.id, made, now());
    const outcomes = [...again.values()].map((delivery) => ({
      delivery: { ...sentAnew(delivery, iso(now())), replay: replay.id },
      attemptCount: delivery.attemptCount,
    }));
    if (outcomes.length > 0) await store.mailboxes.record(subscription.id, outcomes, null, now());
  }
  return sights.filter(({ fate }) => fate === "made" || fate === "again" || fate === "queued").length;
}
