import { idleAccount } from "./idle/account.js";
import type { Benchmark } from "./support/benchmark.js";

/** An account in which nothing happens: what it costs to watch it. */
export const benchmark: Benchmark = {
  title: "idle: watching a large account in which nothing happens",
  async *run(surroundings) {
    yield await idleAccount(surroundings);
  },
};
