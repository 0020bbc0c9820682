import { isJsonObject, type JsonObject, type JsonValue } from "../domain/json.js";
import { unwrapJson } from "./json.js";
import { withIncluded } from "./json-api.js";
import { plainName } from "./names.js";
import { metaOf, type PageMeta } from "./page-meta.js";
import { isSecretName } from "./secrets.js";

/** How a resource's list may be named inside an answer. */
export interface ListNames {
  /** Exact names, first choice first. */
  readonly names: readonly string[];
  /** Lists that stand side by side and belong together, with what their rows are. */
  readonly halves?: Readonly<Record<string, "photo" | "video">>;
  /** A word that the name of an unknown list must hold to be taken for this one. */
  readonly stem: RegExp;
  /** Whether a dictionary of lists is read as groups, by client or list name. */
  readonly grouped?: boolean;
  /** A field (lower case, letters only) that one object must have to be taken for a list of one. */
  readonly single?: RegExp;
}

export interface FoundRows {
  readonly rows: readonly JsonValue[];
  readonly meta: PageMeta;
  /** A single object stood where a list was expected: there may be more that we do not see. */
  readonly single: boolean;
  /** Nothing but `data: null`, `data: {}` or `rows: []`: none, most likely, but not enough to conclude a removal from. */
  readonly vague: boolean;
}

const containers = [
  "data",
  "result",
  "results",
  "response",
  "payload",
  "items",
  "rows",
  "records",
  "list",
  "entries",
  "edges",
  "embedded",
  "nodes",
  "objects",
  "docs",
];
const aside = /count|total|meta|links?$|url|pagination|summary|settings|enabled|status/i;

const isNone = (value: JsonValue) =>
  value === null ||
  (Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0);

/** An object that PHP made of a list with holes (`{"0": …, "2": …}`), or one keyed by its rows' ids. */
function dictionaryRows(object: JsonObject): JsonValue[] | null {
  const entries = Object.entries(object);
  const keyed = entries.every(
    ([key, value]) => isJsonObject(value) && (/^\d+$/.test(key) || String(value.id ?? "") === key),
  );
  return entries.length > 0 && keyed ? entries.map(([, value]) => value) : null;
}

/** A dictionary of lists, by client or list name: one group for each. Empty lists alone prove nothing. */
function groupedRows(object: JsonObject, list: ListNames): JsonValue[] | null {
  const entries = Object.entries(object);
  const allLists = entries.every(([, value]) => Array.isArray(value) && value.every(isJsonObject));
  const filled = entries.some(([, value]) => Array.isArray(value) && value.length > 0);
  // A lone list under a name as programs write it is the list itself.
  const [only] = entries.length === 1 ? entries : [];
  const isTheList = only !== undefined && /^[a-z]\w*$/.test(only[0]) && list.stem.test(plainName(only[0]));
  if (!list.grouped || !allLists || !filled || isTheList) return null;
  return entries.map(([name, items]) => ({ [name.includes("@") ? "email" : "list_name"]: name, items }));
}

/** The rows in a value that stands where the list is expected. Null: this is no list. */
function rowsIn(value: JsonValue): readonly JsonValue[] | null {
  if (Array.isArray(value)) return value;
  if (isNone(value)) return [];
  if (!isJsonObject(value)) return null;
  return dictionaryRows(value);
}

function halves(object: JsonObject, list: ListNames): JsonValue[] | null {
  const present = Object.entries(list.halves ?? {}).filter(([name]) => Array.isArray(object[name]));
  if (present.length === 0) return null;
  return present.flatMap(([name, kind]) => {
    const rows = object[name];
    return Array.isArray(rows)
      ? rows.map((row) => (isJsonObject(row) ? { media_kind: kind, ...row } : row))
      : [];
  });
}

function search(body: JsonValue, list: ListNames, metas: JsonObject[], depth: number): FoundRows | null {
  const value = unwrapJson(body);
  const found = (rows: readonly JsonValue[], single = false, vague = false): FoundRows => {
    const meta = metaOf(metas);
    return { rows, meta, single, vague: vague && meta.total !== 0 };
  };
  if (Array.isArray(value)) return found(value);
  if (!isJsonObject(value) || depth > 4) return null;
  metas.push(value);
  const members = new Map(
    Object.entries(value).map(([name, member]) => [plainName(name), unwrapJson(member)]),
  );
  const inside = (names: readonly string[], own: boolean) => {
    for (const name of names) {
      const member = members.get(plainName(name));
      if (member === undefined) continue;
      const rows = rowsIn(member);
      // Emptiness counts under the documented name or the resource's own; under another it may be another answer.
      const known = own || (name === "data" && Array.isArray(member));
      if (rows) return found(rows, false, rows.length === 0 && !known);
      const deeper = isJsonObject(member) ? search(member, list, metas, depth + 1) : null;
      if (deeper) return deeper;
    }
    return null;
  };
  const named = inside(list.names, true);
  if (named) return named;
  const both = halves(value, list);
  if (both) return found(both);
  const contained = inside(containers, false);
  if (contained) return contained;
  const grouped = depth > 0 ? groupedRows(value, list) : null;
  if (grouped) return found(grouped);
  for (const [name, member] of members) {
    if (list.stem.test(name) && !aside.test(name) && !isSecretName(name) && Array.isArray(member))
      return found(member);
  }
  // One object where a list was expected: only behind an envelope, and only if it is clearly of this kind.
  const identified = typeof value.id === "string" || typeof value.id === "number";
  const ofThisKind = [...members.keys()].some((name) => list.single?.test(name));
  return depth > 0 && identified && ofThisKind ? found([value], true) : null;
}

/**
 * Finds the rows and what is said of paging in an answer: a bare list, `data[]`, `data.data[]`,
 * `data.data.collections[]`, a named list, lists side by side. Null: the body is nothing that we know, which is
 * never an empty list. `[]`, `{}` and null where a list is expected mean none.
 */
export function findRows(body: JsonValue, list: ListNames): FoundRows | null {
  const found = search(body, list, [], 0);
  return found && { ...found, rows: withIncluded(body, found.rows) };
}
