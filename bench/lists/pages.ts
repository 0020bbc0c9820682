import type { Line, Section, Surroundings } from "../support/benchmark.js";
import { eventCases } from "./cases.js";
import { following, pagesFor, timed } from "./measure.js";
import { eventCount, type ListsPlace } from "./place.js";

const inWords = (count: number) => count.toLocaleString("en");

/** Pages of events, with every filter. */
export async function eventPages(place: ListsPlace, { signal, say }: Surroundings): Promise<Section> {
  const { client } = place;
  const lines: Line[] = [];
  for (const { label, query, isFollowed } of eventCases(place)) {
    for (const limit of [50, 200]) {
      say(`Lists: ${label}, ${limit} a page`);
      const path = `/v1/events?limit=${limit}&${query}`;
      const walk = await pagesFor(client, path, signal);
      const ask = isFollowed ? following(client, path) : () => client.get(path);
      const figures = await timed(ask, limit, place, signal);
      lines.push({
        label: `${label}, ${limit}`,
        figures: [
          ...figures,
          { name: "found", value: walk.found, unit: "count" },
          { name: "pages for 50", value: walk.pages, unit: "count" },
          { name: "all of them", value: walk.ms, unit: "milliseconds" },
        ],
      });
    }
  }
  return {
    title: `Pages of ${inWords(eventCount)} events`,
    notes: [
      "Over HTTP, one after the other. Bare: the same number of newest events of one account, by one command of Redis.",
      "Pages for 50: asked for until 50 were seen, or all where there are fewer; what those pages took together beside it.",
    ],
    lines,
  };
}

/** The other lists, and pages of the dashboard. */
export async function otherPages(place: ListsPlace, { signal, say }: Surroundings): Promise<Section> {
  const { client, account, event, subscription } = place;
  const preview = { events: ["invoice.*"], channel: { type: "webhook", url: "https://127.0.0.1:9/hook" } };
  const rare = { ...preview, events: ["payment.disputed"] };
  const deliveries = `/v1/subscriptions/${subscription}/deliveries?limit=50`;
  const asks: Readonly<Record<string, () => ReturnType<typeof client.get>>> = {
    "one event": () => client.get(`/v1/events/${event}`),
    "deliveries of an event, 100 subscriptions": () => client.get(`/v1/events/${event}/deliveries?limit=200`),
    "deliveries, 10,000": () => client.get(deliveries),
    "deliveries that failed, 20 of 10,000": () => client.get(`${deliveries}&status=failed`),
    "sources, 535": () => client.get(`/v1/accounts/${account}/sources?limit=200`),
    "accounts, 1,000": () => client.get("/v1/accounts?limit=200"),
    "subscriptions, 1,000": () => client.get("/v1/subscriptions?limit=200"),
    preview: () => client.post("/v1/subscriptions/preview", preview),
    "preview of a rare type": () => client.post("/v1/subscriptions/preview", rare),
    "dashboard, events": () => client.get("/events"),
    "dashboard, events of a rare client": () => client.get("/events?client=once@example.com"),
    "dashboard, home": () => client.get("/"),
  };
  const lines: Line[] = [];
  for (const [label, ask] of Object.entries(asks)) {
    say(`Lists: ${label}`);
    lines.push({ label, figures: await timed(ask, 50, place, signal) });
  }
  const failed = await pagesFor(client, `${deliveries}&status=failed`, signal);
  lines.push({
    label: "all deliveries that failed",
    figures: [{ name: "pages for 50", value: failed.pages, unit: "count" }],
  });
  return { title: "Other lists", notes: [], lines };
}
