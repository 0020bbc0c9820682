import { type Cell, camelCase, type Row, restyle, unzoned, withMicroseconds } from "./cells.js";
import { cut, type PageOf, type Paging, type Sliceable } from "./paging.js";

/**
 * Nobody has published the rows of favourites, downloads and sharing links, so the simulator speaks four
 * plausible ways: `flat` rows with ids; favourites `grouped` by list, everything under `data.data`; `bare`
 * rows without ids, zones or meta; `stringly` rows where every value is text.
 */
export const dialectNames = ["flat", "grouped", "bare", "stringly"] as const;
export type DialectName = (typeof dialectNames)[number];

/** One way of writing answers. */
export interface Dialect {
  readonly name: DialectName;
  /** The body of a list whose form is unknown. */
  unknownList(name: string, rows: Sliceable<Row>, paging: Paging, path: string): Cell;
  /** The body of a list whose form is documented: the same everywhere but for meta and the types of values. */
  knownList(rows: Sliceable<Row>, paging: Paging, path: string): Cell;
  /** The listing of collections. */
  listing(collections: Sliceable<Row>, paging: Paging): Cell;
  /** One object. */
  object(row: Row): Cell;
}

const meta = ({ page, perPage, total }: PageOf<Row>): Row => ({
  current_page: page,
  per_page: perPage,
  total,
});
const iso = { time: (time: Date): Cell => withMicroseconds(time) };
const listing = (page: PageOf<Row>, facts: Row | null): Row => ({
  data: { data: { collections: page.rows, items: [], folders: [] }, ...(facts && { meta: facts }) },
});

const flat: Dialect = {
  name: "flat",
  unknownList(_name, rows, paging) {
    const page = cut(rows, paging);
    return restyle({ data: page.rows, meta: { ...meta(page), last_page: page.lastPage } }, iso);
  },
  knownList(rows, paging) {
    const page = cut(rows, paging);
    return restyle({ data: page.rows, meta: meta(page) }, iso);
  },
  listing(rows, paging) {
    const page = cut(rows, paging);
    const facts = { current_page: page.page, last_page: page.lastPage, total: page.total };
    return restyle(listing(page, facts), iso);
  },
  object: (row) => restyle({ data: row }, iso),
};

const offsetTime = { time: (time: Date): Cell => `${time.toISOString().slice(0, 19)}+00:00` };
const grouped: Dialect = {
  name: "grouped",
  unknownList(_name, rows, paging) {
    const page = cut(rows, paging);
    const total_pages = page.lastPage;
    return restyle({ data: { data: page.rows, meta: { ...meta(page), total_pages } } }, offsetTime);
  },
  knownList(rows, paging, path) {
    const page = cut(rows, paging);
    return restyle({ data: page.rows, meta: meta(page), links: links(page, path) }, iso);
  },
  listing(rows, paging) {
    const page = cut(rows, paging);
    return restyle(listing(page, { current_page: page.page, last_page: page.lastPage }), iso);
  },
  object: (row) => restyle({ data: row }, iso),
};

const bareStyle = {
  key: camelCase,
  time: (time: Date, key: string): Cell =>
    key.startsWith("download") ? Math.floor(time.getTime() / 1000) : unzoned(time),
};
const bare: Dialect = {
  name: "bare",
  // Everything at once, whatever page is asked for: the repeated page has to end the reading.
  unknownList(name, rows, { trouble }) {
    const { rows: all } = cut(rows, { page: 1, perPage: rows.length + 1, offset: 0, trouble });
    const nameless = all.map(({ id: _id, ...row }) => row);
    // PHP's ways of saying "none" are many; this one says null.
    return restyle({ [camelCase(name)]: nameless.length > 0 ? nameless : null }, bareStyle);
  },
  knownList: (rows, paging) => restyle({ data: cut(rows, paging).rows }, iso),
  listing: (rows, paging) => restyle(listing(cut(rows, paging), null), iso),
  object: (row) => restyle(row, iso),
};

const emptyText = new Set(["expires_at", "expiry_date", "note", "description"]);
const stringStyle = {
  key: (key: string): string => (key === "created_at" ? "create_at" : key),
  time: (time: Date, key: string): Cell =>
    key === "expires_at"
      ? `${time.getUTCMonth() + 1}/${time.getUTCDate()}/${time.getUTCFullYear()}`
      : withMicroseconds(time),
  number: String,
  boolean: (value: boolean): Cell => (value ? "1" : "0"),
  nothing: (key: string): Cell => (key === "event_date" ? "0000-00-00" : emptyText.has(key) ? "" : null),
};
/** The client of a row becomes JSON in a string. */
const packed = (row: Row): Row =>
  typeof row.client === "object" && row.client !== null && !(row.client instanceof Date)
    ? { ...row, client: JSON.stringify(restyle(row.client, stringStyle)) }
    : row;
const stringlyList = (rows: Sliceable<Row>, paging: Paging, path: string): Cell => {
  const page = cut(rows, paging);
  return restyle({ data: page.rows.map(packed), meta: meta(page), links: links(page, path) }, stringStyle);
};
const stringly: Dialect = {
  name: "stringly",
  unknownList: (_name, rows, paging, path) => stringlyList(rows, paging, path),
  knownList: stringlyList,
  listing(rows, paging) {
    const page = cut(rows, paging);
    const facts = { current_page: page.page, last_page: page.lastPage, total: page.total };
    return restyle(listing(page, facts), stringStyle);
  },
  object: (row) => restyle({ data: packed(row) }, stringStyle),
};

function links(page: PageOf<Row>, path: string): Row {
  const next = page.page < page.lastPage ? `${path}?page=${page.page + 1}&per_page=${page.perPage}` : null;
  return { first: `${path}?page=1`, prev: null, next };
}

export const dialects: Record<DialectName, Dialect> = { flat, grouped, bare, stringly };
