import { isJsonObject, type JsonObject, type JsonValue } from "../../domain/json.js";
import type { ApiDocument } from "../env.js";
import { type CurlOptions, curlFor } from "./curl.js";

/** A parameter, as the reference shows it. */
export interface ParameterView {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description: string;
  readonly schema: JsonObject;
  readonly example: JsonValue | undefined;
}

interface AnswerView {
  readonly status: string;
  readonly description: string;
  readonly schema: JsonValue | undefined;
  readonly example: JsonValue | undefined;
}

/** One route, as the reference shows it. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly ParameterView[];
  readonly body: { readonly schema: JsonValue; readonly example: JsonValue | undefined } | null;
  /** The call as a line for a shell. */
  readonly curl: string;
  readonly answers: readonly AnswerView[];
  readonly problems: readonly { status: string; codes: readonly string[] }[];
}

const text = (value: JsonValue | undefined): string => (typeof value === "string" ? value : "");
const object = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});

/** What a reference of the document points to; anything else is itself. */
export function resolve(document: ApiDocument, value: JsonValue | undefined): JsonObject {
  const { $ref } = object(value);
  if (typeof $ref !== "string") return object(value);
  const [, , kind = "", name = ""] = $ref.split("/");
  const components = (document.components ?? {}) as Record<string, Record<string, JsonValue>>;
  return resolve(document, components[kind]?.[name] ?? {});
}

/** The parameters in a list of the document, read. */
export function parametersOf(document: ApiDocument, listed: JsonValue | undefined): ParameterView[] {
  return (Array.isArray(listed) ? listed : []).map((one) => {
    const parameter = resolve(document, one);
    const schema = object(parameter.schema);
    return {
      name: text(parameter.name),
      in: text(parameter.in),
      required: parameter.required === true,
      description: text(parameter.description) || text(schema.description),
      schema,
      example: parameter.example ?? schema.example,
    };
  });
}

/** An operation that says nothing of security takes the API token. */
function tokenOf(security: JsonValue | undefined): CurlOptions["token"] {
  if (!Array.isArray(security)) return "PIXIEHOOK_API_TOKEN";
  return security.length === 0 ? null : "COMPANION_TOKEN";
}

function readOperation(
  document: ApiDocument,
  { path, method, operation }: { path: string; method: string; operation: JsonObject },
): Operation {
  const parameters = parametersOf(document, operation.parameters);
  const json = object(object(object(operation.requestBody).content)["application/json"]);
  const body = json.schema === undefined ? null : { schema: json.schema, example: json.example };
  const responses = Object.entries(object(operation.responses)).map(([status, response]) => {
    const content = object(object(response).content);
    return { status, description: text(object(response).description), content };
  });
  const isProblem = (content: JsonObject): boolean => "application/problem+json" in content;
  const call: CurlOptions = {
    url: `${document.servers?.[0]?.url ?? ""}${path}`,
    method,
    parameters,
    body: body?.example,
    token: tokenOf(operation.security),
    isStream: responses.some(({ content }) => "text/event-stream" in content),
  };
  return {
    id: text(operation.operationId),
    method,
    path,
    summary: text(operation.summary),
    description: text(operation.description),
    parameters,
    body,
    curl: curlFor(call),
    answers: responses
      .filter(({ content }) => !isProblem(content))
      .map(({ status, description, content }) => {
        const { schema, example } = object(Object.values(content)[0]);
        return { status, description, schema, example };
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
      .map(([method, operation]) => ({ path, method, operation: object(operation) }))
      .filter(({ operation }) => Array.isArray(operation.tags) && operation.tags.includes(tag))
      .map((found) => readOperation(document, found)),
  );
}
