import { eventPages, otherPages } from "./lists/pages.js";
import { atLists, eventCount } from "./lists/place.js";
import type { Benchmark, Section, Surroundings } from "./support/benchmark.js";

/** What a page of each list takes where much is stored. */
export const benchmark: Benchmark = {
  title: "lists: pages over a million events",
  async *run(surroundings) {
    for (const section of await atLists(surroundings, (place) => measure(place, surroundings))) yield section;
  },
};

async function measure(
  place: Parameters<Parameters<typeof atLists>[1]>[0],
  surroundings: Surroundings,
): Promise<Section[]> {
  const { redis, bytes, sweepMs } = place;
  const sections: Section[] = [];
  const longest = await redis.longestCommand(async () => {
    sections.push(await eventPages(place, surroundings), await otherPages(place, surroundings));
  });
  const perEvent = (total: number) => ({
    name: "an event",
    value: total / eventCount,
    unit: "bytes" as const,
  });
  sections.push({
    title: "What it takes",
    notes: [`The longest command while pages were asked for: ${longest.name}.`],
    lines: [
      {
        label: "Redis, events",
        figures: [{ name: "in all", value: bytes.events, unit: "bytes" }, perEvent(bytes.events)],
      },
      {
        label: "Redis, what lists need beside them",
        figures: [{ name: "in all", value: bytes.cards, unit: "bytes" }, perEvent(bytes.cards)],
      },
      {
        label: "the API's process",
        figures: [{ name: "in all", value: await place.memory(), unit: "bytes" }],
      },
      {
        label: "the first sweep of events from before",
        figures: [{ name: "takes", value: sweepMs, unit: "milliseconds" }],
      },
      {
        label: "longest command",
        figures: [{ name: "takes", value: longest.milliseconds, unit: "milliseconds" }],
      },
    ],
  });
  return sections;
}
