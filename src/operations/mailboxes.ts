import { type MailboxStatus, mailboxState, mailboxStatuses } from "../domain/mailbox.js";
import { type ChannelType, channelTypes } from "../domain/subscription.js";
import type { Metrics } from "../metrics.js";
import type { Store } from "../store/store.js";
import { atMostEvery, freshMs } from "./fresh.js";

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
  /** ms; since the first of nothing but failures. */
  longestFailing: number;
  /** ms; of what is held back by neither a pause nor a rest. */
  longestOverdue: number;
}

/** How the mailboxes are, by channel. */
export type MailboxSums = Readonly<Record<ChannelType, Sum>>;

/** Looks at all mailboxes, a hundred at a time. */
export async function surveyMailboxes({ store, now }: Omit<Parts, "metrics">): Promise<MailboxSums> {
  const sums = Object.fromEntries(channelTypes.map((type) => [type, emptySum()])) as Record<ChannelType, Sum>;
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
        if (failingSince !== null && status !== "paused") {
          sum.failing++;
          sum.longestFailing = Math.max(sum.longestFailing, at - Date.parse(failingSince));
        }
        if (status === "sending") {
          const first = await store.mailboxes.firstDue(id);
          sum.longestOverdue = Math.max(sum.longestOverdue, at - (first ?? at));
        }
      }),
    );
  }
  return sums;
}

/** Writes how all mailboxes are into the metrics; at most every fifteen seconds, however often it is asked to. */
export function createMailboxGauges({ metrics, ...parts }: Parts): () => Promise<void> {
  return atMostEvery(freshMs, parts.now, async () => {
    const sums = await surveyMailboxes(parts);
    for (const channel of channelTypes) {
      const { statuses, failing, waiting, longestFailing, longestOverdue } = sums[channel];
      for (const status of mailboxStatuses) metrics.mailboxes.set({ channel, status }, statuses[status]);
      metrics.failingMailboxes.set({ channel }, failing);
      metrics.longestFailing.set({ channel }, longestFailing / 1_000);
      metrics.deliveriesWaiting.set({ channel }, waiting);
      metrics.longestOverdue.set({ channel }, longestOverdue / 1_000);
    }
  });
}

function emptySum(): Sum {
  const statuses = Object.fromEntries(mailboxStatuses.map((status) => [status, 0]));
  return {
    statuses: statuses as Record<MailboxStatus, number>,
    failing: 0,
    waiting: 0,
    longestFailing: 0,
    longestOverdue: 0,
  };
}
