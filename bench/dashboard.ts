import { pageTimes } from "./dashboard/pages.js";
import { firstPage } from "./dashboard/weight.js";
import { atLists } from "./lists/place.js";
import type { Benchmark } from "./support/benchmark.js";

/** What people wait for where much is stored. */
export const benchmark: Benchmark = {
  title: "dashboard: pages over a million events",
  async *run(surroundings) {
    const sections = await atLists(surroundings, async (place) => [
      await firstPage(place),
      await pageTimes(place, surroundings),
    ]);
    for (const section of sections) yield section;
  },
};
