import { setTimeout as sleep } from "node:timers/promises";
import type { Subscription } from "../domain/subscription.js";
import type { Stop } from "../queues/wake-ups.js";
import type { ActorKind } from "../store/due.js";
import { clockSkewMs } from "../store/events.js";
import { cardOlderInLog, cardOlderOf } from "../store/older-cards.js";
import { finishRemovals } from "./delete.js";
import type { Parts } from "./parts.js";

/** An actor that was woken is not woken again for this long (ms), unless new work is announced. */
const leaseMs = 20_000;
const lateAtOnce = 1_000;
const kinds: readonly ActorKind[] = ["poll", "fan-out", "deliver", "replay"];

/** One tick of the clock: wakes every actor that is late. A wake-up that was lost is made up for here. */
export async function tick(parts: Parts): Promise<void> {
  const { store, wakeUps, now } = parts;
  for (;;) {
    const late = await store.due.takeLate(now(), now() + leaseMs, lateAtOnce);
    for (const kind of kinds) {
      const ids = late.filter((actor) => actor.kind === kind).map(({ id }) => id);
      if (ids.length > 0) await wakeUps.wakeMany(kind, ids);
    }
    if (late.length < lateAtOnce) return;
  }
}

/** Makes sure that everyone who can have work is in the due-set, whatever was lost or cut off before. */
export async function ensureActors(parts: Parts): Promise<void> {
  const { store, now } = parts;
  await finishRemovals(parts);
  const accounts = await store.accounts.ids();
  const subscriptions = (await store.subscriptions.all()).map(({ id }) => id);
  await store.due.ensure("poll", accounts, now());
  await store.due.ensure("fan-out", accounts, now());
  await store.due.ensure("deliver", subscriptions, now());
  await store.due.ensure("replay", subscriptions, now());
}

/** Deletes what is too old, a little at a time, and looks after actors that fell asleep. */
export async function sweep(parts: Parts, stop: Stop): Promise<void> {
  const { store, now, retentionMs } = parts;
  await ensureActors(parts);
  const before = now() - retentionMs;
  const accounts = await store.accounts.ids();
  for (const id of accounts) await store.holds.trim(id, before);
  const subscriptions = await store.subscriptions.all();
  const mailboxes = subscriptions.map((subscription) => {
    const waiting = sends(subscription) ? "keep" : "discard";
    return () => store.mailboxes.trim(subscription.id, before, atOnce, waiting);
  });
  if (!(await trimAll(mailboxes, stop))) return;
  const neededSince = await findNeeded(subscriptions, before, parts);
  await trimAll(
    [
      () => store.log.trim(before, atOnce),
      ...accounts.map((id) => () => store.events.trim(id, Math.min(before, neededSince(id)), atOnce)),
      // Events of earlier releases have no cards, and lists find them slowly: these are made up for, whole boxes at a time.
      () => cardOlderInLog(store.log, store.events),
      ...accounts.map((id) => () => cardOlderOf(id, store.events)),
    ],
    stop,
  );
}

const atOnce = 1_000;

/** False when it was told to stop before the end. */
async function trimAll(trims: readonly (() => Promise<number>)[], stop: Stop): Promise<boolean> {
  for (const trim of trims) {
    while (!stop.draining.aborted && (await trim()) >= atOnce) await sleep(10);
    if (stop.draining.aborted) return false;
  }
  return true;
}

const sends = ({ enabled, paused }: Subscription) => enabled && !paused;

/**
 * From when on (ms) the events of an account are still to be sent: a delivery that waits, for its digest, the morning or
 * the receiver, does so with its event, however short the retention. Called when mailboxes are trimmed: what is older
 * than `before` waits, what is a little younger may.
 */
async function findNeeded(
  subscriptions: readonly Subscription[],
  before: number,
  { store, retentionMs }: Parts,
): Promise<(account: string) => number> {
  const handedOnMs = Math.min(clockSkewMs, retentionMs / 12);
  const needed = new Map<string | null, number>();
  for (const { id, account } of subscriptions.filter(sends)) {
    const made = await store.mailboxes.firstMade(id);
    if (made === null || made > before + handedOnMs) continue;
    // Its event was committed a while before it was handed on.
    const since = Math.floor(made - (made <= before ? clockSkewMs : handedOnMs));
    needed.set(account, Math.min(since, needed.get(account) ?? since));
  }
  return (account) => Math.min(needed.get(account) ?? Infinity, needed.get(null) ?? Infinity);
}
