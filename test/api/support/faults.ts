import { isJsonObject, type JsonObject, type JsonValue } from "../../../src/domain/json.js";
import type { OpenApiDocument } from "./conformity.js";

/** One way to go wrong in a body: the value that stands there instead, and where. */
export interface Fault {
  readonly body: JsonValue;
  /** As an answer names it. */
  readonly path: string;
  readonly kind: "missing" | "type" | "range" | "unknown";
  /** What the answer has to tell: a limit, or words to choose from. */
  readonly tells: string;
}

type Put = (value: JsonValue | undefined) => JsonValue;

const object = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});
const list = (value: JsonValue | undefined): JsonValue[] => (Array.isArray(value) ? value : []);

function resolve(document: OpenApiDocument, value: JsonValue | undefined): JsonObject {
  const found = object(value);
  return typeof found.$ref === "string"
    ? resolve(document, document.components.schemas[found.$ref.split("/").at(-1) ?? ""])
    : found;
}

const branchesOf = (document: OpenApiDocument, schema: JsonObject): JsonObject[] =>
  [...list(schema.anyOf), ...list(schema.oneOf)].map((branch) => resolve(document, branch));

/** A value that fits: the least that does. */
function sampleOf(document: OpenApiDocument, schema: JsonObject): JsonValue {
  const [first] = branchesOf(document, schema);
  if (first) return sampleOf(document, first);
  if (schema.example !== undefined) return schema.example;
  if (schema.enum !== undefined) return list(schema.enum)[0] ?? null;
  if (schema.default !== undefined && schema.default !== null) return schema.default;
  const type = [schema.type].flat()[0];
  if (type === "object") {
    const required = list(schema.required).map(String);
    const properties = object(schema.properties);
    return Object.fromEntries(
      required.map((name) => [name, sampleOf(document, resolve(document, properties[name]))]),
    );
  }
  if (type === "array") return [sampleOf(document, resolve(document, schema.items))];
  if (type === "boolean") return true;
  if (type === "number" || type === "integer") return (schema.minimum as number | undefined) ?? 1;
  if (schema.format === "email") return "jane@example.com";
  if (schema.format === "uri") return "https://example.com/hook";
  return schema.pattern === undefined ? "1" : "08:00";
}

function faultsOfObject(document: OpenApiDocument, schema: JsonObject, path: string, put: Put): Fault[] {
  const base = object(sampleOf(document, { ...schema, default: null }));
  const properties = object(schema.properties);
  const below = (name: string) => (path === "" ? name : `${path}.${name}`);
  const found: Fault[] = [];
  if (schema.additionalProperties === false) {
    const [near = ""] = Object.keys(properties);
    found.push({
      body: put({ ...base, sandwich: 1 }),
      path: below("sandwich"),
      kind: "unknown",
      tells: near,
    });
    const typo = `${near}x`;
    found.push({
      body: put({ ...base, [typo]: 1 }),
      path: below(typo),
      kind: "unknown",
      tells: `did you mean "${near}"`,
    });
  }
  for (const [name, property] of Object.entries(properties)) {
    const { [name]: _, ...others } = base;
    if (list(schema.required).includes(name) && Object.keys(others).length > 0)
      found.push({ body: put(others), path: below(name), kind: "missing", tells: "" });
    const inner: Put = (value) => put(value === undefined ? others : { ...base, [name]: value });
    found.push(...faultsOf(document, resolve(document, property), below(name), inner));
  }
  return found;
}

function rangesOf(schema: JsonObject): [JsonValue, string][] {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems } = schema as Record<
    string,
    number | undefined
  >;
  const found: [JsonValue, string][] = [];
  if (minimum !== undefined) found.push([minimum - 1, String(minimum)]);
  if (maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER) found.push([maximum + 1, String(maximum)]);
  if (minLength !== undefined && minLength > 0) found.push(["", "empty"]);
  if (maxLength !== undefined)
    found.push(["x".repeat(maxLength + 1), schema.format === "uri" ? "URL" : String(maxLength)]);
  if (minItems !== undefined && minItems > 0) found.push([[], "empty"]);
  if (maxItems !== undefined)
    found.push([Array.from({ length: maxItems + 1 }, () => "favorites"), String(maxItems)]);
  if (schema.type === "integer") found.push([1.5, "whole number"]);
  if (schema.format === "email") found.push(["nobody", "e-mail address"]);
  if (schema.format === "uri") found.push(["nowhere", "URL"]);
  if (schema.pattern !== undefined) found.push(["\u0000", ""]);
  if (schema.enum !== undefined) found.push(["sandwich", String(list(schema.enum)[0])]);
  return found;
}

/** Every way to go wrong in a value of this schema. `put` makes the whole body with a value in its place. */
function faultsOf(document: OpenApiDocument, schema: JsonObject, path: string, put: Put): Fault[] {
  const types = [schema.type].flat();
  const branches = branchesOf(document, schema);
  if (branches.length > 0) {
    const inner = branches.flatMap((branch) =>
      faultsOf(document, branch, path, put).filter(
        (fault) => fault.path !== path && fault.kind !== "unknown",
      ),
    );
    return [{ body: put(true), path, kind: "type", tells: "" }, ...inner];
  }
  const wrong: JsonValue = types.includes("string") ? { a: 1 } : "sandwich";
  const found: Fault[] = [{ body: put(wrong), path, kind: "type", tells: "" }];
  if (!types.includes("null")) found.push({ body: put(null), path, kind: "type", tells: "" });
  for (const [value, tells] of rangesOf(schema)) found.push({ body: put(value), path, kind: "range", tells });
  if (types.includes("array"))
    found.push(
      ...faultsOf(document, resolve(document, schema.items), `${path}[0]`, (value) => put([value ?? null])),
    );
  if (isJsonObject(schema.properties)) found.push(...faultsOfObject(document, schema, path, put));
  return found;
}

/** Every way to go wrong in the body of an operation; an empty list when it takes none. */
export function faultsOfBody(document: OpenApiDocument, operation: JsonObject): Fault[] {
  const json = object(object(object(operation.requestBody).content)["application/json"]);
  if (json.schema === undefined) return [];
  const schema = resolve(document, json.schema);
  const roots = branchesOf(document, schema);
  return (roots.length > 0 ? roots : [schema]).flatMap((root) =>
    faultsOfObject(document, root, "", (value) => value ?? {}),
  );
}
