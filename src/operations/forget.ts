import type { Parts } from "../pipeline/parts.js";
import type { ActorKind } from "../store/due.js";

/** Forgets the actors of something that is deleted, after what they are doing just now. */
export async function forgetActors(
  kinds: readonly ActorKind[],
  id: string,
  { store, wakeUps }: Pick<Parts, "store" | "wakeUps">,
): Promise<void> {
  for (const kind of kinds) await wakeUps.forget(kind, id);
  for (const kind of kinds) await store.due.forget(kind, id);
}

/** Deletes a subscription with its mailbox; whether there was one. */
export async function removeSubscription(
  id: string,
  parts: Pick<Parts, "store" | "wakeUps">,
): Promise<boolean> {
  const removed = await parts.store.subscriptions.remove(id);
  if (removed) await forgetActors(["deliver", "replay"], id, parts);
  return removed;
}
