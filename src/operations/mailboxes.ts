import { type MailboxState, type MailboxStatus, mailboxState, mailboxStatuses } from "../domain/mailbox.js";
import { type ChannelType, channelTypes, type Subscription } from "../domain/subscription.js";
import type { Metrics } from "../metrics.js";
import type { Store } from "../store/store.js";
import { atMostEvery, freshMs } from "./fresh.js";

/** Mailboxes that are asked about at once: others have their turn in between. */
const abreast = 100;
/** Of those in which something waits, so many are told by name. */
const named = 20;

interface Parts {
  readonly store: Pick<Store, "subscriptions" | "mailboxes">;
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

/** A mailbox in which something waits. */
export interface FilledMailbox {
  readonly subscription: Subscription;
  readonly mailbox: MailboxState;
  /** When (ms) the first of its deliveries is due. */
  readonly firstDue: number | null;
}

/** How the mailboxes are. */
export interface MailboxSurvey {
  readonly sums: Readonly<Record<ChannelType, Sum>>;
  /** Those with the most in them, the fullest first, and in how many something waits. */
  readonly fullest: readonly FilledMailbox[];
  readonly filled: number;
}

export type SurveyMailboxes = () => Promise<MailboxSurvey>;

/** Makes the one survey that metrics, doctor and pages share: at most every fifteen seconds, whoever asks. */
export function createMailboxSurvey(parts: Parts): SurveyMailboxes {
  return atMostEvery(freshMs, parts.now, () => survey(parts));
}

/** Looks at all mailboxes, a hundred at a time. */
async function survey({ store, now }: Parts): Promise<MailboxSurvey> {
  const filled: Omit<FilledMailbox, "firstDue">[] = [];
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
        const mailbox = mailboxState(subscription, size, receiver, at);
        const { status, failingSince } = mailbox;
        sum.statuses[status]++;
        sum.waiting += size.waiting;
        if (size.waiting > 0) filled.push({ subscription, mailbox });
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
  const most = filled.toSorted((a, b) => b.mailbox.waiting - a.mailbox.waiting).slice(0, named);
  const fullest = await Promise.all(
    most.map(async (one) => ({ ...one, firstDue: await store.mailboxes.firstDue(one.subscription.id) })),
  );
  return { sums, fullest, filled: filled.length };
}

/** Writes how all mailboxes are into the metrics, as the last survey found them. */
export function createMailboxGauges(parts: {
  readonly surveyMailboxes: SurveyMailboxes;
  readonly metrics: Metrics;
}): () => Promise<void> {
  const { surveyMailboxes, metrics } = parts;
  return async () => {
    const { sums } = await surveyMailboxes();
    for (const channel of channelTypes) {
      const { statuses, failing, waiting, longestFailing, longestOverdue } = sums[channel];
      for (const status of mailboxStatuses) metrics.mailboxes.set({ channel, status }, statuses[status]);
      metrics.failingMailboxes.set({ channel }, failing);
      metrics.longestFailing.set({ channel }, longestFailing / 1_000);
      metrics.deliveriesWaiting.set({ channel }, waiting);
      metrics.longestOverdue.set({ channel }, longestOverdue / 1_000);
    }
  };
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
