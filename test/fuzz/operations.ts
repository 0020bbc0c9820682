import { isJsonObject, type JsonObject, type JsonValue } from "../../src/domain/json.js";
import type { OpenApiDocument } from "../api/support/conformity.js";

/** One route, as far as requests are made up for it. */
export interface FuzzOperation {
  readonly id: string;
  readonly method: string;
  /** With `{…}` where parameters go. */
  readonly path: string;
  readonly query: readonly { readonly name: string; readonly example: JsonValue | undefined }[];
  /** An example of the body; null when it takes none. */
  readonly body: JsonObject | null;
  /** Names of fields anywhere in the body. */
  readonly fields: readonly string[];
  /** Problem codes by status; an empty list for other answers. */
  readonly answers: ReadonlyMap<
    number,
    { readonly types: readonly string[]; readonly codes: readonly string[] }
  >;
}

const object = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});

function resolve(document: OpenApiDocument, value: JsonValue | undefined): JsonObject {
  const found = object(value);
  if (typeof found.$ref !== "string") return found;
  const [, , kind = "", name = ""] = found.$ref.split("/");
  return resolve(document, document.components[kind]?.[name]);
}

function fieldsOf(document: OpenApiDocument, schema: JsonValue | undefined, depth = 0): string[] {
  if (depth > 6) return [];
  const found = resolve(document, schema);
  const branches = [found.anyOf, found.oneOf, found.allOf].flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  const inner = [...branches, ...Object.values(object(found.properties)), found.items ?? null];
  return [
    ...Object.keys(object(found.properties)),
    ...inner.flatMap((one) => fieldsOf(document, one, depth + 1)),
  ];
}

/** Every route of the document. */
export function operationsOf(document: OpenApiDocument): FuzzOperation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => {
      const parameters = (Array.isArray(operation.parameters) ? operation.parameters : []).map((one) =>
        resolve(document, one),
      );
      const json = object(object(object(operation.requestBody).content)["application/json"]);
      const answers = Object.entries(object(operation.responses)).map(([status, response]) => {
        const content = Object.entries(object(object(response).content));
        const codes = content.flatMap(([, media]) => Object.keys(object(object(media).examples)));
        return [Number(status), { types: content.map(([type]) => type), codes }] as const;
      });
      return {
        id: String(operation.operationId),
        method: method.toUpperCase(),
        path,
        query: parameters
          .filter((parameter) => parameter.in === "query")
          .map((parameter) => ({
            name: String(parameter.name),
            example: parameter.example ?? object(parameter.schema).example,
          })),
        body: json.schema === undefined ? null : object(json.example),
        fields: [...new Set(fieldsOf(document, json.schema))],
        answers: new Map(answers),
      };
    }),
  );
}
