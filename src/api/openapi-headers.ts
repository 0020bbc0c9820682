import type { ApiDocument } from "./env.js";

type Components = NonNullable<ApiDocument["components"]>;
type Item = NonNullable<ApiDocument["paths"]>[string];
type Operation = NonNullable<Item["get"]>;
type Parameter = NonNullable<Operation["parameters"]>[number];
interface Response {
  headers?: Record<string, { $ref: string }>;
  content?: Record<string, unknown>;
}

const methods = ["get", "put", "post", "patch", "delete"] as const;
const text = { type: "string" } as const;
const count = { type: "integer", minimum: 0 } as const;

/** Headers of answers, each described once. */
const headers = {
  RequestId: {
    description:
      "Names this request in the log: the one that was sent (up to 128 letters, digits, `.`, `_`, `:`, `-`), or a new one.",
    required: true,
    schema: text,
    example: "0b9f6a3e-3f0c-4c9b-9d4e-6a2f6f3c8b11",
  },
  Location: { description: "The path of what was made.", required: true, schema: text },
  IdempotentReplayed: {
    description: "`true` when this is the answer of an earlier request with the same `Idempotency-Key`.",
    schema: { type: "string", enum: ["true"] },
  },
  RetryAfter: {
    description: "After how many seconds to ask again.",
    schema: count,
    example: 5,
  },
  RateLimitLimit: { description: "How many requests a minute the token may make.", schema: count },
  RateLimitRemaining: { description: "How many of them are left just now.", schema: count },
  RateLimitReset: { description: "After how many seconds all of them are back.", schema: count },
  WwwAuthenticate: {
    description: "How to identify yourself.",
    required: true,
    schema: text,
    example: 'Bearer realm="pixiehook"',
  },
} satisfies Components["headers"];

const idempotencyKey: Parameter = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "Any text of 1 to 255 visible ASCII characters, new for each thing that is asked for. Sent again with the same key " +
    "within a day, the request is not done again and gets the same answer.",
  schema: { type: "string", minLength: 1, maxLength: 255, pattern: "^[\\x21-\\x7e]+$" },
  example: "5f1c7b1e-0d6e-4a53-9d61-2f3f0c0f9a77",
};

const header = (name: keyof typeof headers) => ({ $ref: `#/components/headers/${name}` });

/** Says in a route's answers that they carry this header. */
export const locationHeader = { location: header("Location") };

const rateLimits = {
  "ratelimit-limit": header("RateLimitLimit"),
  "ratelimit-remaining": header("RateLimitRemaining"),
  "ratelimit-reset": header("RateLimitReset"),
};

function describeAnswer(
  response: Response,
  status: string,
  { isRepeatable, isLimited }: { isRepeatable: boolean; isLimited: boolean },
): void {
  const isProblem = response.content?.["application/problem+json"] !== undefined;
  response.headers = {
    ...response.headers,
    ...(isRepeatable && status.startsWith("2") && { "idempotent-replayed": header("IdempotentReplayed") }),
    ...(isProblem && status === "401" && { "www-authenticate": header("WwwAuthenticate") }),
    ...(["429", "503"].includes(status) && { "retry-after": header("RetryAfter") }),
    ...(isLimited && status !== "401" && rateLimits),
    "x-request-id": header("RequestId"),
  };
}

/** Adds to a document the headers that every route takes and sends. */
export function describeHeaders(document: ApiDocument): void {
  document.components = {
    ...document.components,
    headers,
    parameters: { ...document.components?.parameters, IdempotencyKey: idempotencyKey },
  };
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of methods) {
      const operation = item[method];
      if (!operation) continue;
      const isRepeatable = method === "post" && path.startsWith("/v1/");
      if (isRepeatable) {
        const reference = { $ref: "#/components/parameters/IdempotencyKey" };
        operation.parameters = [...(operation.parameters ?? []), reference];
      }
      for (const [status, response] of Object.entries(operation.responses ?? {})) {
        describeAnswer(response as Response, status, { isRepeatable, isLimited: !operation.security });
      }
    }
  }
}
