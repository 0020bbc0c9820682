import { killing } from "./kills/kills.js";
import type { Benchmark } from "./support/benchmark.js";

/** Losses and doubles of deliveries when the service is killed. */
export const benchmark: Benchmark = {
  title: "kills: what a killed service loses, and what comes twice",
  async *run(surroundings) {
    yield* await killing(surroundings);
  },
};
