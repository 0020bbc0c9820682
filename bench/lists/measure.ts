import type { Figure } from "../support/benchmark.js";
import { quantile } from "../support/measure.js";
import type { Answered, Client, ListPage } from "./client.js";
import type { ListsPlace } from "./place.js";

/** What is promised of a page, ms. */
const promisedMs = 50;
const samples = 100;
const warmUps = 5;
/** What a page of 50 that is not full comes to: so many pages are followed at most. */
const pagesAtMost = 200;
const wanted = 50;

/** How long it takes, again and again, beside the same page from Redis alone, and what the API does for it. */
export async function timed(
  ask: () => Promise<Answered>,
  limit: number,
  { barePage, cpu }: Pick<ListsPlace, "barePage" | "cpu">,
  signal: AbortSignal,
  atMost = promisedMs,
): Promise<Figure[]> {
  const [times, bareTimes]: [number[], number[]] = [[], []];
  for (let i = 0; i < warmUps; i++) await ask();
  const before = await cpu();
  for (let i = 0; i < samples; i++) {
    signal.throwIfAborted();
    times.push((await ask()).ms);
    bareTimes.push(await barePage(limit));
  }
  const cpuMs = ((await cpu()) - before) / samples;
  const at = (share: number) => quantile(times, share);
  return [
    { name: "p50", value: at(0.5), unit: "milliseconds" },
    { name: "p95", value: at(0.95), unit: "milliseconds", atMost },
    { name: "p99", value: at(0.99), unit: "milliseconds" },
    { name: "processor", value: cpuMs, unit: "milliseconds" },
    { name: "to bare XREVRANGE", value: at(0.5) / quantile(bareTimes, 0.5), unit: "ratio" },
  ];
}

/** Asks for one page after the other, from the beginning again after the last. */
export function following(client: Client, path: string): () => Promise<Answered> {
  let next: string | null = null;
  return async () => {
    const page: Answered & ListPage = await client.page(next === null ? path : `${path}&after=${next}`);
    next = page.next;
    return page;
  };
}

/** How many pages it takes to see the first 50, or all where there are fewer, and how many those are. */
export async function pagesFor(
  client: Client,
  path: string,
  signal: AbortSignal,
): Promise<{ readonly pages: number; readonly found: number; readonly ms: number }> {
  let [pages, found, ms] = [0, 0, 0];
  for (let after: string | null = ""; after !== null && found < wanted && pages < pagesAtMost; pages++) {
    signal.throwIfAborted();
    const page: Answered & ListPage = await client.page(after === "" ? path : `${path}&after=${after}`);
    found += page.data.length;
    ms += page.ms;
    after = page.next;
  }
  return { pages, found, ms };
}
