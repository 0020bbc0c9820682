import type { DeliveryStatus } from "../domain/delivery.js";
import { deliveryFigures } from "../domain/delivery-figures.js";
import type { Subscription } from "../domain/subscription.js";
import type { Services } from "../services.js";
import { viewDeliveries } from "./delivery-words.js";
import type { DashboardContext } from "./options.js";
import type { SubscriptionPageView } from "./pages/subscription.js";
import { figureBars } from "./parts/figures.js";
import type { FormToken } from "./parts/form.js";
import type { Names } from "./parts/subscription-facts.js";
import type { ReplayDraft, ReplayProblems } from "./replay-draft.js";

/** Deliveries of one page of the list. */
const pageSize = 50;
/** Deliveries that the figures are about at most. */
const figuredDeliveries = 200;
/** Accounts whose collections are looked through for names, where a subscription is about all. */
const searchedAccounts = 10;

/** What ids in a subscription stand for. Collections go by the names of the sources that read them. */
async function namesOf({ account, filter }: Subscription, services: Services): Promise<Names> {
  const named = account === null ? null : await services.accounts.get(account);
  const collections = new Map<string, string>();
  const wanted = new Set(filter?.collections);
  if (wanted.size > 0) {
    const page =
      account === null ? await services.accounts.list({ limit: searchedAccounts, after: null }) : null;
    const owners = page === null ? [account ?? ""] : page.data.map(({ id }) => id);
    for (const sources of await Promise.all(owners.map((id) => services.accounts.sources(id)))) {
      for (const { scope } of sources ?? [])
        if (scope?.name && wanted.has(scope.id)) collections.set(scope.id, scope.name);
    }
  }
  return { account: named?.name ?? null, collections };
}

/** What is looked at, and how far somebody came with the form to send again. */
export interface SubscriptionQuery {
  readonly id: string;
  readonly status: DeliveryStatus | null;
  /** The cursor of an older page of deliveries. */
  readonly after: string | null;
  readonly draft: ReplayDraft;
  readonly problems: ReplayProblems;
}

/** All that the page of a subscription shows; null when there is none. A wrong cursor throws `CursorError`. */
export async function viewSubscription(
  { services, describe, retentionMs, now: clock }: DashboardContext,
  form: FormToken,
  { id, status, after, draft, problems }: SubscriptionQuery,
): Promise<SubscriptionPageView | null> {
  const now = clock();
  const { subscriptions, replays } = services;
  const [subscription, ran, finished, newest, page] = await Promise.all([
    subscriptions.get(id),
    replays.list(id),
    subscriptions.finished(id, figuredDeliveries),
    subscriptions.deliveries(id, { limit: 1, after: null, status: null }),
    subscriptions.deliveries(id, { limit: pageSize, after, status }),
  ]);
  if (!subscription || !page) return null;
  const [mailbox, names] = await Promise.all([
    subscriptions.mailbox(subscription),
    namesOf(subscription, services),
  ]);
  const about = { subscription, mailbox };
  return {
    row: { ...about, latest: newest?.data[0] ?? null },
    names,
    figures: deliveryFigures(finished, figureBars),
    deliveries: await viewDeliveries(page.data, about, { services, describe, now }),
    replay: ran?.[0] ?? null,
    replayDraft: draft,
    replayProblems: problems,
    retentionMs,
    status,
    older: page.next && olderPath(id, status, page.next),
    form,
    now,
  };
}

function olderPath(id: string, status: DeliveryStatus | null, after: string): string {
  return `/subscriptions/${id}?${new URLSearchParams({ ...(status && { status }), after })}`;
}
