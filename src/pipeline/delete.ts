import type { ActorKind } from "../store/due.js";
import { forgetTraces } from "./forget.js";
import type { Parts } from "./parts.js";

/** How long (ms) an account may take to be made: one that is younger and has no record is being made. */
const makingMs = 60_000;

type Deleting = Pick<Parts, "store" | "wakeUps" | "now">;

/** Deletes an account and all that is about it; whether there was one. Called again, it goes on where it was cut off. */
export async function removeAccount(id: string, parts: Deleting): Promise<boolean> {
  const { store } = parts;
  // The account last: until then it is known that there is something to be deleted.
  if (!(await store.accounts.end(id))) return false;
  for (const subscription of await store.subscriptions.all()) {
    if (subscription.account === id) await removeSubscription(subscription.id, parts);
  }
  await forgetActors(["poll", "fan-out"], id, parts);
  await forgetTraces(id, await store.events.ids(id), parts);
  await store.accounts.remove(id);
  return true;
}

/** Deletes a subscription with its mailbox; whether there was one. */
export async function removeSubscription(id: string, parts: Deleting): Promise<boolean> {
  const removed = await parts.store.subscriptions.remove(id);
  if (!removed) return false;
  await forgetActors(["deliver", "replay"], id, parts);
  // Once more: a mailbox that was sending just then can have gone on for a moment.
  await parts.store.rates.forget(id);
  return true;
}

/** Ends deletions that were cut off: by then nobody can ask for them any more who goes by what is listed. */
export async function finishRemovals(parts: Deleting): Promise<void> {
  const { store, now } = parts;
  for (const id of await store.accounts.ended(now() - makingMs)) {
    await removeAccount(id, parts);
    await forgetTraces(id, await store.log.eventsOf(id), parts);
  }
  for (const id of await store.subscriptions.ended()) await removeSubscription(id, parts);
  // Before the accounts: one that is made meanwhile is there before its subscriptions are.
  const subscriptions = await store.subscriptions.all();
  const accounts = new Set(await store.accounts.ids());
  for (const { id, account } of subscriptions) {
    if (account === null || accounts.has(account)) continue;
    if (!(await store.accounts.exists(account))) await removeSubscription(id, parts);
  }
}

/** Forgets the actors of something that is deleted, after what they are doing just now. */
async function forgetActors(kinds: readonly ActorKind[], id: string, { store, wakeUps }: Deleting) {
  for (const kind of kinds) await wakeUps.forget(kind, id);
  for (const kind of kinds) await store.due.forget(kind, id);
}
