import type { Account } from "./account.js";
import { type EventType, matchesPattern } from "./catalog.js";
import { type FrozenEvent, freezeEvent, type PixiehookEvent } from "./event.js";
import { eventId, hashOf } from "./ids.js";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.js";
import { decimalsOf } from "./money.js";
import type { CollectionReference } from "./record.js";
import { type Subscription, wantsEvent } from "./subscription.js";

type Wishes = Pick<Subscription, "id" | "events" | "filter">;

/** Whose samples are made, when, and what is known that makes them look like home. */
export interface SampleSetting {
  readonly account: Pick<Account, "id" | "name">;
  /** ISO 8601. */
  readonly now: string;
  /** Tells one making from another: made again with the same one, samples have the same ids. */
  readonly nonce: string;
  /** Names of collections by id, as far as they are known. */
  readonly collections?: ReadonlyMap<string, string>;
}

/** What the filters of those who are to get a sample ask of it; null where they leave it open. */
interface Traits {
  readonly collection: string | null;
  readonly client: string | null;
  readonly amountAtLeast: number;
}

/** Whether an event is a sample: nothing happened, somebody wanted to see what arrives. */
export function isSample({ data }: PixiehookEvent): boolean {
  return data.detected.sample === true;
}

/** Whether an event goes to a subscription: a sample to those that it was made for, all others to who wants them. */
export function isMeantFor(
  subscription: Pick<Subscription, "id" | "account" | "events" | "filter" | "enabled">,
  { onlyFor }: Pick<FrozenEvent, "onlyFor">,
  event: PixiehookEvent,
): boolean {
  if (onlyFor === undefined) return wantsEvent(subscription, event);
  return subscription.enabled && onlyFor.includes(subscription.id);
}

/** Why no event of a type can ever come to a subscription, in words for who made it; null when some can. */
export function whyNever({ id, events, filter }: Wishes, entry: EventType): string | null {
  const { type } = entry;
  if (!events.some((pattern) => matchesPattern(pattern, type)))
    return `${id} does not want ${type}: its \`events\` are ${events.join(", ")}.`;
  const { collection, client, object } = exampleOf(entry).data;
  const lacks = (field: string, what: string) =>
    `${id} never gets ${type}: its \`filter.${field}\` asks for ${what}, and such events have none.`;
  if (filter?.collections && collection === null) return lacks("collections", "a collection");
  if (filter?.clients && client === null) return lacks("clients", "a client");
  if (filter?.amountAtLeast !== undefined && typeof object.amount !== "number")
    return lacks("amountAtLeast", "an amount");
  return null;
}

/**
 * `count` samples for each of these subscriptions, such that its filter would let them through: the same ones for several
 * where that is possible. Without a subscription they are for nobody. `whyNever` must be null for each.
 */
export function makeSamples(
  entry: EventType,
  subscriptions: readonly Wishes[],
  count: number,
  setting: SampleSetting,
): FrozenEvent[] {
  const groups: Wishes[][] = [];
  for (const subscription of subscriptions) {
    const group = groups.find((members) => traitsOf([...members, subscription]) !== null);
    if (group) group.push(subscription);
    else groups.push([subscription]);
  }
  return (groups.length === 0 ? [[]] : groups).flatMap((members) => {
    const onlyFor = members.map(({ id }) => id);
    return Array.from({ length: count }, (_, index) => {
      const nonce = JSON.stringify([setting.nonce, index, onlyFor]);
      return { ...freezeEvent(makeSample(entry, members, { ...setting, nonce })), onlyFor };
    });
  });
}

/** One sample that all of these subscriptions would let through. */
export function makeSample(
  entry: EventType,
  subscriptions: readonly Wishes[],
  setting: SampleSetting,
): PixiehookEvent {
  const { account, now, nonce } = setting;
  const traits = traitsOf(subscriptions);
  if (traits === null) throw new Error("no sample can please them all");
  const { type } = entry;
  const example = moved(exampleOf(entry), Date.parse(now) - Date.parse(exampleOf(entry).timestamp));
  const collection = collectionWith(example.data.collection, traits, setting);
  const client = example.data.client && withClient(example.data.client, traits.client);
  const object = withAmount(individual(example.data.object, nonce), traits.amountAtLeast);
  // Their own records are what the event names beside them.
  if (entry.resource === "collections") Object.assign(object, collection);
  if (entry.resource === "clients") Object.assign(object, client);
  const id = eventId(account.id, {
    resource: "sample",
    scope: null,
    key: nonce,
    epoch: 0,
    revision: example.data.detected.revision,
    type,
  });
  return {
    id,
    type,
    timestamp: now,
    data: {
      ...example.data,
      account: { id: account.id, name: account.name },
      collection,
      client,
      object,
      detected: { ...example.data.detected, sample: true },
    },
  };
}

/** The example of a type, as such events really are. */
function exampleOf({ example, resource }: EventType): PixiehookEvent {
  const event = example as unknown as PixiehookEvent;
  // What pixiehook says of itself stands beside no collection, not even where its text names one.
  return resource === "service" ? { ...event, data: { ...event.data, collection: null } } : event;
}

/** What pleases all of these filters; null where they contradict each other. */
function traitsOf(subscriptions: readonly Wishes[]): Traits | null {
  const filters = subscriptions.map(({ filter }) => filter);
  const collection = inAll(filters.flatMap((filter) => (filter?.collections ? [filter.collections] : [])));
  const client = inAll(filters.flatMap((filter) => (filter?.clients ? [filter.clients] : [])));
  if (collection === undefined || client === undefined) return null;
  return { collection, client, amountAtLeast: Math.max(0, ...filters.map((f) => f?.amountAtLeast ?? 0)) };
}

/** The first that all lists name; null without a list, undefined where they share nothing. */
function inAll(lists: readonly (readonly string[])[]): string | null | undefined {
  const [first, ...others] = lists;
  if (first === undefined) return null;
  return first.find((one) => others.every((list) => list.includes(one)));
}

/** The value with every time in it moved by so many ms; days move by whole ones. */
function moved<T>(value: T, ms: number): T {
  const day = 86_400_000;
  const move = (inner: JsonValue): JsonValue => {
    if (Array.isArray(inner)) return inner.map(move);
    if (isJsonObject(inner))
      return Object.fromEntries(Object.entries(inner).map(([key, each]) => [key, move(each)]));
    if (typeof inner !== "string") return inner;
    if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(inner)) return new Date(Date.parse(inner) + ms).toISOString();
    if (!/^\d{4}-\d\d-\d\d$/.test(inner)) return inner;
    return new Date(Date.parse(inner) + Math.round(ms / day) * day).toISOString().slice(0, 10);
  };
  return move(value as JsonValue) as T;
}

function collectionWith(
  example: CollectionReference | null,
  { collection }: Traits,
  { collections }: SampleSetting,
): CollectionReference | null {
  if (example === null || collection === null) return example;
  const known = collection === example.id ? example.name : null;
  return { id: collection, name: collections?.get(collection) ?? known };
}

function withClient(
  example: NonNullable<PixiehookEvent["data"]["client"]>,
  wanted: string | null,
): PixiehookEvent["data"]["client"] {
  if (wanted === null) return example;
  return wanted.includes("@") ? { ...example, email: wanted } : { ...example, id: wanted };
}

/** With ids, numbers and file names of its own. */
function individual(object: JsonObject, nonce: string): JsonObject {
  const own = (value: JsonValue | undefined) => (typeof value === "string" ? renumbered(value, nonce) : null);
  const { id, number, media } = object;
  return {
    ...object,
    ...(id === undefined ? {} : { id: own(id) }),
    ...(number === undefined ? {} : { number: own(number) }),
    ...(isJsonObject(media) ? { media: { ...media, id: own(media.id), name: own(media.name) } } : {}),
  };
}

/** The text with other digits, the same ones for the same text: `DSC_0421.jpg` becomes `DSC_7316.jpg`. */
function renumbered(text: string, nonce: string): string {
  const noise = hashOf([nonce, text], 48);
  // The 4 of `.mp4` is no number.
  const [, stem = text, extension = ""] = /^(.*)(\.\w{2,4})$/.exec(text) ?? [];
  const digit = (at: number) => String((noise.charCodeAt(at % noise.length) % 9) + 1);
  return stem.replace(/\d/g, (_, at: number) => digit(at)) + extension;
}

function withAmount(object: JsonObject, least: number): JsonObject {
  const { amount, amountFormatted, currency } = object;
  if (typeof amount !== "number" || amount >= least || typeof currency !== "string") return object;
  if (typeof amountFormatted !== "string") return { ...object, amount: least };
  const digits = decimalsOf(currency);
  const written = new Intl.NumberFormat("en-GB", {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
  });
  return { ...object, amount: least, amountFormatted: written.format(least / 10 ** digits) };
}

/** The id of a test that is sent to one subscription and kept nowhere. `nonce`: hexadecimal. */
export function testEventId(nonce: string): string {
  return `evt_test${nonce}`;
}

/** Whether an id is of such a test: those of kept events are longer, and begin with an account's. */
export function isTestEvent(id: string): boolean {
  return /^evt_test[0-9a-f]{16}$/.test(id);
}
