import { ensureActors, sweep, tick } from "../../src/pipeline/clock.js";
import type { Section, Surroundings } from "../support/benchmark.js";
import { addAccounts, type ScalePlace } from "./place.js";
import { createTable } from "./table.js";

const sizes = [100, 1_000, 10_000] as const;
const late = 100;
const hourMs = 3_600_000;

/** What the shared steps cost as there are more accounts. */
export async function manyAccounts(place: ScalePlace, { say }: Surroundings): Promise<Section> {
  const { store, redis, parts, stop } = place;
  const table = createTable(place, sizes);
  const ids: string[] = [];
  for (const size of sizes) {
    say(`Scale: ${size.toLocaleString("en")} accounts`);
    const before = await redis.usedMemory();
    const added = await addAccounts(store, size - ids.length);
    for (const kind of ["poll", "fan-out"] as const) await store.due.ensure(kind, added, Date.now() + hourMs);
    ids.push(...added);
    table.note("Redis, an account", size, ((await redis.usedMemory()) - before) / added.length, "bytes");
    await table.step("the clock ticks, nobody is late", size, 500, () => tick(parts));
    await table.step(`the clock ticks, ${late} are late`, size, 50, async (index) => {
      const some = ids.slice((index * late) % size, ((index * late) % size) + late);
      await store.due.announceMany("poll", some, Date.now() - 1);
      await tick(parts);
    });
    // Whoever was woken by the clock is looked at again after a while.
    await table.step("an actor begins and settles", size, 1_000, async (index) => {
      const id = ids[index % size] ?? "";
      await store.due.announce("poll", id, Date.now() + hourMs);
      const generation = await store.due.generation("poll", id);
      await store.due.settle("poll", id, generation, Date.now() + hourMs, Date.now());
    });
    await table.step("the budget gives a request", size, 1_000, (index) =>
      store.budget.take(ids[index % size] ?? "", "bench", 1e9, 0),
    );
    await table.page("GET /v1/accounts, 50 on a page", size, 50, "/v1/accounts?limit=50");
    await table.step("a start looks after everyone", size, 3, () => ensureActors(parts));
    await table.step("the hourly sweep", size, 3, () => sweep(parts, stop));
  }
  return table.section("Accounts", [
    "Processor time of one step, of the process that makes it and of Redis, so that a busy machine says the same.",
    "Accounts without sources, written by the store itself, each with two actors in the due-set. Wake-ups go nowhere.",
    "A start and a sweep look at each account: these grow with them, once an hour.",
  ]);
}
