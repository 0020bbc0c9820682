import { expect } from "vitest";
import { z } from "zod";
import type { JsonObject, JsonValue } from "../../../src/domain/json.js";

export interface OpenApiDocument {
  openapi: string;
  paths: Record<string, Record<string, JsonObject>>;
  components: Record<string, Record<string, JsonObject>> & { schemas: Record<string, JsonObject> };
  webhooks: Record<string, { post: JsonObject }>;
}

const annotations = new Set(["example", "description", "format"]);

/** Closes every object schema: an answer may hold what is described and nothing else. */
function closed(value: JsonValue, names = false): JsonValue {
  if (Array.isArray(value)) return value.map((item) => closed(item));
  if (typeof value !== "object" || value === null) return value;
  const copy: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    if (!names && key === "$ref") copy.$ref = String(member).replace("#/components/schemas/", "#/$defs/");
    else if (names || !annotations.has(key)) copy[key] = closed(member, !names && key === "properties");
  }
  if (!names && copy.properties && copy.additionalProperties === undefined) copy.additionalProperties = false;
  return copy;
}

/** The schemas that this one needs, itself or through others. */
function definitions(document: OpenApiDocument, schema: JsonObject): JsonObject {
  const found: JsonObject = {};
  const waiting = [JSON.stringify(schema)];
  for (let text = waiting.pop(); text !== undefined; text = waiting.pop()) {
    for (const [, name = ""] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      const needed = document.components.schemas[name];
      if (found[name] !== undefined || needed === undefined) continue;
      found[name] = closed(needed);
      waiting.push(JSON.stringify(needed));
    }
  }
  return found;
}

/** What is wrong with a value, by a schema of the document: nothing beside what is described may stand in it. */
export function misfits(document: OpenApiDocument, schema: JsonObject, value: unknown) {
  const $defs = definitions(document, schema);
  const reader = z.fromJSONSchema({ ...(closed(schema) as JsonObject), $defs } as never);
  return reader.safeParse(value).error?.issues ?? [];
}

/** The address in the document that a path is one of. */
function templateFor(document: OpenApiDocument, path: string): string | undefined {
  const fits = (template: string) =>
    new RegExp(`^${template.replace(/\{[^}]+\}/g, "[^/]+").replaceAll(".", "\\.")}$`).test(path);
  return document.paths[path] ? path : Object.keys(document.paths).find(fits);
}

/** The operation that a request is for. */
export function operationOf(document: OpenApiDocument, method: string, path: string): JsonObject | undefined {
  const template = templateFor(document, path);
  return template === undefined ? undefined : document.paths[template]?.[method.toLowerCase()];
}

/** Fails unless the document describes this answer: its status, its content type and its body. */
export async function expectDescribed(
  document: OpenApiDocument,
  method: string,
  path: string,
  response: Response,
): Promise<void> {
  const template = templateFor(document, path);
  const operation = operationOf(document, method, path);
  if (!operation) return;
  const where = `${method} ${template} ${response.status}`;
  const described = (operation.responses as JsonObject)[String(response.status)] as JsonObject | undefined;
  expect(described, `${where} is not described`).toBeDefined();
  const type = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
  const content = described?.content as
    | Record<string, { schema: JsonObject; examples?: JsonObject }>
    | undefined;
  if (!content) return;
  expect(Object.keys(content), `${where} content type`).toContain(type);
  if (!type.endsWith("json")) return;
  const body = (await response.clone().json()) as JsonObject;
  expect(misfits(document, content[type]?.schema ?? {}, body), `${where} body`).toEqual([]);
  const codes = Object.keys(content[type]?.examples ?? {});
  if (type === "application/problem+json") expect(codes, `${where} code`).toContain(body.code);
}
