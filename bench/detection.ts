import { blocking } from "./detection/blocking.js";
import { memory } from "./detection/memory.js";
import { pollCost } from "./detection/poll-cost.js";
import { pollTraffic } from "./detection/traffic.js";
import type { Benchmark } from "./support/benchmark.js";

/** Finding what changed in a large list: what it costs in time, traffic and memory, and whom it holds up. */
export const benchmark: Benchmark = {
  title: "detection: finding what changed in large lists",
  async *run(surroundings) {
    yield await pollCost({ perPage: 100, forMs: 45_000, runs: { least: 2, most: 7 } }, surroundings);
    yield await pollCost(
      { perPage: 1_000, forMs: 20_000, runs: { least: 1, most: 7 }, brief: true },
      surroundings,
    );
    yield await pollTraffic(surroundings);
    yield await memory(surroundings);
    yield await blocking(surroundings);
  },
};
