import { hashOf } from "./ids.js";
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from "./json.js";
import type { ClientReference, SourceRecord } from "./record.js";

/** What is compared of a record. */
export type Comparable = Pick<SourceRecord, "fields" | "client" | "volatile">;

/**
 * A leaf of a record: `note`, `media.name`, `client.email`. Fields are compared, and set aside, by leaf.
 */
export type Path = string;

function leaves(name: string, value: JsonValue, into: Map<Path, string>): void {
  if (isJsonObject(value)) {
    for (const [inner, leaf] of Object.entries(value)) into.set(`${name}.${inner}`, canonicalJson(leaf));
  } else if (value !== null) into.set(name, canonicalJson(value));
}

function leavesOf({ fields, client, volatile }: Comparable): Map<Path, string> {
  const found = new Map<Path, string>();
  for (const [name, value] of Object.entries(fields)) {
    if (!volatile?.includes(name)) leaves(name, value, found);
  }
  if (client) leaves("client", whoOf(client), found);
  return found;
}

/** An e-mail address in another case is the same. */
function whoOf({ id, name, email }: ClientReference): JsonObject {
  return { id, name, email: email?.toLowerCase() ?? null };
}

/** The leaves in which two records differ, `volatile` ones left out; one that is not there is as good as null. */
export function changedPaths(before: Comparable, after: Comparable): Path[] {
  const { volatile = [] } = after;
  const [old, now] = [leavesOf({ ...before, volatile }), leavesOf(after)];
  const none = "null";
  return [...new Set([...old.keys(), ...now.keys()])].filter(
    (path) => (old.get(path) ?? none) !== (now.get(path) ?? none),
  );
}

function without(name: string, value: JsonValue, aside: ReadonlySet<Path>): JsonValue | undefined {
  if (aside.has(name)) return undefined;
  if (!isJsonObject(value)) return value;
  // Null is as good as not there, and an object of which nothing is left as good as none.
  const kept = Object.entries(value).filter(
    ([inner, leaf]) => leaf !== null && !aside.has(`${name}.${inner}`),
  );
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** A record without what changes by itself and without the leaves that were set aside. */
export function compared(record: Comparable, aside: ReadonlySet<Path>): JsonObject {
  const kept: JsonObject = {};
  for (const [name, value] of Object.entries(record.fields)) {
    const rest = record.volatile?.includes(name) ? undefined : without(name, value, aside);
    if (rest !== undefined) kept[name] = rest;
  }
  return kept;
}

/** Null is as good as not there: a field that a later version adds changes no fingerprint by itself. */
function withoutNulls(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}

/** Who did it, without the leaves that were set aside. */
export function comparedClient(client: ClientReference | null, aside: ReadonlySet<Path>): JsonValue {
  if (!client) return null;
  return without("client", whoOf(client), aside) ?? null;
}

const nothing: ReadonlySet<Path> = new Set();

/** A hash over what is compared of a record: everything but what changes by itself. 13 characters, 65 bits. */
export function fingerprint(record: Comparable, aside: ReadonlySet<Path> = nothing): string {
  const fields = canonicalJson(withoutNulls(compared(record, aside)));
  return hashOf([fields, canonicalJson(comparedClient(record.client, aside))], 13);
}

/** A hash over the values that were set aside, to see whether they hold still; empty when there are none. */
export function asidePrint(record: Comparable, aside: ReadonlySet<Path>): string {
  // The id is left out of comparing where it is not what a row is known by, whether it holds still or not.
  const paths = [...aside].filter((path) => path !== "id");
  if (paths.length === 0) return "";
  const found = leavesOf({ ...record, volatile: [] });
  return hashOf(
    paths.sort().map((path) => found.get(path) ?? null),
    13,
  );
}
