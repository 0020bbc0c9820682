import { createSimulator, type Simulator } from "../../../src/simulator/simulator.js";
import type { OracleEntry } from "../../../src/simulator/world.js";
import type { Expectation } from "./audit.js";

/** A simulated studio in which things happen that leave no doubt about what has to be told of them. */
export interface BusyStudio {
  readonly simulator: Simulator;
  /** Everything that has to be told, from `begin` on. */
  readonly expected: readonly Expectation[];
  /** Lets one thing happen. */
  act(): void;
  /** Lets a favourite change of whose last change everyone was told: no list grows. */
  change(): void;
  /** Says that everyone was told of this: more may happen to its object, as nothing can run together with it. */
  wasTold(type: string, object: string): void;
  /** Lets things happen, so many a second, until the function that it answers is called. */
  live(perSecond: number, what?: () => void): () => void;
  close(): Promise<void>;
}

/** What an act is told as: every act touches a record in a way in which nothing else does, so nothing cancels out. */
const toldAs: Readonly<Record<string, readonly [type: string, id: string][]>> = {
  "favorite.added": [["favorite.added", "favorite"]],
  "favorite.removed": [["favorite.removed", "favorite"]],
  "favorite.updated": [["favorite.updated", "favorite"]],
  "download.completed": [["photo_download.created", "download"]],
  "invoice.created": [
    ["invoice.created", "invoice"],
    ["invoice.sent", "invoice"],
  ],
  "invoice.paid": [["invoice.paid", "invoice"]],
  "payment.completed": [["payment.completed", "payment"]],
  "client.created": [["client.created", "client"]],
  "collection.created": [["collection.created", ""]],
};

/** The types that a subscription must want to hear of all this, and of nothing else. */
export const toldTypes = [...new Set(Object.values(toldAs).flatMap((told) => told.map(([type]) => type)))];

function expectationsOf(entry: OracleEntry): Expectation[] {
  const told = toldAs[entry.kind];
  if (!told) throw new Error(`nobody said how ${entry.kind} is told`);
  const at = Date.parse(entry.at);
  return told.map(([type, id]) => ({ type, object: String(id ? entry[id] : entry.collection), at }));
}

/** How large a studio is before anything happens. */
export interface StudioSize {
  readonly collections?: number;
  /** In each collection, beside those that the seed has put there. */
  readonly favorites?: number;
}

/** Builds a studio. What is in it already may change or go once; what is new stays as it is. */
export async function openStudio(seed: number, size: StudioSize = {}): Promise<BusyStudio> {
  const expected: Expectation[] = [];
  const onAct = (entry: OracleEntry) => void expected.push(...expectationsOf(entry));
  const { collections = 3, favorites = 40 } = size;
  const simulator = await createSimulator({ seed, collections, invoices: 40, onAct });
  const { studio } = simulator;
  const large = [...studio.collections.values()];
  for (const { id } of large) simulator.addFavorites({ collection: id, count: favorites });
  expected.length = 0;
  const old = [...studio.collections.values()].flatMap(({ favorites }) => [...favorites.keys()]);
  // A list that loses much at once is doubted, as it should be: few go.
  const removable = old.filter((_id, index) => index % 12 === 0);
  const changeable = old.filter((_id, index) => index % 12 === 6);
  const payable = [...studio.invoices.values()].filter(({ status }) => status === "sent").map(({ id }) => id);
  const follows: Readonly<Record<string, (object: string) => void>> = {
    // Where most of a short list changes between two looks, the look of the list is doubted, as it should be.
    "favorite.added": (object) => {
      const id = Number(object);
      if (large.some((collection) => collection.favorites.has(id))) changeable.unshift(id);
    },
    "favorite.updated": (object) => removable.unshift(Number(object)),
    "invoice.created": (object) => payable.unshift(object),
  };
  // Of one collection never many at about the same time: that would look like a field that changes by itself.
  const settled = old.toSorted((a, b) => (a % 20) - (b % 20));
  let count = 0;

  function act(): void {
    count += 1;
    const removed = count % 20 === 7 ? removable.shift() : undefined;
    const changed = count % 10 === 1 ? changeable.shift() : undefined;
    const paid = count % 20 === 13 ? payable.shift() : undefined;
    if (removed !== undefined) simulator.removeFavorites({ id: removed });
    else if (changed !== undefined)
      simulator.changeFavorites({ id: changed, note: `Please retouch, ${count}` });
    else if (paid !== undefined) simulator.payInvoice({ id: paid });
    else if (count % 20 === 17) simulator.addInvoice({});
    else if (count % 20 === 3) simulator.addClient({ email: `new${count}@example.com` });
    else if (count % 200 === 100) simulator.addCollection({});
    else if (count % 3 === 0) simulator.addDownloads({ kind: "photo", status: "completed" });
    else simulator.addFavorites({ count: 1 });
  }

  return {
    simulator,
    expected,
    act,
    change() {
      const id = settled.shift();
      if (id !== undefined) simulator.changeFavorites({ id, note: `Version ${++count}` });
    },
    wasTold(type, object) {
      follows[type]?.(object);
      if (type === "favorite.updated") settled.push(Number(object));
    },
    live(perSecond, what = act) {
      const timer = setInterval(what, 1_000 / perSecond);
      return () => clearInterval(timer);
    },
    close: () => simulator.close(),
  };
}
