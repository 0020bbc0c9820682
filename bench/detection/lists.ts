import type { Polled } from "../support/machine.js";

/** How many favorites the large list has. */
export const manyRecords = 100_000;

/** A studio as large as they come: this many collections, and favorites in each. */
export const library = { collections: 1_763, favorites: 57 };

/** A count as people write it. */
export function inWords(count: number): string {
  return count.toLocaleString("en");
}

/** Makes sure that what was measured is what was meant: one good poll of favorites, which stated so many events. */
export function expectPoll(polled: readonly Polled[], events: number, what: string): void {
  const favorites = polled.filter(({ resource }) => resource === "favorites");
  const [only] = favorites;
  const isMeant = only?.outcome === "scan" && only.commit === "committed" && only.events === events;
  if (favorites.length === 1 && isMeant) return;
  throw new Error(`Not what was to be measured (${what}): ${JSON.stringify(favorites)}`);
}

/** Makes sure that a baseline holds as many favorites as it should. */
export function expectBaseline(polled: readonly Polled[], records: number): void {
  const favorites = polled.filter(({ resource }) => resource === "favorites");
  const found = favorites.reduce((sum, each) => sum + each.records, 0);
  if (found !== records) throw new Error(`The baseline holds ${found} favorites instead of ${records}`);
}
