import { manyAccounts } from "./scale/accounts.js";
import { atScale } from "./scale/place.js";
import { manySources, oneWithMany } from "./scale/sources.js";
import { manySubscriptions } from "./scale/subscriptions.js";
import type { Benchmark } from "./support/benchmark.js";

/** What each step costs as there are more accounts, sources and subscriptions: what is flat, and what grows. */
export const benchmark: Benchmark = {
  title: "scale: the cost of each step with 10,000 accounts, 1,000,000 sources and 100,000 subscriptions",
  async *run(surroundings) {
    for (const measure of [manyAccounts, oneWithMany, manySources, manySubscriptions])
      yield await atScale(surroundings.signal, (place) => measure(place, surroundings));
  },
};
