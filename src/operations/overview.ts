import { secondsOf } from "../domain/budget-options.js";
import { forecast } from "../domain/forecast.js";
import { mailboxLevel, mailboxState } from "../domain/mailbox.js";
import type { Subscription } from "../domain/subscription.js";
import { prospectsOf } from "../pipeline/choose.js";
import type { Parts } from "../pipeline/parts.js";
import type { AccountOutline, OverviewService, SubscriptionOutline } from "../services.js";
import type { AccountSummary } from "../store/accounts.js";

/** What is known of an account's sources is looked at again after so long (ms), where it is its turn. */
const youngMs = 5_000;
/** Accounts whose turn it is in one look: each of them may have thousands of sources. */
const mostAgain = 200;
/** What is older (ms) is looked at again, however many there are. */
const oldMs = 60_000;

/** Something that was looked at, and when (ms). */
interface Seen<T> {
  readonly at: number;
  readonly what: T;
}

/** What the first page needs of everything: cheap things each time, the others now and then. */
export function createOverviewService({ store, now }: Pick<Parts, "store" | "now">): OverviewService {
  // In the order in which they were looked at.
  const summaries = new Map<string, Seen<AccountSummary>>();
  const delays = new Map<string, Seen<Promise<number | null>>>();

  const age = (seen: Seen<unknown> | undefined) => (seen ? Math.abs(now() - seen.at) : Infinity);

  async function refresh(ids: readonly string[]): Promise<void> {
    const known = new Set(ids);
    for (const map of [summaries, delays]) {
      for (const id of map.keys()) if (!known.has(id)) map.delete(id);
    }
    const due = ids.filter((id) => age(summaries.get(id)) >= oldMs);
    const turn = [...summaries]
      .filter(([, seen]) => age(seen) >= youngMs && age(seen) < oldMs)
      .slice(0, mostAgain)
      .map(([id]) => id);
    await Promise.all(
      [...due, ...turn].map(async (id) => {
        const what = await store.accounts.summary(id);
        summaries.delete(id);
        if (what) summaries.set(id, { at: now(), what });
      }),
    );
  }

  async function outline(id: string): Promise<AccountOutline | null> {
    const summary = summaries.get(id)?.what;
    const account = await store.accounts.get(id);
    if (!account || !summary) return null;
    const { sources, worst, lastPolledAt } = summary;
    const holds = summary.held > 0 ? await store.holds.list(id) : [];
    const held = holds.filter(({ status }) => status === "held");
    return { account, sources, worst, lastPolledAt, held };
  }

  async function judge(subscription: Subscription): Promise<SubscriptionOutline> {
    const { id, enabled, disabledReason } = subscription;
    if (!enabled)
      return { subscription, level: disabledReason === null ? "good" : "problem", isFailing: false };
    const receiver = await store.mailboxes.receiver(id);
    // How much waits decides nothing here, and takes two more questions.
    const mailbox = mailboxState(subscription, { waiting: 0, due: 0 }, receiver, now());
    return { subscription, level: mailboxLevel(mailbox, now()), isFailing: mailbox.failingSince !== null };
  }

  return {
    async accounts() {
      const ids = await store.accounts.ids();
      await refresh(ids);
      const outlines = await Promise.all(ids.map(outline));
      return outlines.filter((each) => each !== null);
    },
    async expectedDelay(id) {
      const known = delays.get(id);
      if (known && age(known) < oldMs) return known.what;
      const what = expectedDelay(id, { store, now });
      what.catch(() => delays.delete(id));
      delays.set(id, { at: now(), what });
      return what;
    },
    async subscriptions() {
      return Promise.all((await store.subscriptions.all()).map(judge));
    },
  };
}

/** How soon (s) changes of an account are expected to be found; null while that is not known. */
async function expectedDelay(
  id: string,
  { store, now }: Pick<Parts, "store" | "now">,
): Promise<number | null> {
  const account = await store.accounts.get(id);
  if (account?.session.status !== "active") return null;
  const [{ plan, outlook }, { effectiveRequestsPerMinute: requestsPerMinute }] = await Promise.all([
    prospectsOf(account, store, now()),
    store.budget.state(id, account.polling.requestsPerMinute),
  ]);
  const { meanDelayMs } = forecast(plan, { ...outlook.bounds, requestsPerMinute });
  return meanDelayMs === null ? null : secondsOf(meanDelayMs);
}
