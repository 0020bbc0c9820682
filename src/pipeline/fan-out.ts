import { durationMs } from "../domain/duration.js";
import { type PixiehookEvent, thawEvent } from "../domain/event.js";
import type { Hold } from "../domain/hold.js";
import { deliveryId } from "../domain/ids.js";
import { digestFor, type Subscription, wantsEvent } from "../domain/subscription.js";
import { digestDue } from "../domain/timing.js";
import type { Stop } from "../queues/wake-ups.js";
import type { PlacedEvent } from "../store/events.js";
import type { NewDelivery } from "../store/mailboxes.js";
import { announceMs, iso, type Parts, sliceMs } from "./parts.js";

const batchSize = 100;
const mailboxesAtOnce = 50;

/**
 * The other half of an account: takes its events in the order of their commits and puts them into the mailbox of
 * every subscription that wants them. The cursor moves only when all of them have arrived; doing a batch again
 * changes nothing.
 */
export async function fanOut(account: string, parts: Parts, stop: Stop): Promise<void> {
  const { store, now } = parts;
  const generation = await store.due.generation("fan-out", account);
  const until = now() + sliceMs;
  await releaseHolds(account, parts, stop);
  let cursor = await store.events.cursor(account);
  let more = true;
  while (more && now() < until && !stop.draining.aborted) {
    const batch = await store.events.after(account, cursor, batchSize);
    const last = batch.at(-1);
    if (!last) {
      more = false;
      break;
    }
    // Read after the batch: a subscription that was there before an event is never overlooked.
    const subscriptions = await store.subscriptions.all();
    const zone = (await store.accounts.get(account))?.timezone ?? "UTC";
    // Asked after the batch was read: what is committed for a flood after a person let it go is found here, what
    // was committed before is found by the release.
    const letGo = new Set((await store.holds.list(account)).filter(isLetGo).map(({ id }) => id));
    const free = batch.filter(({ hold }) => hold === undefined || letGo.has(hold));
    await distribute(account, free, subscriptions, zone, parts);
    await store.log.append(batch.map(({ id, type }) => ({ account, event: id, type })));
    await store.events.moveCursor(account, cursor, last.position);
    cursor = last.position;
    more = batch.length === batchSize;
  }
  await store.due.settle("fan-out", account, generation, more ? now() : null, now());
  if (more && !stop.draining.aborted) await parts.wakeUps.wake("fan-out", account);
}

function isLetGo({ status }: Hold): boolean {
  return status === "releasing" || status === "released";
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
  }
}

async function distribute(
  account: string,
  batch: readonly PlacedEvent[],
  subscriptions: readonly Subscription[],
  zone: string,
  parts: Parts,
): Promise<void> {
  const { store, now, wakeUps } = parts;
  const events = batch.map(({ body }) => thawEvent(body));
  const wanted = subscriptions
    .map((subscription) => ({
      subscription,
      events: events.filter((event) => wantsEvent(subscription, event)),
    }))
    .filter((match) => match.events.length > 0);
  for (let i = 0; i < wanted.length; i += mailboxesAtOnce) {
    const some = wanted.slice(i, i + mailboxesAtOnce);
    await Promise.all(
      some.map(async ({ subscription, events: matching }) => {
        await store.due.announce("deliver", subscription.id, now() + announceMs);
        const deliveries = matching.map((event) => newDelivery(account, event, subscription, zone, now()));
        await store.mailboxes.add(subscription.id, deliveries, now());
      }),
    );
    await wakeUps.wakeMany(
      "deliver",
      some.map(({ subscription }) => subscription.id),
    );
  }
}

/** The delivery of an event to a subscription: at once, or as part of a digest. */
function newDelivery(
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
      line: digest ? null : lineOf(subscription, event.type, event.data.object.id, account),
      status: "pending",
      attempts: [],
      attemptCount: 0,
      ladderStart: 0,
      replay: null,
      createdAt: iso(now),
      nextAttemptAt: iso(dueAt),
      closedAt: null,
    },
  };
}

/** Events of one account, collection, client and type share a digest. */
function digestGroup({ type, data: { account, collection, client } }: PixiehookEvent): string {
  return JSON.stringify([
    account.id,
    collection?.id ?? null,
    client?.email ?? client?.id ?? client?.name ?? null,
    type,
  ]);
}

/** Where order is asked for, what happens to one object stands in one line. */
function lineOf(subscription: Subscription, type: string, object: unknown, account: string): string | null {
  if (!subscription.ordered || typeof object !== "string") return null;
  return `${account}/${type.split(".")[0]}/${object}`;
}
