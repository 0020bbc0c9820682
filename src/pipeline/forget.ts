import { leaveAccount } from "../domain/replay.js";
import { iso, type Parts } from "./parts.js";

/**
 * Takes what an account left with others out again: deliveries about it in their mailboxes, where their replays stand,
 * and its events in the log of all accounts. To be called once its record is gone; whoever was writing just then looks
 * for that, and calls it too.
 */
export async function forgetTraces(
  account: string,
  events: readonly string[],
  { store, now }: Pick<Parts, "store" | "now">,
): Promise<void> {
  const following = (await store.accounts.ids()).sort().find((id) => id > account) ?? null;
  for (const subscription of await store.subscriptions.all()) {
    if (subscription.account !== null && subscription.account !== account) continue;
    await store.mailboxes.purge(subscription.id, account);
    for (const replay of await store.replays.list(subscription.id)) {
      const left = leaveAccount(replay, { account, following, now: iso(now()) });
      // One that moved on meanwhile has left by itself, or does so at its next step.
      if (left !== replay) await store.replays.replace(replay, left);
    }
  }
  await store.log.forget(events);
}
