import type { Hono } from "hono";
import { isKnownPattern } from "../../domain/catalog.js";
import { thawEvent } from "../../domain/event.js";
import { isTestEvent } from "../../domain/sample.js";
import { CursorError } from "../../services.js";
import type { DashboardEnv } from "../env.js";
import { subscriptionName } from "../format.js";
import type { DashboardContext } from "../options.js";
import { EventPage } from "../pages/event.js";
import { type EventFilters, Events } from "../pages/events.js";
import { Message } from "../pages/message.js";
import type { Render } from "../render.js";

const pageSize = 50;
/** Recipients of an event that are named; others are counted. */
const shownRecipients = 10;
const isDate = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

/** Filters out of an address that anyone may have typed: what cannot be meant is left out. */
function readFilters(query: (name: string) => string | undefined): EventFilters {
  const text = (name: string): string => (query(name) ?? "").trim().slice(0, 320);
  const type = text("type");
  const day = (name: string): string => (isDate(text(name)) ? text(name) : "");
  return {
    account: text("account"),
    type: isKnownPattern(type) ? type : "",
    collection: text("collection"),
    client: text("client"),
    since: day("since"),
    until: day("until"),
  };
}

const testLines = [
  "This message was sent to see whether it arrives, and it did. Nothing happened, so there is no event to look at.",
];

/** The list of events, and one event. */
export function registerEventPages(app: Hono<DashboardEnv>, context: DashboardContext, render: Render): void {
  const { services, now, describe } = context;

  app.get("/events", async (c) => {
    const filters = readFilters((name) => c.req.query(name));
    const query = {
      account: filters.account || null,
      types: filters.type === "" ? [] : [filters.type],
      collection: filters.collection || null,
      client: filters.client || null,
      since: filters.since === "" ? null : `${filters.since}T00:00:00.000Z`,
      // The day itself belongs to it.
      until: filters.until === "" ? null : `${filters.until}T23:59:59.999Z`,
      matched: null,
      order: "desc",
      limit: pageSize,
    } as const;
    const first = () => services.events.list({ ...query, after: null });
    const after = c.req.query("after");
    const [page, accounts] = await Promise.all([
      after === undefined
        ? first()
        : services.events.list({ ...query, after }).catch((error: unknown) => {
            if (error instanceof CursorError) return first();
            throw error;
          }),
      services.accounts.list({ limit: 200, after: null }),
    ]);
    const set = Object.entries(filters).filter(([, value]) => value !== "");
    const older =
      page.next === null ? null : `/events?${new URLSearchParams([...set, ["after", page.next]])}`;
    const events = page.data.map(thawEvent);
    const matched = await services.events.matched(events.map(({ id }) => id));
    const unwanted = new Set(events.filter((_, index) => matched[index] === 0).map(({ id }) => id));
    const view = { filters, accounts: accounts.data, events, unwanted, older, describe, now: now() };
    return render.page(c, "Events", <Events {...view} />);
  });

  app.get("/events/:id", async (c) => {
    const id = c.req.param("id");
    const body = await services.events.get(id);
    const [found, [matched = null]] = await Promise.all([
      services.events.deliveries(id),
      services.events.matched([id]),
    ]);
    if (body === null && isTestEvent(id))
      return render.page(c, "A test", <Message title="A test" lines={testLines} />, 404);
    if (body === null) return render.missing(c, "event");
    const event = thawEvent(body);
    const sentence = describe(event);
    const deliveries = found ?? [];
    const recipients = await Promise.all(
      deliveries.slice(0, shownRecipients).map(async (delivery) => {
        const subscription = await services.subscriptions.get(delivery.subscription);
        return { delivery, name: subscription && subscriptionName(subscription) };
      }),
    );
    const more = deliveries.length - recipients.length;
    const view = { event, sentence, recipients, more, isUnwanted: matched === 0, now: now() };
    return render.page(c, sentence, <EventPage {...view} />);
  });
}
