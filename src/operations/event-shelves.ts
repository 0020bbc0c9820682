import { type CardFilter, clientNumber, collectionNumber, typeNumbers } from "../domain/card.js";
import type { FrozenEvent } from "../domain/event.js";
import { accountOf } from "../domain/ids.js";
import type { EventQuery } from "../services/events.js";
import { CursorError } from "../services/shared.js";
import type { CardFile } from "../store/cards.js";
import type { LogEntry } from "../store/event-log.js";
import { unwrapCursor, wrapCursor } from "../store/page.js";
import type { Store } from "../store/store.js";

/** An event with its place in the stream that a list reads. */
export type Placed = FrozenEvent & {
  readonly position: string;
  /** How many subscriptions wanted it; null when that was not noted, or is not asked for. */
  readonly matched: number | null;
};

/**
 * What a list reads. The events of one account stand in the order of their commits, and are there at once; those of all
 * accounts in the order in which they were handed on, which is also when it is noted who wanted them.
 */
export interface Shelf {
  readonly cards: CardFile;
  /** Both ends included, oldest first. Here and below: what is not on the shelf, or not kept, has no body. */
  between(from: string, to: string): Promise<Placed[]>;
  after(position: string, limit: number): Promise<Placed[]>;
  before(position: string, limit: number): Promise<Placed[]>;
  /** The place of an event; null when it is not on the shelf. */
  find(event: string): Promise<string | null>;
  /** Where events stop that this page can show, and which accounts they are of; null for any. */
  bounds(): Promise<{ readonly end: string | null; readonly accounts: readonly string[] | null }>;
  /** Goes into cursors, so that they are not used on another shelf. */
  readonly name: string;
}

export function shelfOf(query: EventQuery, store: Store): Shelf {
  return query.account !== null && query.matched === null
    ? shelfOfAccount(query.account, store)
    : shelfOfLog(query.account, store);
}

function shelfOfAccount(account: string, { events }: Store): Shelf {
  const unasked = (found: readonly Omit<Placed, "matched">[]) =>
    found.map((event) => ({ ...event, matched: null }));
  return {
    name: account,
    cards: events.cards(account),
    between: async (from, to) => unasked(await events.between(account, from, to)),
    after: async (position, limit) => unasked(await events.after(account, position, limit)),
    before: async (position, limit) => unasked(await events.before(account, position, limit)),
    find: async (event) => (accountOf(event) === account ? events.find(event) : null),
    bounds: async () => ({ end: null, accounts: null }),
  };
}

function shelfOfLog(account: string | null, { events, log, accounts }: Store): Shelf {
  // Entries of other accounts are not read, but keep their places: how many came says whether there are more.
  const isMeant = (entry: LogEntry) => account === null || entry.account === account;
  const load = async (entries: readonly LogEntry[]): Promise<Placed[]> => {
    const found = await events.getMany(entries.filter(isMeant).map(({ event }) => event));
    const known = new Map(found.flatMap((event) => (event ? [[event.id, event]] : [])));
    return entries.map(({ position, event, type, matched }) => ({
      body: "",
      ...known.get(event),
      id: event,
      type,
      position,
      matched,
    }));
  };
  return {
    name: "",
    cards: log.cards,
    between: async (from, to) => load(await log.between(from, to)),
    after: async (position, limit) => load(await log.after(position, limit)),
    before: async (position, limit) => load(await log.before(position, limit)),
    find: (event) => log.find(event),
    async bounds() {
      // The end first: an account is there before its events are. Those of one that was deleted need not be looked for.
      const [end, ids] = await Promise.all([log.end(), accounts.ids()]);
      return { end, accounts: account === null ? ids : ids.filter((id) => id === account) };
    },
  };
}

/** What the cards of a query's events have in common. */
export function filterOf(query: EventQuery): Omit<CardFilter, "accounts"> {
  const { types, collection, client, matched } = query;
  return {
    types: typeNumbers(types),
    collections: collection === null ? null : [collectionNumber(collection)],
    clients: client === null ? null : [clientNumber(client)],
    matched,
  };
}

export function cursorAt(shelf: Shelf, position: string): string {
  return wrapCursor(`${position} ${shelf.name}`.trim());
}

/** The place behind which a page begins: that of a cursor of this shelf, or of an event on it. Null for no cursor. */
export async function placeAfter(shelf: Shelf, after: string | null): Promise<string | null> {
  if (after?.startsWith("evt_")) {
    const position = await shelf.find(after);
    if (position === null) throw new CursorError(`${after} is not in this list, or is not kept any more`);
    return position;
  }
  const text = unwrapCursor(after, /^\d{1,14}-\d{1,9}( acc_[0-9a-z]+)?$/);
  if (text === null) return null;
  const [position = "", name = ""] = text.split(" ");
  if (name !== shelf.name) throw new CursorError("the cursor in `after` is of another list");
  return position;
}
