import type { Benchmark } from "./support/benchmark.js";
import { byWorkers } from "./workers/scaling.js";

/** What another process of the same service is worth. */
export const benchmark: Benchmark = {
  title: "workers: deliveries by number of processes",
  async *run(surroundings) {
    yield await byWorkers(
      {
        title: "Receivers that take a second",
        subscriptions: 600,
        events: 30,
        delayMs: 1_000,
        rounds: 2,
        // One process has a place for two thousand deliveries at once: those are its limit here.
        promised: 1.6,
      },
      surroundings,
    );
    yield await byWorkers(
      { title: "Receivers that answer at once", subscriptions: 200, events: 100, delayMs: 0, rounds: 3 },
      surroundings,
    );
  },
};
