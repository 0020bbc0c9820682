import { cpu } from "./policy/cpu.js";
import { openLaboratory } from "./policy/laboratory.js";
import { headline, hints, otherTraces, parts, priors, scarce } from "./policy/tables.js";
import { troubles } from "./policy/troubles.js";
import type { Benchmark } from "./support/benchmark.js";

/** Spending the request budget: how long events wait, beside policies that know more or less. */
export const benchmark: Benchmark = {
  title: "policy: how long events wait for the poll that finds them",
  async *run(surroundings) {
    yield cpu();
    await using lab = openLaboratory(surroundings);
    const tables = [headline, scarce, parts, hints, troubles, priors, otherTraces].map((table) => table(lab));
    // All are begun at once, so that no processor waits; what fails is thrown when its table's turn comes.
    for (const table of tables) table.catch(() => undefined);
    for (const table of tables) yield await table;
  },
};
