import { createRoute, type RouteConfig, type z } from "@hono/zod-openapi";
import type { Context, TypedResponse } from "hono";
import { scopeFor } from "../domain/token.js";
import type { ApiEnv } from "./env.js";
import { locationHeader } from "./openapi-headers.js";
import { type ProblemCode, problemKinds } from "./problem.js";
import { problemSchema } from "./schemas/common.js";

/** A JSON answer, as a route describes it. */
export function answer<S extends z.ZodType>(description: string, schema: S, example: z.input<S>) {
  return { description, content: { "application/json": { schema, example } } } as const;
}

/** The answer of a route that made something, and says where it is. */
export function created<S extends z.ZodType>(description: string, schema: S, example: z.input<S>) {
  return { ...answer(description, schema, example), headers: locationHeader } as const;
}

/** A JSON body, as a route describes it. */
export function body<S extends z.ZodType>(schema: S, example: z.input<S>, required = true) {
  return { required, content: { "application/json": { schema, example } } } as const;
}

function problemAnswer(codes: readonly ProblemCode[]) {
  const example = (code: ProblemCode) => ({
    type: `/docs/errors#${code}`,
    title: problemKinds[code].title,
    status: problemKinds[code].status,
    detail: problemKinds[code].help,
    code,
    requestId: "0b9f6a3e-3f0c-4c9b-9d4e-6a2f6f3c8b11",
    ...(code === "invalid_request" && { errors: [{ path: "name", message: "is required" }] }),
  });
  return {
    description: codes.map((code) => `\`${code}\`: ${problemKinds[code].title}.`).join(" "),
    content: {
      "application/problem+json": {
        schema: problemSchema,
        examples: Object.fromEntries(codes.map((code) => [code, { value: example(code) }])),
      },
    },
  };
}

function commonProblems(route: Pick<RouteConfig, "method" | "path" | "request" | "security">): ProblemCode[] {
  const codes: ProblemCode[] = ["internal", "unavailable"];
  // A route that says nothing of security takes the document's: a token. Companions have one of their own.
  if (route.security?.length !== 0) codes.push("unauthorized", "too_many_failures", "rate_limited");
  if (!route.security && scopeFor(route.method.toUpperCase(), route.path) !== "read")
    codes.push("scope_missing");
  if (route.request?.query || route.request?.body) codes.push("invalid_request");
  if (route.request?.body) codes.push("invalid_json", "payload_too_large", "unsupported_media_type");
  // Keys are honoured under /v1 only.
  if (route.method === "post" && route.path.startsWith("/v1/"))
    codes.push("idempotency_in_progress", "idempotency_key_reused");
  return codes;
}

/** What a description says of the scope that a route needs; nothing of one that needs no token. */
function scopeOf({ method, path, description, security }: RouteConfig) {
  if (security) return {};
  const scope = scopeFor(method.toUpperCase(), path);
  const sentence = `Needs a token of scope \`${scope}\`${scope === "read" ? " or `admin`" : ""}.`;
  return { description: description ? `${description} ${sentence}` : sentence, "x-required-scope": scope };
}

/** A route with its problems described: those that every route has, and its own. */
export function endpoint<P extends string, R extends Omit<RouteConfig, "path"> & { path: P }>(
  route: R,
  own: readonly ProblemCode[] = [],
) {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set([...own, ...commonProblems(route)])) {
    const { status } = problemKinds[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const sorted = [...byStatus].sort(([a], [b]) => a - b);
  const problems = Object.fromEntries(sorted.map(([status, codes]) => [status, problemAnswer(codes)]));
  // Problems are thrown, never returned, so a handler's type speaks of the good answers alone.
  const described = { ...route, ...scopeOf(route), responses: { ...problems, ...route.responses } };
  return createRoute<P, R>(described);
}

/** An answer that is JSON text already: frozen events keep every byte. */
export function answerText<T>(c: Context<ApiEnv>, json: string): Response & TypedResponse<T, 200, "json"> {
  const response: Response = c.body(json, 200, { "content-type": "application/json" });
  return response as Response & TypedResponse<T, 200, "json">;
}
