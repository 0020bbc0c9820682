import { hashOf } from "../../domain/ids.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../domain/json.js";
import type { ClientReference, CollectionReference, ResourceName } from "../../domain/record.js";
import type { Change, Resource } from "../../domain/upstream.js";
import type { Host } from "../client.js";
import type { ListNames } from "../envelope.js";
import { type Row, rowOf } from "../fields.js";
import { unwrapJson } from "../json.js";
import type { RowReading } from "../page.js";

/** What a row says, normalised. */
export interface Reading<T> {
  /** The row's own id, never its photo's. */
  readonly id: string | null;
  /** What does not change about the row, for an identity where it has no id. */
  readonly stable: readonly (string | null)[];
  readonly fields: T;
  readonly client: ClientReference | null;
  /** The collection that the row names, in a list of the whole account. */
  readonly collection?: CollectionReference | null;
  readonly occurredAt: string | null;
}

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
  read(row: Row): Reading<T> | string;
  /** Fields that change by themselves. */
  readonly volatile?: readonly (keyof T & string)[];
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
  read(row: JsonValue): readonly RowReading[];
}

/** The object of a row, whatever is wrapped around it: JSON text, `node`, JSON:API's `attributes`. */
function unwrapRow(value: JsonValue): JsonObject | null {
  const row = unwrapJson(value);
  if (!isJsonObject(row)) return null;
  if (isJsonObject(row.node)) return unwrapRow(row.node);
  const attributes = row.attributes;
  if (isJsonObject(attributes))
    return { ...row, ...attributes, ...(row.id === undefined ? {} : { id: row.id }) };
  const [only, ...rest] = Object.values(row);
  return rest.length === 0 && isJsonObject(only) && "id" in only ? only : row;
}

function readingOf<T extends object>(definition: Definition<T>, value: JsonValue): RowReading {
  const object = unwrapRow(value);
  if (!object) return { kind: "unreadable", reason: "A row is not an object" };
  const reading = definition.read(rowOf(object));
  if (typeof reading === "string") return { kind: "unreadable", reason: reading };
  const { id, stable, client, collection, occurredAt } = reading;
  if (id === null && stable.every((part) => part === null)) {
    return { kind: "unreadable", reason: "A row has nothing to know it by" };
  }
  // The schemas in domain/objects describe JSON, and nothing else is put in them.
  const fields = reading.fields as unknown as JsonObject;
  const volatile = definition.volatile ? { volatile: definition.volatile } : {};
  const record = { fields, client, ...(collection ? { collection } : {}), occurredAt, ...volatile };
  return { kind: "record", key: id ?? `~${hashOf(stable)}`, exact: id !== null, record };
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
    path: (way, collection, parameters) => {
      const path = paths[way] ?? paths[0];
      return `${path?.(encodeURIComponent(collection ?? "")) ?? ""}${queryOf({ ...base, ...parameters })}`;
    },
    read: (row) => (definition.split?.(row) ?? [row]).map((each) => readingOf(definition, each)),
    events: (change) => definition.events(change),
  };
}
