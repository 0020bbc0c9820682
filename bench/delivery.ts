import { fanOut } from "./delivery/fan-out.js";
import { isolation } from "./delivery/isolation.js";
import { latency } from "./delivery/latency.js";
import { memory } from "./delivery/memory.js";
import { throughput } from "./delivery/throughput.js";
import type { Benchmark } from "./support/benchmark.js";

/** Getting events to receivers: how many, how soon, and who can hold up whom. */
export const benchmark: Benchmark = {
  title: "delivery: getting events to their receivers",
  async *run(surroundings) {
    yield await throughput(surroundings);
    yield await fanOut(surroundings);
    yield await latency(surroundings);
    yield await isolation(surroundings);
    yield await memory(surroundings);
  },
};
