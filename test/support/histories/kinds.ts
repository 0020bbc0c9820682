import type { JsonObject } from "../../../src/domain/json.js";
import type { ResourceName } from "../../../src/domain/record.js";

/** What an event, or a snapshot, shows of a record. */
export interface Shown {
  readonly object: JsonObject;
  readonly client: JsonObject | null;
}

/**
 * A kind of list. Its records are numbered, and each has a value from 0 to 2, which stands in one of its fields: in
 * which one depends on the number, so that no field changes in most records at once.
 */
export interface ListKind {
  readonly name: string;
  readonly resource: ResourceName;
  readonly hasIds: boolean;
  /** The path of the list, as it is asked for. */
  readonly path: RegExp;
  /** A row as the upstream gives it. `counter`: something that changes by itself. */
  row(key: number, value: number, counter: number): JsonObject;
  /** The body of a page. */
  body(rows: readonly unknown[], said: JsonObject): JsonObject;
  /** The number of a record that is shown. */
  keyOf(shown: Shown): number;
  /** What must be shown of a record, by path. */
  shown(key: number, value: number): Readonly<Record<string, string | number | null>>;
}

const fieldsInAll = 4;

/** The field in which the value of a record stands: a number from 0. */
export const fieldOf = (kind: Pick<ListKind, "resource">, key: number) =>
  // A client shows two of the four in one, its name.
  kind.resource === "clients" && key % fieldsInAll === 1 ? 0 : key % fieldsInAll;

const of = <T>(key: number, value: number, field: number, texts: readonly [T, T, T]): T =>
  texts[key % fieldsInAll === field ? (value as 0 | 1 | 2) : 0];

const day = (key: number, value: number, field: number) =>
  of(key, value, field, ["2026-05-01", "2026-05-02", "2026-05-03"]);
const person = (key: number, value: number, field: number) => of(key, value, field, ["Ann", "Bea", "Cleo"]);
const invoiceStatus = (key: number, value: number) => of(key, value, 2, ["draft", "sent", "paid"]);
const word = (key: number, value: number, field: number) => of(key, value, field, ["one", "two", "three"]);
const digits = (text: unknown) => Number(String(text).replace(/\D/g, ""));
const plainBody = (rows: readonly unknown[], said: JsonObject) =>
  ({ data: [...rows], ...said }) as JsonObject;

/** The collection that favorites are in; it is never removed. */
export const homeCollection = 1;

export const collections: ListKind = {
  name: "collections",
  resource: "collections",
  hasIds: true,
  path: /^\/(dashboard_listings|collections)$/,
  row: (key, value, counter) => ({
    id: key,
    name: `Wedding ${word(key, value, 0)}`,
    event_date: day(key, value, 1),
    expires_at: day(key, value, 2),
    status: word(key, value, 3),
    photo_count: counter,
    download_pin: "1234",
  }),
  body: (rows, said) => ({ data: { data: { collections: [...rows], folders: [] }, ...said } }) as JsonObject,
  keyOf: ({ object }) => Number(object.id),
  shown: (key, value) => ({
    id: String(key),
    name: `Wedding ${word(key, value, 0)}`,
    eventDate: day(key, value, 1),
    expiresAt: day(key, value, 2),
    status: word(key, value, 3),
  }),
};

const invoices = (hasIds: boolean): ListKind => ({
  name: hasIds ? "invoices" : "invoices without ids",
  resource: "invoices",
  hasIds,
  path: /^\/invoices\/$/,
  row: (key, value, counter) => ({
    ...(hasIds ? { id: `in_${key}` } : {}),
    invoice_number: `N${key}`,
    amount: of(key, value, 0, [1_000, 2_000, 3_000]),
    amount_formatted: `$${counter}`,
    currency: "USD",
    due_date: day(key, value, 1),
    status: invoiceStatus(key, value),
    client: { id: "cl_1", first_name: person(key, value, 3), email: "ann@example.com" },
  }),
  body: plainBody,
  keyOf: ({ object }) => digits(object.number),
  shown: (key, value) => ({
    id: hasIds ? `in_${key}` : null,
    number: `N${key}`,
    amount: of(key, value, 0, [1_000, 2_000, 3_000]),
    dueDate: day(key, value, 1),
    status: invoiceStatus(key, value),
    "client.name": person(key, value, 3),
  }),
});

const clients = (hasIds: boolean): ListKind => ({
  name: hasIds ? "clients" : "clients without ids",
  resource: "clients",
  hasIds,
  path: /^\/clients\/$/,
  row: (key, value) => ({
    ...(hasIds ? { id: `cl_${key}` } : {}),
    email: `c${key}@example.com`,
    name: `${person(key, value, 0)} ${person(key, value, 1)}`,
    type: word(key, value, 2),
    status_name: word(key, value, 3),
  }),
  body: plainBody,
  keyOf: ({ object }) => digits(object.email),
  shown: (key, value) => ({
    id: hasIds ? `cl_${key}` : null,
    email: `c${key}@example.com`,
    name: `${person(key, value, 0)} ${person(key, value, 1)}`,
    type: word(key, value, 2),
    status: word(key, value, 3),
  }),
});

const favorites = (hasIds: boolean): ListKind => ({
  name: hasIds ? "favorites" : "favorites without ids",
  resource: "favorites",
  hasIds,
  path: new RegExp(`^/collections/${homeCollection}/favorites$`),
  row: (key, value) => ({
    ...(hasIds ? { id: `f${key}` } : {}),
    photo_id: 900_000 + key,
    filename: `${word(key, value, 0)}.jpg`,
    note: word(key, value, 1),
    list: { id: 7, name: word(key, value, 2) },
    client: { id: 5, name: person(key, value, 3), email: "ann@example.com" },
  }),
  body: plainBody,
  keyOf: ({ object }) => Number((object.media as JsonObject | null)?.id) - 900_000,
  shown: (key, value) => ({
    id: hasIds ? `f${key}` : null,
    "media.id": String(900_000 + key),
    "media.name": `${word(key, value, 0)}.jpg`,
    note: word(key, value, 1),
    "list.name": word(key, value, 2),
    "client.name": person(key, value, 3),
  }),
});

/** The lists that are watched beside the collections. */
export const otherKinds: readonly ListKind[] = [
  invoices(true),
  invoices(false),
  clients(true),
  clients(false),
  favorites(true),
  favorites(false),
];

/** The value that a record is shown with; null when it is shown as it can never have been. */
export function shownValue(kind: ListKind, key: number, { object, client }: Shown): number | null {
  const at = (path: string): unknown => {
    const [name = "", inner] = path.split(".");
    if (name === "client") return client?.[inner ?? ""];
    const value = object[name];
    return inner === undefined ? value : (value as JsonObject | null)?.[inner];
  };
  for (const value of [0, 1, 2]) {
    if (Object.entries(kind.shown(key, value)).every(([path, wanted]) => at(path) === wanted)) return value;
  }
  return null;
}
