import { type MailboxStatus, mailboxState, mailboxStatuses } from "../domain/mailbox.js";
import { type ChannelType, channelTypes } from "../domain/subscription.js";
import type { Metrics } from "../metrics.js";
import type { Store } from "../store/store.js";

/** For how long (ms) a look at all mailboxes serves whoever asks. */
const freshMs = 15_000;
/** Mailboxes that are asked about at once: others have their turn in between. */
const abreast = 100;

interface Parts {
  readonly store: Pick<Store, "subscriptions" | "mailboxes">;
  readonly metrics: Metrics;
  readonly now: () => number;
}

/** How the mailboxes of one channel are, in sum. */
interface Sum {
  readonly statuses: Record<MailboxStatus, number>;
  failing: number;
  waiting: number;
  /** ms; of what is held back by neither a pause nor a rest. */
  longestOverdue: number;
}

/** Writes how all mailboxes are into the metrics; at most every fifteen seconds, however often it is asked to. */
export function createMailboxGauges({ store, metrics, now }: Parts): () => Promise<void> {
  let last: { readonly at: number; readonly done: Promise<void> } | null = null;

  async function measure(): Promise<void> {
    const sums = Object.fromEntries(channelTypes.map((type) => [type, emptySum()])) as Record<
      ChannelType,
      Sum
    >;
    const all = await store.subscriptions.all();
    for (let from = 0; from < all.length; from += abreast) {
      await Promise.all(
        all.slice(from, from + abreast).map(async (subscription) => {
          const { id, channel, enabled } = subscription;
          const sum = sums[channel.type];
          // Nothing leaves it: how much is in it says nothing of the work to be done.
          if (!enabled) return void sum.statuses.disabled++;
          const at = now();
          const [size, receiver] = await Promise.all([
            store.mailboxes.size(id, at),
            store.mailboxes.receiver(id),
          ]);
          const { status, failingSince } = mailboxState(subscription, size, receiver, at);
          sum.statuses[status]++;
          sum.waiting += size.waiting;
          if (failingSince !== null && status !== "paused") sum.failing++;
          if (status === "sending") {
            const first = await store.mailboxes.firstDue(id);
            sum.longestOverdue = Math.max(sum.longestOverdue, at - (first ?? at));
          }
        }),
      );
    }
    for (const channel of channelTypes) {
      const { statuses, failing, waiting, longestOverdue } = sums[channel];
      for (const status of mailboxStatuses) metrics.mailboxes.set({ channel, status }, statuses[status]);
      metrics.failingMailboxes.set({ channel }, failing);
      metrics.deliveriesWaiting.set({ channel }, waiting);
      metrics.longestOverdue.set({ channel }, longestOverdue / 1_000);
    }
  }

  return async () => {
    if (last === null || now() - last.at >= freshMs) {
      const done = measure();
      last = { at: now(), done };
      // The next one tries again.
      done.catch(() => {
        last = null;
      });
    }
    await last.done;
  };
}

function emptySum(): Sum {
  const statuses = Object.fromEntries(mailboxStatuses.map((status) => [status, 0]));
  return {
    statuses: statuses as Record<MailboxStatus, number>,
    failing: 0,
    waiting: 0,
    longestOverdue: 0,
  };
}
