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

/** So many wrong fields are named; whoever has more to mend has enough to begin with. */
const mostErrors = 20;
const longestKey = 100;

const cut = (text: string): string => (text.length > longestKey ? `${text.slice(0, longestKey)}…` : text);

/** A name that would read as something else is quoted. */
const plainKey = /^[\w$[\]*-]+$/;

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    const key = cut(String(part));
    if (!plainKey.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === "" ? key : `${text}.${key}`;
  }, "");
}

const depth = (issues: readonly Issue[]) => Math.max(0, ...issues.map((issue) => issue.path.length));

const isMissing = (issue: Issue): boolean => issue.message.startsWith("is required");
const isOtherThing = (issue: Issue): boolean => issue.path.length === 0 && issue.code !== "custom";

/**
 * Of a value that could be several things, the reading that comes closest to what was sent; null when it is no more one
 * of them than another.
 */
function closest(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const ranked = [...branches].sort((a, b) => a.length - b.length || depth(b) - depth(a));
  const [first = [], second] = ranked;
  if (first.some(isOtherThing)) return null;
  const isTied = second !== undefined && second.length === first.length && second.every(isMissing);
  return isTied && first.every(isMissing) ? null : first;
}

function explain(issue: Issue, parent: readonly PropertyKey[]): FieldError[] {
  const path = [...parent, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    const lines = issue.message.split("\n");
    return issue.keys.map((key, at) => ({
      path: pathText([...path, key]),
      message: lines[at] ?? "is not a known field",
    }));
  }
  if (issue.code === "invalid_union") {
    const reading = closest(issue.errors);
    if (reading && reading.length > 0) return reading.flatMap((inner) => explain(inner, path));
  }
  if (issue.code === "invalid_key") {
    const reason = issue.issues[0]?.message ?? "is not a valid name";
    return [{ path: pathText(path), message: reason }];
  }
  return [{ path: pathText(path), message: issue.message }];
}

/** Every wrong field of an input, named, up to a number that can be read. */
function fieldErrors(error: ZodError, place: string): { errors: FieldError[]; more: number } {
  const all = error.issues.flatMap((issue) => explain(issue, []));
  const errors = all
    .slice(0, mostErrors)
    .map(({ path, message }) => ({ path: path === "" ? place : path, message }));
  return { errors, more: all.length - errors.length };
}

/** Ends a request whose input does not fit its schema, naming each wrong field. */
export const refuseInvalid: Hook<unknown, ApiEnv, string, undefined> = (result) => {
  if (result.success) return undefined;
  const place = places[result.target] ?? result.target;
  const found = fieldErrors(result.error, place);
  const errors = found.errors.map((one) =>
    result.target === "query" && one.message === "must be text, not a list"
      ? { ...one, message: "must be given once" }
      : one,
  );
  const named = errors.map(({ path, message }) => (path === place ? message : `${path}: ${message}`));
  const rest = found.more > 0 ? `; and ${found.more} more` : "";
  const told = `${named.join("; ")}${rest}`;
  const end = told.endsWith("?") ? "" : ".";
  throw new ProblemError("invalid_request", `The ${place} is not valid. ${told}${end}`, errors);
};
