import { cardOf } from "../domain/card.js";
import { durationMs } from "../domain/duration.js";
import { type PixiehookEvent, thaw } from "../domain/event.js";
import { isLetGo } from "../domain/hold.js";
import { deliveryId } from "../domain/ids.js";
import { isMeantFor, isSample } from "../domain/sample.js";
import { digestFor, type Subscription } from "../domain/subscription.js";
import { digestDue } from "../domain/timing.js";
import type { Stop } from "../queues/wake-ups.js";
import { mapInSlices } from "../slices.js";
import type { PlacedEvent } from "../store/events.js";
import type { NewDelivery } from "../store/mailboxes.js";
import { forgetTraces } from "./forget.js";
import { announceMs, iso, lingerMs, type Parts, patienceMs, sliceMs } from "./parts.js";

const batchSize = 100;
/** Mailboxes that are written to at once. */
const mailboxesAtOnce = 500;

/**
 * The other half of an account: takes its events in the order of their commits and puts them into the mailbox of
 * every subscription that wants them. The cursor moves only when all of them have arrived; doing a batch again
 * changes nothing.
 */
export async function fanOut(account: string, parts: Parts, stop: Stop): Promise<void> {
  const { store, now } = parts;
  const until = now() + sliceMs;
  const bell = stop.listen?.();
  const [generation, exists] = await Promise.all([
    store.due.generation("fan-out", account),
    store.accounts.exists(account),
  ]);
  // A worker that was killed as the account was deleted can have written for it and not seen that.
  if (!exists) await forgetTraces(account, await store.log.eventsOf(account), parts);
  await releaseHolds(account, parts, stop);
  let cursor = await store.events.cursor(account);
  let [more, idleSince, patience] = [true, now(), patienceMs];
  while (now() < until && !stop.draining.aborted) {
    const batch = await store.events.after(account, cursor, batchSize);
    const last = batch.at(-1);
    more = batch.length === batchSize;
    if (last) {
      await handOn(account, batch, parts);
      await store.events.moveCursor(account, cursor, last.position);
      cursor = last.position;
      [idleSince, patience] = [now(), patienceMs];
      if (more || bell) continue;
    }
    // An account that said something just now may have more to say: it waits a moment before it goes to sleep.
    const idle = now() - idleSince;
    if (!bell || idle >= lingerMs || idle < 0) break;
    const heard = await bell.wait(patience);
    patience = heard ? patienceMs : patience * 2;
    if (heard) await releaseHolds(account, parts, stop);
  }
  const rung = bell?.close() ?? false;
  // Told to end, it may have left a flood half handed on.
  const next = more || rung || stop.draining.aborted ? now() : null;
  await store.due.settle("fan-out", account, generation, next, now());
  if (next !== null && !stop.draining.aborted) await parts.wakeUps.wake("fan-out", account);
}

/** Puts a batch of events into the mailboxes of whoever they are for, and into the log of all events. */
async function handOn(account: string, batch: readonly PlacedEvent[], parts: Parts): Promise<void> {
  const { store } = parts;
  // Read after the batch: a subscription that was there before an event is never overlooked, and what is committed for
  // a flood after a person let it go is found here; what was committed before is found by the release.
  const [subscriptions, owner, holds] = await Promise.all([
    store.subscriptions.all(),
    store.accounts.get(account),
    store.holds.list(account),
  ]);
  const letGo = new Set(holds.filter(isLetGo).map(({ id }) => id));
  const isFree = ({ hold }: PlacedEvent) => hold === undefined || letGo.has(hold);
  const wanted = await distribute(
    account,
    batch.filter(isFree),
    subscriptions,
    owner?.timezone ?? "UTC",
    parts,
  );
  const entries = batch.map((event) => {
    const { id, type, onlyFor } = event;
    // Of a sample there is nothing to note: it is nothing that somebody could want.
    const counts = isFree(event) && onlyFor === undefined;
    const matched = counts ? (wanted.get(id) ?? 0) : null;
    return { account, event: id, type, matched, card: cardOf(thaw(event)) };
  });
  for (const { event, type } of entries.filter(({ matched }) => matched === 0)) {
    parts.metrics.unwanted.inc({ type });
    parts.log.info({ account, event, type }, "no subscription wants this event");
  }
  await store.log.append(entries);
  // Deleted meanwhile: what was written for it here came too late to be deleted with it.
  const events = batch.map(({ id }) => id);
  if (!(await store.accounts.exists(account))) await forgetTraces(account, events, parts);
}

/** Hands on the events of floods that a person let go. */
async function releaseHolds(account: string, parts: Parts, stop: Stop): Promise<void> {
  const { store, now } = parts;
  const holds = await store.holds.list(account);
  for (const hold of holds.filter(({ status }) => status === "releasing")) {
    const subscriptions = await store.subscriptions.all();
    const zone = (await store.accounts.get(account))?.timezone ?? "UTC";
    let position = store.events.positionAt(Date.parse(hold.createdAt));
    for (;;) {
      if (stop.draining.aborted) return;
      const batch = await store.events.after(account, position, batchSize);
      const held = batch.filter((event) => event.hold === hold.id);
      await distribute(account, held, subscriptions, zone, parts);
      position = batch.at(-1)?.position ?? position;
      if (batch.length < batchSize) break;
    }
    await store.holds.replace(hold, { ...hold, status: "released", resolvedAt: iso(now()) });
    if (!(await store.accounts.exists(account))) await forgetTraces(account, [], parts);
  }
}

/** Answers by how many subscriptions each event is wanted; those that nobody wants are not in it. */
async function distribute(
  account: string,
  batch: readonly PlacedEvent[],
  subscriptions: readonly Subscription[],
  zone: string,
  parts: Parts,
): Promise<ReadonlyMap<string, number>> {
  const { store, now, wakeUps } = parts;
  const events = batch.map((placed) => ({ placed, event: thaw(placed) }));
  const matches = await mapInSlices(subscriptions, (subscription) => ({
    subscription,
    events: events
      .filter(({ placed, event }) => isMeantFor(subscription, placed, event))
      .map(({ event }) => event),
  }));
  const wanted = matches.filter((match) => match.events.length > 0);
  for (let i = 0; i < wanted.length; i += mailboxesAtOnce) {
    const some = wanted.slice(i, i + mailboxesAtOnce);
    const ids = some.map(({ subscription }) => subscription.id);
    // A batch that is cut off is done again, announcement and all: they need not wait for each other.
    await Promise.all([
      store.due.announceMany("deliver", ids, now() + announceMs),
      ...some.map(({ subscription, events: matching }) => {
        const at = now();
        const deliveries = matching.map((event) => newDelivery(account, event, subscription, zone, at));
        return store.mailboxes.add(subscription.id, deliveries, at);
      }),
    ]);
  }
  // Only then: many that begin to send would keep the last ones waiting for theirs.
  await wakeUps.wakeMany(
    "deliver",
    wanted.map(({ subscription }) => subscription.id),
  );
  const counts = new Map<string, number>();
  for (const { id } of wanted.flatMap((match) => match.events)) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

/** The delivery of an event to a subscription: at once, or as part of a digest. */
export function newDelivery(
  account: string,
  event: PixiehookEvent,
  subscription: Subscription,
  zone: string,
  now: number,
): NewDelivery {
  const digest = digestFor(subscription, event.type);
  const dueAt = digest ? digestDue(digest, now, now, zone) : now;
  return {
    event: event.id,
    dueAt,
    extend:
      digest && "quiet" in digest
        ? { quietMs: durationMs(digest.quiet), maxMs: durationMs(digest.max) }
        : null,
    delivery: {
      id: deliveryId(subscription.id, event.id),
      subscription: subscription.id,
      account,
      events: [event.id],
      type: event.type,
      digest: digest !== null,
      group: digest ? digestGroup(event) : null,
      line: digest || !subscription.ordered ? null : lineOf(account, event),
      status: "pending",
      attempts: [],
      attemptCount: 0,
      ladderStart: 0,
      accepted: [],
      refused: [],
      replay: null,
      createdAt: iso(now),
      nextAttemptAt: iso(dueAt),
      closedAt: null,
    },
  };
}

/** Events of one account, collection, client and type share a digest; samples stay among themselves. */
function digestGroup(event: PixiehookEvent): string {
  const { account, collection, client } = event.data;
  return JSON.stringify([
    account.id,
    collection?.id ?? null,
    client?.email ?? client?.id ?? client?.name ?? null,
    event.type,
    ...(isSample(event) ? ["sample"] : []),
  ]);
}

/** What happens to one object stands in one line; a sample about it in another: no real event waits for that. */
function lineOf(account: string, event: PixiehookEvent): string | null {
  const { id } = event.data.object;
  if (typeof id !== "string") return null;
  return `${account}/${isSample(event) ? "sample/" : ""}${event.type.split(".")[0]}/${id}`;
}
