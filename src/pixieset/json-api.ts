import { isJsonObject, type JsonObject, type JsonValue } from "../domain/json.js";

const keyOf = ({ type, id }: JsonObject) => JSON.stringify([type ?? null, String(id ?? "")]);

/** JSON:API tells of what a row belongs to apart from the rows: each with `attributes`, named by type and id. */
export function withIncluded(body: JsonValue, rows: readonly JsonValue[]): readonly JsonValue[] {
  if (!isJsonObject(body) || !Array.isArray(body.included)) return rows;
  const included = new Map(body.included.filter(isJsonObject).map((each) => [keyOf(each), each.attributes]));
  const resolved = (relationship: JsonValue): JsonValue => {
    if (!isJsonObject(relationship) || !isJsonObject(relationship.data)) return relationship;
    const attributes = included.get(keyOf(relationship.data));
    return isJsonObject(attributes) ? { data: { ...attributes, ...relationship.data } } : relationship;
  };
  return rows.map((row) => {
    if (!isJsonObject(row) || !isJsonObject(row.relationships)) return row;
    const relationships = Object.entries(row.relationships).map(([name, each]) => [name, resolved(each)]);
    return { ...row, relationships: Object.fromEntries(relationships) };
  });
}

/** A row with what stands beside its own fields and belongs to it: HAL's `_embedded`, JSON:API's `relationships`. */
export function withRelated(row: JsonObject): JsonObject {
  const { _embedded: embedded, relationships } = row;
  if (!isJsonObject(embedded) && !isJsonObject(relationships)) return row;
  const related = Object.entries(isJsonObject(relationships) ? relationships : {}).flatMap(([name, each]) =>
    isJsonObject(each) && isJsonObject(each.data) ? [[name, each.data] as const] : [],
  );
  return { ...(isJsonObject(embedded) ? embedded : {}), ...Object.fromEntries(related), ...row };
}
