import type { Delivery } from "../domain/delivery.js";
import type { JsonObject } from "../domain/json.js";
import { stateServiceEvent } from "../domain/statement.js";
import type { Subscription } from "../domain/subscription.js";
import { announceMs, iso, type Parts } from "./parts.js";

/** States an event about pixiehook itself in an account's stream. Said again, it is one event. */
async function tell(
  account: string,
  happening: { type: string; key: string; revision: number; object: JsonObject },
  parts: Parts,
): Promise<void> {
  const { store, now } = parts;
  const known = await store.accounts.get(account);
  if (!known) return;
  await store.due.announce("fan-out", account, now() + announceMs);
  await store.events.append(account, [stateServiceEvent(known, happening, iso(now()))]);
  await parts.wakeUps.wake("fan-out", account);
}

/** A warning: nothing but failures for long enough that the subscription will be switched off. */
export async function tellFailing(
  delivery: Delivery,
  { id, description, channel }: Subscription,
  concern: { readonly since: number; readonly disablesAt: number },
  error: string,
  parts: Parts,
): Promise<void> {
  const object = {
    subscription: id,
    description,
    channel: channel.type,
    since: iso(concern.since),
    attempts: delivery.attemptCount,
    error,
    disablesAt: iso(concern.disablesAt),
  };
  const happening = { type: "subscription.failing", key: id, revision: concern.since, object };
  await tell(delivery.account, happening, parts);
}

/** `delivery.failed`, unless it is itself news of a failure: that would never end. */
export async function tellFailed(
  delivery: Delivery,
  subscription: Subscription,
  error: string,
  parts: Parts,
): Promise<void> {
  if (delivery.type === "delivery.failed" || delivery.type.startsWith("subscription.")) return;
  const object = {
    delivery: delivery.id,
    subscription: subscription.id,
    channel: subscription.channel.type,
    events: [...delivery.events],
    attempts: delivery.attemptCount,
    error,
  };
  const happening = { type: "delivery.failed", key: delivery.id, revision: delivery.attemptCount, object };
  await tell(delivery.account, happening, parts);
}

/** Switches a subscription off because its receiver is gone, and says so through the others. */
export async function tellDisabled(
  delivery: Delivery,
  subscription: Subscription,
  reason: string,
  parts: Parts,
): Promise<void> {
  const { id, description, channel, updatedAt } = subscription;
  // Someone has changed it meanwhile: what was answered to the old one says nothing about the new one.
  if ((await parts.store.subscriptions.get(id))?.updatedAt !== updatedAt) return;
  const object = { subscription: id, description, channel: channel.type, reason };
  const happening = {
    type: "subscription.disabled",
    key: id,
    revision: Date.parse(updatedAt),
    object,
  };
  await tell(delivery.account, happening, parts);
  await parts.store.subscriptions.update(id, (current) =>
    current.updatedAt === updatedAt ? { ...current, enabled: false, disabledReason: reason } : current,
  );
}
