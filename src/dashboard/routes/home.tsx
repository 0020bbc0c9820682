import type { Hono } from "hono";
import { thawEvent } from "../../domain/event.js";
import type { Subscription } from "../../domain/subscription.js";
import type { AccountOutline, SubscriptionOutline } from "../../services/overview.js";
import type { Services } from "../../services.js";
import { ofAccounts, ofSubscription, standingOf, toneOf, type Verdict, verdictOf } from "../concerns.js";
import { emptyConnectDraft } from "../connect-draft.js";
import type { DashboardEnv } from "../env.js";
import { dayStretches, lastDayOf } from "../last-day.js";
import type { DashboardContext } from "../options.js";
import { Home } from "../pages/home.js";
import { Welcome } from "../pages/welcome.js";
import type { SubscriptionView } from "../parts/subscription-row.js";
import type { Render } from "../render.js";

const latestEvents = 12;
/** Of what there can be hundreds of; what needs somebody comes first. */
const shownConcerns = 8;
const shownAccounts = 6;
const shownSubscriptions = 8;

/** Every event, newest first: the start of a query. */
const allEvents = {
  account: null,
  types: [],
  collection: null,
  client: null,
  since: null,
  until: null,
  matched: null,
  order: "desc",
  after: null,
} as const;

/** Subscriptions with how they do. */
export function viewsOf(
  services: Services,
  subscriptions: readonly Subscription[],
): Promise<SubscriptionView[]> {
  const newest = { limit: 1, after: null, status: null };
  return Promise.all(
    subscriptions.map(async (subscription) => {
      const [page, mailbox] = await Promise.all([
        services.subscriptions.deliveries(subscription.id, newest),
        services.subscriptions.mailbox(subscription),
      ]);
      return { subscription, latest: page?.data[0] ?? null, mailbox };
    }),
  );
}

/** The smaller, the sooner it is to be seen. */
function urgencyOfAccount(outline: AccountOutline, now: Date): number {
  const isWell = toneOf(standingOf(outline), now) === "good";
  return !isWell || outline.held.length > 0 ? 0 : outline.worst ? 1 : 2;
}

function urgencyOf({ level, isFailing, subscription }: SubscriptionOutline): number {
  if (level !== "good") return level === "problem" ? 0 : 1;
  return isFailing && subscription.enabled ? 2 : 3;
}

/** What is not right, of any number of accounts and subscriptions. Only what is shown is asked about in full. */
async function judge(
  services: Services,
  accounts: readonly AccountOutline[],
  subscriptions: readonly SubscriptionOutline[],
  now: Date,
): Promise<Verdict> {
  const { problems } = await services.health.ready();
  const troubled = subscriptions.filter(({ level }) => level !== "good");
  const told = await Promise.all(
    troubled.slice(0, shownConcerns).map(async ({ subscription }) => {
      return ofSubscription(
        { subscription, mailbox: await services.subscriptions.mailbox(subscription) },
        now,
      );
    }),
  );
  const others = troubled.slice(shownConcerns);
  const bad = others.filter(({ level }) => level === "problem").length;
  const known = {
    problems,
    accounts: ofAccounts(accounts, now),
    subscriptions: told.filter((each) => each !== null),
    untold: { bad, warn: others.length - bad },
  };
  return verdictOf(known, shownConcerns);
}

/** The home page. */
export function registerHome(app: Hono<DashboardEnv>, context: DashboardContext, render: Render): void {
  const { services, now, describe, simulated } = context;
  const { overview } = services;

  app.get("/", async (c) => {
    const [accounts, subscriptions, events, activity] = await Promise.all([
      overview.accounts(),
      overview.subscriptions(),
      services.events.list({ ...allEvents, limit: latestEvents }),
      services.activity.byObject(null, dayStretches),
    ]);
    const form = c.get("form");
    if (accounts.length === 0) {
      const view = { draft: emptyConnectDraft, problems: {}, simulated, form };
      return render.page(c, "Welcome", <Welcome {...view} />);
    }
    const byUrgency = {
      accounts: accounts.toSorted((a, b) => urgencyOfAccount(a, now()) - urgencyOfAccount(b, now())),
      subscriptions: subscriptions.toSorted((a, b) => urgencyOf(a) - urgencyOf(b)),
    };
    const shown = byUrgency.accounts.slice(0, shownAccounts);
    const [verdict, rows, delays] = await Promise.all([
      judge(services, byUrgency.accounts, byUrgency.subscriptions, now()),
      viewsOf(
        services,
        byUrgency.subscriptions.slice(0, shownSubscriptions).map(({ subscription }) => subscription),
      ),
      Promise.all(shown.map(({ account }) => overview.expectedDelay(account.id))),
    ]);
    const view = {
      now: now(),
      verdict,
      accounts: shown.map((outline, index) => ({ ...outline, delaySeconds: delays[index] ?? null })),
      otherAccounts: accounts.length - shown.length,
      subscriptions: rows,
      otherSubscriptions: subscriptions.length - rows.length,
      day: lastDayOf(activity),
      events: events.data.map(thawEvent),
      describe,
      form,
    };
    return render.page(c, "pixiehook", <Home view={view} />);
  });
}
