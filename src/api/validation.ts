import type { Hook } from "@hono/zod-openapi";
import type { ZodError, z } from "zod";
import type { ApiEnv } from "./env.js";
import { type FieldError, ProblemError } from "./problem.js";

type Issue = z.core.$ZodIssue;

const places: Record<string, string> = {
  json: "body",
  query: "query",
  param: "address",
  header: "headers",
  form: "form",
};

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text === "" ? String(part) : `${text}.${String(part)}`;
  }, "");
}

/** Of a value that could be several things, the reading that comes closest to what was sent. */
function closest(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const depth = (issues: readonly Issue[]) => Math.max(0, ...issues.map((issue) => issue.path.length));
  const ranked = [...branches].sort((a, b) => a.length - b.length || depth(b) - depth(a));
  return ranked[0] ?? [];
}

function explain(issue: Issue, parent: readonly PropertyKey[]): FieldError[] {
  const path = [...parent, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: pathText([...path, key]), message: "is not a known field" }));
  }
  // A union that says itself what it wants knows better than its branches.
  const speaks = issue.message !== "Invalid input";
  if (issue.code === "invalid_union" && issue.errors.length > 0 && !speaks) {
    return closest(issue.errors).flatMap((inner) => explain(inner, path));
  }
  if (issue.code === "invalid_key") {
    const reason = issue.issues[0]?.message ?? "is not a valid name";
    return [{ path: pathText(path), message: reason }];
  }
  const missing = issue.code === "invalid_type" && / received undefined$/.test(issue.message);
  return [{ path: pathText(path), message: missing ? "is required" : issue.message }];
}

/** Every wrong field of an input, named. */
function fieldErrors(error: ZodError): FieldError[] {
  return error.issues.flatMap((issue) => explain(issue, []));
}

/** Ends a request whose input does not fit its schema, naming each wrong field. */
export const refuseInvalid: Hook<unknown, ApiEnv, string, undefined> = (result) => {
  if (result.success) return undefined;
  const errors = fieldErrors(result.error);
  const named = errors.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  const place = places[result.target] ?? result.target;
  throw new ProblemError("invalid_request", `The ${place} is not valid. ${named.join("; ")}.`, errors);
};
