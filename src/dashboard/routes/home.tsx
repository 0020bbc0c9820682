import type { Hono } from "hono";
import { thawEvent } from "../../domain/event.js";
import type { Subscription } from "../../domain/subscription.js";
import type { Services } from "../../services.js";
import { findConcerns } from "../concerns.js";
import type { DashboardEnv } from "../env.js";
import type { DashboardContext } from "../options.js";
import { Home } from "../pages/home.js";
import { Connect } from "../pages/welcome.js";
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

/** Subscriptions with the newest delivery of each. */
export function withLatest(services: Services, subscriptions: readonly Subscription[]) {
  return Promise.all(
    subscriptions.map(async (subscription) => {
      const page = await services.subscriptions.deliveries(subscription.id, {
        limit: 1,
        after: null,
        status: null,
      });
      return { subscription, latest: page?.data[0] ?? null };
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
      return render.page(c, "Welcome", <Connect form={c.get("formToken")} first={true} />);
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
    const view = {
      now: now(),
      concerns: findConcerns({ problems, accounts: watched, subscriptions: subscriptions.data }),
      accounts: watched,
      subscriptions: await withLatest(services, subscriptions.data),
      events: events.data.map(thawEvent),
      describe,
    };
    return render.page(c, "pixiehook", <Home view={view} />);
  });
}
