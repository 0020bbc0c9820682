import { setImmediate as turn } from "node:timers/promises";

/** How many items are worked on before others get their turn: about a millisecond's work. */
const slice = 250;

/** Maps items one by one and lets others have their turn in between, so that a large list holds nobody up. */
export async function mapInSlices<T, R>(items: Iterable<T>, map: (item: T) => R): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) {
    results.push(map(item));
    if (results.length % slice === 0) await turn();
  }
  return results;
}
