import type { Hono } from "hono";
import { thawEvent } from "../../domain/event.js";
import { isTestEvent } from "../../domain/sample.js";
import type { EventQuery, EventService } from "../../services/events.js";
import { CursorError } from "../../services/shared.js";
import { createDirectory } from "../directory.js";
import type { DashboardEnv } from "../env.js";
import { addressOf, type EventFilters, queryOf, readFilters } from "../event-filters.js";
import { searchNames, settled } from "../event-search.js";
import { subscriptionName } from "../format.js";
import type { DashboardContext } from "../options.js";
import { EventPage } from "../pages/event.js";
import { Events } from "../pages/events.js";
import { Message } from "../pages/message.js";
import type { LiveSource } from "../parts/event-list.js";
import type { Render } from "../render.js";

const pageSize = 50;
/** Deliveries of an event that are shown; others are counted. */
const shownDeliveries = 20;
const noFilters = readFilters(() => undefined);

const testLines = [
  "This message was sent to see whether it arrives, and it did. Nothing happened, so there is no event to look at.",
];

/** A page of the list; the first one for a cursor that is none. */
async function pageOf(events: EventService, filters: EventFilters, after: string | undefined) {
  const query = { ...queryOf(filters), limit: pageSize };
  const first = () => events.list({ ...query, after: null });
  if (after === undefined) return { ...(await first()), isFirst: true };
  try {
    return { ...(await events.list({ ...query, after })), isFirst: false };
  } catch (error) {
    if (error instanceof CursorError) return { ...(await first()), isFirst: true };
    throw error;
  }
}

/** The ids of those that no subscription wanted. */
async function unwantedOf(events: EventService, ids: readonly string[]): Promise<Set<string>> {
  const matched = await events.matched(ids);
  return new Set(ids.filter((_, index) => matched[index] === 0));
}

/** The list of events, and one event. */
export function registerEventPages(app: Hono<DashboardEnv>, context: DashboardContext, render: Render): void {
  const { services, now, describe } = context;
  const directory = createDirectory(services, now);

  /** Where a first page goes on; null when it shows days that are over. */
  const liveOf = (filters: EventFilters, newest: string | null): LiveSource | null => {
    if (filters.until !== "" && filters.until < now().toISOString().slice(0, 10)) return null;
    const wanted = { ...filters, since: "", until: "" };
    return { path: addressOf(wanted, { told: filters.told || "all" }, "/live"), newest, most: pageSize };
  };

  app.get("/events", async (c) => {
    const filters = readFilters((name) => c.req.query(name));
    const after = c.req.query("after");
    const [accounts, names] = await Promise.all([
      services.accounts.list({ limit: 200, after: null }),
      directory.names(filters.account),
    ]);
    const searches = searchNames(filters, names);
    const clear = settled(filters, searches);
    // Before the list is read: what comes in between stands in both, and is put on the page once.
    const latest = await services.events.list({ ...queryOf(noFilters), limit: 1, after: null });
    const [newestBody] = latest.data;
    const page = clear && (await pageOf(services.events, clear, after));
    const events = page?.data.map(thawEvent) ?? null;
    const view = {
      filters,
      accounts: accounts.data,
      names,
      searches,
      events,
      unwanted: await unwantedOf(
        services.events,
        (events ?? []).map(({ id }) => id),
      ),
      older: clear && page?.next ? addressOf(clear, { after: page.next }) : null,
      newest: page && !page.isFirst ? addressOf(filters) : null,
      live: clear && page?.isFirst ? liveOf(clear, newestBody ? thawEvent(newestBody).id : null) : null,
      describe,
      now: now(),
    };
    return render.page(c, "Events", <Events view={view} />);
  });

  /** The event of the same account that was found before it, or (`asc`) after it. */
  const neighbour = async (
    id: string,
    account: string,
    order: EventQuery["order"],
  ): Promise<string | null> => {
    const query = { ...queryOf({ ...noFilters, account }), order, limit: 1, after: id };
    const { data } = await services.events.list(query).catch((error: unknown) => {
      if (error instanceof CursorError) return { data: [] };
      throw error;
    });
    return data[0] === undefined ? null : thawEvent(data[0]).id;
  };

  app.get("/events/:id", async (c) => {
    const id = c.req.param("id");
    const body = await services.events.get(id);
    if (body === null && isTestEvent(id))
      return render.page(c, "A test", <Message title="A test" lines={testLines} />, 404);
    if (body === null) return render.missing(c, "event");
    const event = thawEvent(body);
    const account = event.data.account.id;
    const [found, [matched = null], earlier, later] = await Promise.all([
      services.events.deliveries(id),
      services.events.matched([id]),
      neighbour(id, account, "desc"),
      neighbour(id, account, "asc"),
    ]);
    const deliveries = found ?? [];
    const recipients = await Promise.all(
      deliveries.slice(0, shownDeliveries).map(async (delivery) => {
        const subscription = await services.subscriptions.get(delivery.subscription);
        return { delivery, name: subscription && subscriptionName(subscription) };
      }),
    );
    const sentence = describe(event);
    const view = {
      event,
      sentence,
      recipients,
      more: deliveries.length - recipients.length,
      matched,
      earlier,
      later,
      publicUrl: context.publicUrl,
      form: c.get("form"),
      now: now(),
    };
    return render.page(c, sentence, <EventPage view={view} />);
  });
}
