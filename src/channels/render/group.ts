import type { PixiehookEvent } from "../../domain/event.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../domain/json.js";
import { clean, money, plural } from "./format.js";

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
  /** As the subject of a sentence: never empty. */
  readonly who: string;
  /** Where: a name, `3 collections`, or null. */
  readonly collection: string | null;
  /** ` in Smith Wedding` or nothing. */
  readonly within: string;
  /** ` from Smith Wedding` or nothing. */
  readonly from: string;
  /** `DSC_0421.jpg` or `12 photos`. */
  readonly media: string;
  /** The amount, of several their sum in one currency; null when unknown. */
  readonly amount: string | null;
}

/** Null-safe view of the events of one message. */
export function groupOf(events: readonly PixiehookEvent[]): Group {
  const [first] = events;
  if (first === undefined) throw new Error("a message holds at least one event");
  const types = new Set(events.map((event) => event.type));
  const client = several(events, nameOfClient, (event) => event.data.client, "clients");
  const collection = several(events, nameOfCollection, (event) => event.data.collection, "collections");
  return {
    count: events.length,
    type: types.size === 1 ? first.type : null,
    account: clean(first.data.account.name, 80) ?? "your account",
    object: first.data.object,
    previous: first.data.previous,
    client,
    who: client ?? "Someone",
    collection,
    within: collection === null ? "" : ` in ${collection}`,
    from: collection === null ? "" : ` from ${collection}`,
    media: mediaOf(events),
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

function nameOfCollection(event: PixiehookEvent): string | null {
  return clean(event.data.collection?.name, 80);
}

/** `partOf` tells what the name is made of: long digests repeat it, and cleaning each again would take a second. */
function several(
  events: readonly PixiehookEvent[],
  nameOf: (event: PixiehookEvent) => string | null,
  partOf: (event: PixiehookEvent) => { readonly name: string | null; readonly email?: string | null } | null,
  noun: string,
): string | null {
  const seen = new Set<string>();
  const names = new Set<string>();
  for (const event of events) {
    const part = partOf(event);
    const raw = `${part?.name}\n${part?.email}`;
    if (seen.has(raw)) continue;
    seen.add(raw);
    const name = nameOf(event);
    if (name !== null) names.add(name);
  }
  if (names.size > 1) return `${names.size.toLocaleString("en-GB")} ${noun}`;
  return [...names][0] ?? null;
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
