import { setImmediate as turn } from "node:timers/promises";

/** For work on a row or a record. */
const slice = 250;

/**
 * Maps items one by one and lets others have their turn in between, so that a large list holds nobody up. `size`: how
 * many items are about a millisecond's work.
 */
export async function mapInSlices<T, R>(items: Iterable<T>, map: (item: T) => R, size = slice): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) {
    results.push(map(item));
    if (results.length % size === 0) await turn();
  }
  return results;
}
