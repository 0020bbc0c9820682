import { type FrozenEvent, freezeEvent, type PixiehookEvent } from "../../src/domain/event.js";
import { eventId } from "../../src/domain/ids.js";
import { random } from "./random.js";

/** An event of the past, as it was handed on. */
export interface PastEvent {
  readonly account: string;
  /** When it was committed, ms. */
  readonly at: number;
  readonly frozen: FrozenEvent;
  /** How many subscriptions wanted it. */
  readonly matched: number;
}

/** Of a thousand events, so many are of this type; the rest is shared by the others of `rest`. */
const common: readonly (readonly [type: string, share: number])[] = [
  ["favorite.added", 420],
  ["photo_download.created", 170],
  ["favorite.removed", 90],
  ["download.created", 80],
  ["download.completed", 70],
  ["collection.updated", 50],
  ["photo.starred", 40],
  ["favorite.updated", 30],
];
/** One in a hundred thousand. */
export const rareType = "payment.disputed";
const rareEvery = 100_000;
/** Nobody subscribed to these. */
const unwanted = new Set(["collection.updated", "photo.starred", "photo.unstarred"]);
export const alwaysWanted = "favorite.added";

const collectionCount = 200;
const clientCount = 2_000;
export const commonClient = "client-0@example.com";
/** Has one event in a hundred thousand. */
export const rareClient = "once@example.com";

/** The share of each account in all events. */
const shares = [0.6, 0.2, 0.1, 0.07, 0.03];
const note = "The light on the stairs, please, and the one where grandmother laughs. ".repeat(4);

function chosen<T>(values: readonly (readonly [T, number])[], at: number): T | undefined {
  let left = at;
  for (const [value, share] of values) {
    left -= share;
    if (left < 0) return value;
  }
  return undefined;
}

/** So many events over the days before `end`, oldest first, about 900 bytes each: the same at every run. */
export function* pastEvents(options: {
  readonly accounts: readonly string[];
  readonly types: readonly string[];
  readonly count: number;
  readonly end: number;
  readonly days: number;
}): Generator<PastEvent> {
  const { accounts, types, count, end, days } = options;
  const next = random(7);
  const known = new Set([...common.map(([type]) => type), rareType]);
  const rest = types.filter((type) => !known.has(type));
  const owners = accounts.map((id, index) => [id, shares[index] ?? 0] as const);
  const gap = (days * 86_400_000) / count;
  for (let i = 0; i < count; i++) {
    const isRare = i % rareEvery === rareEvery / 2;
    const type = isRare ? rareType : (chosen(common, next() * 1_000) ?? rest[i % rest.length] ?? rareType);
    const account = chosen(owners, next()) ?? accounts[0] ?? "";
    // Some collections and clients have much more to say than others.
    const collection = Math.floor(next() ** 2 * collectionCount);
    const client = i % rareEvery === 33_333 ? null : Math.floor(next() ** 2 * clientCount);
    const at = Math.floor(end - (count - i) * gap);
    const frozen = freezeEvent(eventOf({ account, type, key: `${i}`, at, collection, client }));
    yield { account, at, frozen, matched: unwanted.has(type) ? 0 : 2 };
  }
}

function eventOf(what: {
  account: string;
  type: string;
  key: string;
  at: number;
  collection: number;
  client: number | null;
}): PixiehookEvent {
  const { account, type, key, collection, client } = what;
  const at = new Date(what.at).toISOString();
  const email = client === null ? rareClient : `client-${client}@example.com`;
  const change = { resource: "favorites", scope: null, key, epoch: 1, revision: 1, type };
  const media = { id: `${50_000_000 + Number(key)}`, kind: "photo", name: `DSC0${key}.jpg` };
  const object = { id: `${key}:1`, media, list: { id: "1", name: "Album" }, note, favoritedAt: at };
  return {
    id: eventId(account, change),
    type,
    timestamp: at,
    data: {
      account: { id: account, name: "Smith Studio" },
      collection: { id: collectionOf(collection), name: `Smith Wedding ${collection}` },
      client: { id: null, name: `Client ${client}`, email },
      object,
      previous: null,
      detected: {
        at,
        notBefore: at,
        occurredAt: null,
        resource: "favorites",
        revision: 1,
        backfill: false,
      },
    },
  };
}

export const collectionOf = (index: number) => `${90_000_000 + index}`;
