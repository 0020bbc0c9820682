import { manyAccounts } from "./accounts/lateness.js";
import type { Benchmark } from "./support/benchmark.js";

/** Many accounts in one process: whether each begins when it is due, and how much one process can do. */
export const benchmark: Benchmark = {
  title: "accounts: a thousand of them in one process",
  async *run(surroundings) {
    yield await manyAccounts(surroundings);
  },
};
