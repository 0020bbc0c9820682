import { secondsOf } from "../domain/budget-options.js";
import { forecast } from "../domain/forecast.js";
import { mailboxLevel, mailboxState } from "../domain/mailbox.js";
import type { ReceiverState } from "../domain/receiver.js";
import type { Subscription } from "../domain/subscription.js";
import { prospectsOf } from "../pipeline/choose.js";
import type { Parts } from "../pipeline/parts.js";
import type { AccountOutline, OverviewService, SubscriptionOutline } from "../services/overview.js";
import { viewBrowser } from "./browser.js";
import { lookInTurn } from "./in-turn.js";

/** In one look; each account may have thousands of sources. */
const mostAccounts = 200;
const mostSubscriptions = 500;
/** How old (ms) an expected delay may be: it takes a look at every source. */
const delayMs = 60_000;

async function outlineOf(
  id: string,
  { store, now }: Pick<Parts, "store" | "now">,
): Promise<AccountOutline | null> {
  const [account, summary, companions] = await Promise.all([
    store.accounts.get(id),
    store.accounts.summary(id),
    store.companions.list(id),
  ]);
  if (!account || !summary) return null;
  const { sources, worst, lastPolledAt } = summary;
  const holds = summary.held > 0 ? await store.holds.list(id) : [];
  const held = holds.filter(({ status }) => status === "held");
  const browser = await viewBrowser(account, companions, { store, now });
  return { account, browser, companions, sources, worst, lastPolledAt, held };
}

/** What the first page needs of everything. */
export function createOverviewService({ store, now }: Pick<Parts, "store" | "now">): OverviewService {
  const delays = new Map<string, { readonly at: number; readonly seconds: Promise<number | null> }>();
  const lookAtAccounts = lookInTurn({
    load: (id) => outlineOf(id, { store, now }),
    wantsAttention: ({ account, browser, worst, held }) =>
      account.session.status !== "active" ||
      (account.readBy === "browser" && browser?.status !== "connected") ||
      worst !== null ||
      held.length > 0,
    mostAgain: mostAccounts,
    now,
  });
  const lookAtReceivers = lookInTurn({
    load: async (id) => ({ receiver: await store.mailboxes.receiver(id) }),
    wantsAttention: ({ receiver }) => receiver !== null && receiver.failingSince !== null,
    mostAgain: mostSubscriptions,
    now,
  });

  function judge(subscription: Subscription, receiver: ReceiverState | null): SubscriptionOutline {
    if (subscription.disabledReason !== null) return { subscription, level: "problem", isFailing: false };
    const { enabled, paused } = subscription;
    // As for nearly all. To know which channel a state is about takes a hash.
    if (receiver === null)
      return { subscription, level: enabled && paused ? "notice" : "good", isFailing: false };
    // How much waits decides nothing here, and takes two more questions.
    const mailbox = mailboxState(subscription, { waiting: 0, due: 0 }, receiver, now());
    return { subscription, level: mailboxLevel(mailbox, now()), isFailing: mailbox.failingSince !== null };
  }

  return {
    async accounts() {
      const ids = await store.accounts.ids();
      const known = new Set(ids);
      for (const id of delays.keys()) if (!known.has(id)) delays.delete(id);
      const outlineFor = await lookAtAccounts(ids);
      return ids.flatMap((id) => outlineFor(id) ?? []);
    },
    async expectedDelay(id) {
      const known = delays.get(id);
      if (known && Math.abs(now() - known.at) < delayMs) return known.seconds;
      const seconds = expectedDelay(id, { store, now });
      seconds.catch(() => delays.delete(id));
      delays.set(id, { at: now(), seconds });
      return seconds;
    },
    async subscriptions() {
      const all = await store.subscriptions.all();
      const knownOf = await lookAtReceivers(all.filter(({ enabled }) => enabled).map(({ id }) => id));
      return all.map((subscription) => judge(subscription, knownOf(subscription.id)?.receiver ?? null));
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
