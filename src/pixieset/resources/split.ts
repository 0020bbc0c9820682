import { isJsonObject, type JsonValue } from "../../domain/json.js";
import { rowOf } from "../fields.js";
import { unwrapJson } from "../json.js";

/** Of the group and not of what is in it. */
const own = /^(id|uuid|created_?at|create_?at|updated_?at|count|download_?count|status|total)$/i;

/**
 * Splits a row that is a group: the rows inside of the list that it holds under one of these names, each with
 * what the group says (its client, its photo) where it says nothing itself.
 */
export function splitBy(...names: string[]): (row: JsonValue) => readonly JsonValue[] {
  return (value) => {
    const group = unwrapJson(value);
    if (!isJsonObject(group)) return [value];
    const inside = rowOf(group).list(...names);
    if (!inside) return [value];
    const context = Object.fromEntries(
      Object.entries(group).filter(([name, member]) => !own.test(name) && !Array.isArray(member)),
    );
    return inside.map((row) => (isJsonObject(row) ? { ...context, ...row } : row));
  };
}
