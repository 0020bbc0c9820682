import { isJsonObject, type JsonObject, type JsonValue } from "../../domain/json.js";
import type { ApiDocument } from "../env.js";

/** One route, as the reference shows it. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly { name: string; in: string; required: boolean; description: string }[];
  readonly body: { readonly schema: JsonValue; readonly example: JsonValue | undefined } | null;
  readonly answers: readonly { status: string; description: string; example: JsonValue | undefined }[];
  readonly problems: readonly { status: string; codes: readonly string[] }[];
}

const text = (value: JsonValue | undefined): string => (typeof value === "string" ? value : "");
const object = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});

function readOperation(path: string, method: string, operation: JsonObject): Operation {
  const parameters = Array.isArray(operation.parameters) ? operation.parameters.map(object) : [];
  const json = object(object(object(operation.requestBody).content)["application/json"]);
  const responses = Object.entries(object(operation.responses)).map(([status, response]) => {
    const content = object(object(response).content);
    return { status, description: text(object(response).description), content };
  });
  const isProblem = (content: JsonObject): boolean => "application/problem+json" in content;
  return {
    id: text(operation.operationId),
    method,
    path,
    summary: text(operation.summary),
    description: text(operation.description),
    parameters: parameters.map((parameter) => ({
      name: text(parameter.name),
      in: text(parameter.in),
      required: parameter.required === true,
      description: text(parameter.description) || text(object(parameter.schema).description),
    })),
    body: json.schema === undefined ? null : { schema: json.schema, example: json.example },
    answers: responses
      .filter(({ content }) => !isProblem(content))
      .map(({ status, description, content }) => {
        return { status, description, example: object(Object.values(content)[0]).example };
      }),
    problems: responses
      .filter(({ content }) => isProblem(content))
      .map(({ status, content }) => {
        const { examples } = object(content["application/problem+json"]);
        return { status, codes: Object.keys(object(examples)) };
      }),
  };
}

/** The routes of one tag, in the order in which they were registered. */
export function operationsOf(document: ApiDocument, tag: string): Operation[] {
  const paths = object(JSON.parse(JSON.stringify(document.paths ?? {})) as JsonValue);
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(object(item))
      .map(([method, operation]) => ({ method, operation: object(operation) }))
      .filter(({ operation }) => Array.isArray(operation.tags) && operation.tags.includes(tag))
      .map(({ method, operation }) => readOperation(path, method, operation)),
  );
}
