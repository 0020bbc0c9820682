import { eventsLookedAt, type Known, type Names } from "./directory.js";
import type { EventFilters } from "./event-filters.js";

/** What somebody means who typed a name. */
export type Search =
  | { readonly kind: "found"; readonly id: string; readonly name: string }
  | { readonly kind: "several"; readonly choices: readonly Known[]; readonly more: number }
  /** Nothing of that name is known: `advice` says what would help. */
  | { readonly kind: "unknown"; readonly advice: string };

const shownChoices = 10;

/** As people compare names: `zoe` is `Zoë`. */
const plain = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase();

/** What of the known is meant: by its id or its whole name, or else by a part of its name. Null: nothing is. */
function search(text: string, known: readonly Known[]): Search | null {
  const wanted = plain(text);
  const same = known.filter(({ id, name }) => plain(id) === wanted || plain(name) === wanted);
  const found = same.length > 0 ? same : known.filter(({ name }) => plain(name).includes(wanted));
  const [first] = found;
  if (!first) return null;
  if (found.length === 1) return { kind: "found", ...first };
  return {
    kind: "several",
    choices: found.slice(0, shownChoices),
    more: Math.max(0, found.length - shownChoices),
  };
}

/** Which collection is meant. One that is gone is still found by its id. */
function findCollection(text: string, { collections }: Names): Search {
  const found = search(text, collections);
  if (found) return found;
  if (/^\d+$/.test(text)) return { kind: "found", id: text, name: text };
  const advice = `No event fits. No collection that is watched is called “${text}”. Type another part of its name, or its id.`;
  return { kind: "unknown", advice };
}

/** Which client is meant. Names are known of the newest events only; an email address or an id finds all. */
function findClient(text: string, { clients }: Names): Search {
  if (text.includes("@")) return { kind: "found", id: text, name: text };
  const found = search(text, clients);
  if (found) return found;
  if (/^\S*\d\S*$/.test(text)) return { kind: "found", id: text, name: text };
  const advice =
    `No event fits. No client of the newest ${eventsLookedAt} events is called “${text}”. ` +
    "Type the email address: it finds events of any age.";
  return { kind: "unknown", advice };
}

/** What was typed, and what it means. */
export interface Searches {
  readonly collection: Search | null;
  readonly client: Search | null;
}

export function searchNames(filters: EventFilters, names: Names): Searches {
  return {
    collection: filters.collection === "" ? null : findCollection(filters.collection, names),
    client: filters.client === "" ? null : findClient(filters.client, names),
  };
}

/** The filters with ids in the place of names; null while it is not clear what is meant. */
export function settled(filters: EventFilters, { collection, client }: Searches): EventFilters | null {
  if (collection && collection.kind !== "found") return null;
  if (client && client.kind !== "found") return null;
  return { ...filters, collection: collection?.id ?? "", client: client?.id ?? "" };
}
