import type { Hono } from "hono";
import { thawEvent } from "../../domain/event.js";
import { accountOf } from "../../domain/ids.js";
import type { EventService, Following } from "../../services/events.js";
import { createSeats, messageText, streamEvents } from "../../streams.js";
import type { DashboardEnv } from "../env.js";
import { fits, readFilters } from "../event-filters.js";
import type { DashboardContext, LiveTimes } from "../options.js";
import { EventRow } from "../parts/event-row.js";
import { tidyPage } from "../tidy.js";

const usual: LiveTimes = { heartbeatMs: 15_000, patienceMs: 30_000 };
/** Lists that a session may have open at once, in this process. */
const mostLists = 20;

/** New events as rows of the list, ready to be put on the page: the oldest first, several in a message. */
export function registerLive(app: Hono<DashboardEnv>, context: DashboardContext, times = usual): void {
  const { services, entrance, now, describe, signal } = context;
  const seats = createSeats(mostLists);

  app.get("/live", (c) => {
    const filters = readFilters((name) => c.req.query(name));
    // Lists that say who was told ask for it, whether they filter by it or not.
    const saysWho = c.req.query("told") !== undefined;
    // A browser that comes back names the last event it saw; the page names the newest that it knows.
    const from = c.req.header("last-event-id") ?? c.req.query("after") ?? "";
    if (c.req.method === "HEAD") return c.body(null, 200, { "content-type": "text/event-stream" });
    const leave = seats.take(c.get("session"));
    if (leave === null) {
      c.header("retry-after", "30");
      return c.text(`${mostLists} lists are live in this session, which is the most: close a page.`, 429);
    }

    const write = async (
      some: readonly { readonly id: string; readonly type: string; readonly body: string }[],
    ) => {
      const last = some.at(-1)?.id ?? "";
      const fitting = some.filter((event) => fits(filters, event));
      const matched = saysWho ? await services.events.matched(fitting.map(({ id }) => id)) : [];
      const rows = fitting.map(({ body }, index) => {
        const told = matched[index] ?? null;
        if (filters.told !== "" && (told === null || told > 0 !== (filters.told === "somebody"))) return null;
        const event = thawEvent(body);
        return <EventRow event={event} sentence={describe(event)} now={now()} isUnwanted={told === 0} />;
      });
      const html = (await Promise.all(rows.map((row) => row?.toString() ?? ""))).join("");
      // A message without data is not one: it only moves the place where the browser would go on.
      return html === "" ? `id: ${last}\n\n` : messageText({ id: last, data: tidyPage(html) });
    };

    return streamEvents(c, {
      follow: (gone) => followFrom(services.events, from, gone),
      write,
      ended: (gone) => AbortSignal.any([signal, gone, entrance.watch(c.get("tokenId"), gone)]),
      ...times,
      left: leave,
    });
  });
}

/**
 * From after an event; from the first of all for `none`, which a page says that has seen no event. A page that is older
 * than what is kept goes on with what is new: it cannot show a month of events.
 */
function followFrom(events: EventService, from: string, gone: AbortSignal): Following {
  if (from !== "none" && accountOf(from) === null) return events.follow(null, gone);
  const resumed = events.follow(from, gone);
  if (from === "none") return resumed;
  const chosen = resumed.begun.then(async (how) => {
    const following = how === "lost" ? events.follow(null, gone) : resumed;
    return { following, how: await following.begun };
  });
  const begun = chosen.then(({ how }) => how);
  begun.catch(() => undefined);
  async function* all() {
    yield* (await chosen).following;
  }
  return { begun, [Symbol.asyncIterator]: all };
}
