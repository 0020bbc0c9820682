import { rareClient } from "../lists/events.js";
import { timed } from "../lists/measure.js";
import { eventCount, type ListsPlace } from "../lists/place.js";
import type { Line, Section, Surroundings } from "../support/benchmark.js";

/** What is promised of a page, ms. */
const promisedMs = 100;

/** How long pages take over HTTP, with the cookie of somebody who has signed in. */
export async function pageTimes(place: ListsPlace, { signal, say }: Surroundings): Promise<Section> {
  const { client, account, event, subscription } = place;
  const pages: Readonly<Record<string, string>> = {
    "GET /": "/",
    "GET /events": "/events",
    "GET /events, a common type": "/events?type=favorite.*",
    "GET /events, a rare client": `/events?client=${rareClient}`,
    "GET /events/{id}": `/events/${event}`,
    "GET /accounts/{id}, 535 sources": `/accounts/${account}`,
    "GET /subscriptions, 1,000": "/subscriptions",
    "GET /subscriptions/{id}, 10,000 deliveries": `/subscriptions/${subscription}`,
  };
  const lines: Line[] = [];
  for (const [label, path] of Object.entries(pages)) {
    say(`Dashboard: ${label}`);
    const figures = await timed(() => client.get(path), 50, place, signal, promisedMs);
    const html = Buffer.byteLength((await client.get(path)).text);
    const told = figures.filter(({ unit }) => unit === "milliseconds");
    lines.push({ label, figures: [...told, { name: "HTML", value: html, unit: "bytes" }] });
  }
  return {
    title: `Pages over ${eventCount.toLocaleString("en")} events`,
    notes: ["Over HTTP, one after the other, from the request to the last byte. 1,000 accounts are listed."],
    lines,
  };
}
