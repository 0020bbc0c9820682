import type { Hono } from "hono";
import { thawEvent } from "../../domain/event.js";
import type { Subscription } from "../../domain/subscription.js";
import type { Services } from "../../services.js";
import { findConcerns } from "../concerns.js";
import type { DashboardEnv } from "../env.js";
import type { DashboardContext } from "../options.js";
import { Home } from "../pages/home.js";
import { Connect } from "../pages/welcome.js";
import type { SubscriptionView } from "../parts/subscription-row.js";
import type { Render } from "../render.js";

const latestEvents = 12;
const shownRows = 20;

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

/** The home page. */
export function registerHome(app: Hono<DashboardEnv>, context: DashboardContext, render: Render): void {
  const { services, now, describe } = context;

  app.get("/", async (c) => {
    const [accounts, subscriptions, ready, events] = await Promise.all([
      services.accounts.list({ limit: shownRows, after: null }),
      services.subscriptions.list({ limit: shownRows, after: null }),
      services.health.ready(),
      services.events.list({ ...allEvents, limit: latestEvents }),
    ]);
    if (accounts.data.length === 0) {
      return render.page(c, "Welcome", <Connect form={c.get("form")} first={true} />);
    }
    const watched = await Promise.all(
      accounts.data.map(async (account) => {
        const { id } = account;
        const [sources, holds, forecast] = await Promise.all([
          services.accounts.sources(id),
          services.accounts.holds(id),
          services.accounts.forecast(id),
        ]);
        return { account, sources: sources ?? [], holds: holds ?? [], forecast };
      }),
    );
    const { problems } = ready;
    const views = await viewsOf(services, subscriptions.data);
    const view = {
      now: now(),
      concerns: findConcerns({ problems, accounts: watched, subscriptions: views }, now()),
      accounts: watched,
      subscriptions: views,
      events: events.data.map(thawEvent),
      describe,
      form: c.get("form"),
    };
    return render.page(c, "pixiehook", <Home view={view} />);
  });
}
