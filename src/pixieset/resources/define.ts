import { asidePrint, fingerprint, type Path } from "../../domain/fingerprint.js";
import { hashOf } from "../../domain/ids.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../domain/json.js";
import type { ClientReference, CollectionReference, ResourceName } from "../../domain/record.js";
import type { Change, Resource } from "../../domain/upstream.js";
import type { ListNames } from "../envelope.js";
import { type Row, rowOf } from "../fields.js";
import type { Host } from "../hosts.js";
import { unwrapJson } from "../json.js";
import { withRelated } from "../json-api.js";
import type { RowReading } from "../page.js";
import { hintOf } from "../row-hint.js";
import { isSecretName } from "../secrets.js";

/** What a row says, normalised. */
export interface Reading<T> {
  /** The row's own id, never its photo's. */
  readonly id: string | null;
  readonly fields: T;
  readonly client: ClientReference | null;
  /** The collection that the row names, in a list of the whole account. */
  readonly collection?: CollectionReference | null;
  readonly occurredAt: string | null;
  /** Whether it is one of several parts of what its id stands for. */
  readonly isPart?: boolean;
  /** When (ms) the same row would be read otherwise, where that depends on the time. */
  readonly goodUntil?: number | null;
}

/** A record as far as it says what it is about. */
type Told<T> = Pick<Reading<T>, "fields" | "client" | "collection" | "occurredAt">;

interface Definition<T extends object> {
  readonly name: ResourceName;
  readonly scope: "account" | "collection";
  readonly host: Host;
  /** Paths of the list, given the collection's id; others than the first only where it was never readable. */
  readonly paths: readonly ((collection: string) => string)[];
  /** Parameters of every page. */
  readonly query?: Readonly<Record<string, string>>;
  /** Whether the first page is asked for by number too. */
  readonly numbersFirstPage?: boolean;
  readonly list: ListNames;
  /** Splits a row that is a group into rows, or drops what is no row of this kind. */
  split?(row: JsonValue): readonly JsonValue[];
  /** Reads a row; a sentence when it cannot be read. */
  read(row: Row, now: number): Reading<T> | string;
  /** What a record is about, and does not change: who, what, where. It stands in for an id where there is none. */
  natural(record: Told<T>): readonly (string | null)[];
  /** Whether the same thing can be done twice. */
  readonly repeats?: boolean;
  /** Fields that change by themselves. */
  readonly volatile?: readonly (keyof T & string)[];
  /** Whether a row may tell of activity in lists that belong to it. */
  readonly hints?: boolean;
  events(change: Change): readonly string[];
}

/** A resource with all that reading it takes. */
export interface UpstreamResource extends Resource {
  readonly host: Host;
  readonly list: ListNames;
  /** How many ways there are to ask for it. */
  readonly ways: number;
  /** Path and query of one page. */
  path(way: number, collection: string | null, parameters: Readonly<Record<string, string>>): string;
  /** `now`, ms since 1970: the time that the row is read by. */
  read(row: JsonValue, aside: ReadonlySet<Path>, now: number): readonly RowReading[];
}

/** The object of a row, whatever is wrapped around it: JSON text, `node`, JSON:API's `attributes`. */
function unwrapRow(value: JsonValue): JsonObject | null {
  const row = unwrapJson(value);
  if (!isJsonObject(row)) return null;
  if (isJsonObject(row.node)) return unwrapRow(row.node);
  const attributes = row.attributes;
  if (isJsonObject(attributes))
    return { ...withRelated(row), ...attributes, ...(row.id === undefined ? {} : { id: row.id }) };
  const [[name, only] = ["", null], ...rest] = Object.entries(row);
  return rest.length === 0 && isJsonObject(only) && "id" in only && !isSecretName(name)
    ? only
    : withRelated(row);
}

/** What a record is about, as text; a row about nothing that is known is known by its id alone. */
function naturalOf<T extends object>(definition: Definition<T>, record: Told<T>): string | null {
  const parts = definition.natural(record);
  if (parts.some((part) => part !== null)) return `~${hashOf(parts)}`;
  const id = "id" in record.fields ? record.fields.id : null;
  return typeof id === "string" ? `~${hashOf(["id", id])}` : null;
}

/** Whether a row says that it was deleted: then it stands there for those who may restore it, and is none of the list. */
const isDeleted = (row: Row) =>
  row.time("deleted_at").text !== null || row.boolean("is_deleted", "deleted", "trashed") === true;

/** The record of a row, or why there is none; nothing at all for a row that is not to be read. */
function readingOf<T extends object>(
  definition: Definition<T>,
  value: JsonValue,
  aside: ReadonlySet<Path>,
  now: number,
): RowReading | null {
  const object = unwrapRow(value);
  if (!object) return { kind: "unreadable", reason: "A row is not an object" };
  const row = rowOf(object);
  if (isDeleted(row)) return null;
  const reading = definition.read(row, now);
  if (typeof reading === "string") return { kind: "unreadable", reason: reading };
  const { id, client, collection, occurredAt } = reading;
  const natural = naturalOf(definition, reading) ?? (id === null ? null : `~${hashOf(["id", id])}`);
  if (natural === null) return { kind: "unreadable", reason: "A row has nothing to know it by" };
  // The schemas in domain/objects describe JSON, and nothing else is put in them.
  const fields = reading.fields as unknown as JsonObject;
  const volatile = definition.volatile ? { volatile: definition.volatile } : {};
  const record = { fields, client, ...(collection ? { collection } : {}), occurredAt, ...volatile };
  const print = fingerprint(record, aside);
  const { goodUntil = null } = reading;
  const part = reading.isPart ? { isPart: true } : {};
  const hint = definition.hints ? { hint: hintOf(object) } : {};
  const found = { id, natural, print, aside: asidePrint(record, aside), record, ...part, ...hint };
  // What ran out already is not read otherwise any more.
  return {
    kind: "record",
    ...found,
    goodUntil: goodUntil !== null && goodUntil > now ? goodUntil : null,
  };
}

function queryOf(parameters: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(parameters).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value).replaceAll("%2C", ",")}`,
  );
  return pairs.length > 0 ? `?${pairs.join("&")}` : "";
}

/** Makes a resource of its definition: the one form that all of them have. */
export function defineResource<T extends object>(definition: Definition<T>): UpstreamResource {
  const { name, scope, host, list, paths } = definition;
  const base = { ...definition.query, ...(definition.numbersFirstPage ? { page: "1" } : {}) };
  return {
    name,
    scope,
    host,
    list,
    ways: paths.length,
    repeats: definition.repeats ?? false,
    volatile: definition.volatile ?? [],
    natural({ fields, client, collection, occurredAt }) {
      const told = { fields: fields as unknown as T, client, collection: collection ?? null, occurredAt };
      return naturalOf(definition, told) ?? `~${hashOf([null])}`;
    },
    path: (way, collection, parameters) => {
      const path = paths[way] ?? paths[0];
      return `${path?.(encodeURIComponent(collection ?? "")) ?? ""}${queryOf({ ...base, ...parameters })}`;
    },
    read: (row, aside, now) =>
      (definition.split?.(row) ?? [row])
        .map((each) => readingOf(definition, each, aside, now))
        .filter((reading) => reading !== null),
    events: (change) => definition.events(change),
  };
}
