import type { PixiehookEvent } from "../../domain/event.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../domain/json.js";
import { money } from "../../domain/money.js";
import { clean, plural } from "./format.js";

/** What one message is about: an event, or the events of a digest taken together. All names are clean text. */
export interface Group {
  readonly count: number;
  /** The type that all share; null in a mixed digest. */
  readonly type: string | null;
  readonly account: string;
  /** `data.object` of the first event. */
  readonly object: JsonObject;
  readonly previous: JsonObject | null;
  /** Who did it: a name, `3 clients`, or null. */
  readonly client: string | null;
  /** Each of them, as far as they have names. */
  readonly clients: readonly string[];
  /** As the subject of a sentence: never empty. */
  readonly who: string;
  /** Where: a name, `3 collections`, or null. */
  readonly collection: string | null;
  readonly collections: readonly string[];
  /** ` in Smith Wedding` or nothing. */
  readonly within: string;
  /** ` from Smith Wedding` or nothing. */
  readonly from: string;
  /** `DSC_0421.jpg` or `12 photos`. */
  readonly media: string;
  /** Whether `media` is the name of one file. */
  readonly named: boolean;
  /** Files, or changes of a flood, in all: what tells no number counts as one. */
  readonly files: number;
  /** The amount, of several their sum in one currency; null when unknown. */
  readonly amount: string | null;
}

/** Null-safe view of the events of one message. */
export function groupOf(events: readonly PixiehookEvent[]): Group {
  const [first] = events;
  if (first === undefined) throw new Error("a message holds at least one event");
  const types = new Set(events.map((event) => event.type));
  const clients = several(events, ({ data: { client } }) => ({
    // As digests are grouped: a name that came or changed later does not make a second client.
    key: client?.email ?? client?.id ?? client?.name ?? null,
    name: client?.name || client?.email || null,
  }));
  const collections = several(events, ({ data: { collection } }) => ({
    key: collection?.id ?? collection?.name ?? null,
    name: collection?.name ?? null,
  }));
  const client = oneOf(clients, "clients");
  const collection = oneOf(collections, "collections");
  return {
    count: events.length,
    type: types.size === 1 ? first.type : null,
    account: clean(first.data.account.name, 80) ?? "your account",
    object: first.data.object,
    previous: first.data.previous,
    client,
    clients: clients.names,
    who: client ?? "Someone",
    collection,
    collections: collections.names,
    within: collection === null ? "" : ` in ${collection}`,
    from: collection === null ? "" : ` from ${collection}`,
    media: mediaOf(events),
    named: events.length === 1 && clean(member(first.data.object, "media")?.name, 80) !== null,
    files: filesOf(events),
    amount: amountOf(events),
  };
}

/** The client's name, or else the e-mail address. */
export function nameOfClient(event: PixiehookEvent): string | null {
  return clean(event.data.client?.name, 80) ?? clean(event.data.client?.email, 80);
}

/** A member that is an object, or null. */
export function member(object: JsonObject, key: string): JsonObject | null {
  const value = object[key];
  return isJsonObject(value) ? value : null;
}

interface Several {
  readonly count: number;
  readonly names: readonly string[];
}

/** Names are cleaned once each, the newest of each key: cleaning those of a long digest one by one takes a second. */
function several(
  events: readonly PixiehookEvent[],
  partOf: (event: PixiehookEvent) => { readonly key: string | null; readonly name: string | null },
): Several {
  const known = new Map<string, string | null>();
  for (const event of events) {
    const { key, name } = partOf(event);
    if (key !== null) known.set(key, name ?? known.get(key) ?? null);
  }
  const names = [...known.values()].map((name) => clean(name, 80)).filter((name) => name !== null);
  return { count: known.size, names };
}

function oneOf({ count, names }: Several, noun: string): string | null {
  return count > 1 ? `${count.toLocaleString("en-GB")} ${noun}` : (names[0] ?? null);
}

function kindOf(event: PixiehookEvent): JsonValue | undefined {
  const { object, detected } = event.data;
  const kind = member(object, "media")?.kind ?? object.kind;
  if (kind != null) return kind;
  return detected.resource.startsWith("video") ? "video" : "photo";
}

function mediaOf(events: readonly PixiehookEvent[]): string {
  const kinds = new Set(events.map(kindOf));
  const [only] = kinds;
  const noun = kinds.size === 1 && (only === "photo" || only === "video") ? only : "file";
  const [first] = events;
  if (events.length > 1 || first === undefined) return plural(filesOf(events), noun);
  const { object } = first.data;
  const name = clean(member(object, "media")?.name, 80);
  if (name !== null) return name;
  if (typeof object.count === "number" && object.count > 1) return plural(object.count, noun);
  return only === "gallery" ? "the gallery" : `a ${noun}`;
}

/** A download tells how many files it holds; everything else is one. */
function filesOf(events: readonly PixiehookEvent[]): number {
  return events.reduce((sum, event) => {
    const { count } = event.data.object;
    return sum + (typeof count === "number" && count > 1 ? count : 1);
  }, 0);
}

function amountOf(events: readonly PixiehookEvent[]): string | null {
  const currencies = new Set(events.map((event) => event.data.object.currency));
  const [currency] = currencies;
  let sum = 0;
  for (const { data } of events) {
    if (typeof data.object.amount !== "number") return null;
    sum += data.object.amount;
  }
  if (currencies.size > 1) return null;
  const written = events.length === 1 ? clean(events[0]?.data.object.amountFormatted, 40) : null;
  return money(sum, currency) ?? written;
}
