import { z } from "@hono/zod-openapi";
import { nearest } from "../domain/near.js";

type Issue = z.core.$ZodRawIssue;

/** Where a list of things would be longer than anybody reads. */
const mostNamed = 20;

const kinds: Record<string, string> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  null: "null",
  date: "a time",
};
const formats: Record<string, string> = {
  email: "an e-mail address such as jane@example.com",
  url: "a URL such as https://example.com/hook",
  datetime: "a time with a zone, such as 2026-11-20T10:15:00Z",
  date: "a date such as 2026-11-20",
};

const kindOf = (value: unknown): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "number") return Number.isInteger(value) ? "a number" : `${value}`;
  return kinds[typeof value] ?? typeof value;
};

/** `"a", "b" or "c"`; `one of "a", "b" …` when they are many. */
function alternatives(values: readonly unknown[]): string {
  const named = values.map((value) => JSON.stringify(value));
  if (named.length > mostNamed) return `one of ${named.slice(0, mostNamed).join(", ")} …`;
  if (named.length > 4) return `one of ${named.join(", ")}`;
  return named.length < 2 ? named.join() : `${named.slice(0, -1).join(", ")} or ${named.at(-1)}`;
}

function meant(given: unknown, candidates: readonly unknown[]): string {
  if (typeof given !== "string") return "";
  const texts = candidates.filter((candidate) => typeof candidate === "string");
  const likely = nearest(given, texts);
  return likely === null ? "" : `; did you mean ${JSON.stringify(likely)}?`;
}

function size(issue: Issue, word: "least" | "most", limit: number | bigint): string {
  const { origin } = issue as { origin?: string };
  if (word === "least" && limit === 1 && (origin === "string" || origin === "array"))
    return "must not be empty";
  const many = limit === 1 ? "" : "s";
  if (origin === "string") return `must have at ${word} ${limit} character${many}`;
  if (origin === "array" || origin === "set") return `must have at ${word} ${limit} item${many}`;
  return `must be at ${word} ${limit}`;
}

/** One line for each field that nobody knows, in the order of `keys`. */
function strangers(keys: readonly string[], known: readonly string[]): string {
  const lines = keys.map((key) => {
    const likely = meant(key, known);
    if (likely !== "") return `is not a known field${likely}`;
    return known.length === 0
      ? "is not a known field"
      : `is not a known field: there are ${known.slice(0, mostNamed).join(", ")}`;
  });
  return lines.join("\n");
}

function fieldsOf(inst: unknown): string[] {
  return inst instanceof z.ZodObject ? Object.keys(inst.shape) : [];
}

/** What is wrong and what would be right, in words that follow the name of a field; null leaves it to zod. */
function plainly(issue: Issue): string | undefined {
  switch (issue.code) {
    case "invalid_type": {
      const wanted = kinds[issue.expected] ?? issue.expected;
      return issue.input === undefined
        ? `is required: ${wanted}`
        : `must be ${wanted}, not ${kindOf(issue.input)}`;
    }
    case "too_small":
      return size(issue, "least", issue.minimum);
    case "too_big":
      return size(issue, "most", issue.maximum);
    case "invalid_value": {
      const wanted = alternatives(issue.values);
      if (issue.input === undefined) return `is required: ${wanted}`;
      return `must be ${wanted}${meant(issue.input, issue.values)}`;
    }
    case "invalid_format":
      return formats[issue.format] && `must be ${formats[issue.format]}`;
    case "unrecognized_keys":
      return strangers(issue.keys, fieldsOf(issue.inst));
    case "invalid_union": {
      const { options, discriminator, input } = issue as {
        options?: unknown[];
        discriminator?: string;
        input?: unknown;
      };
      if (!options || discriminator === undefined) {
        return [...new Set(issue.errors.flatMap(([first]) => (first ? [first.message] : [])))].join("; or ");
      }
      const given = (input as Record<string, unknown>)[discriminator];
      return given === undefined
        ? `is required: ${alternatives(options)}`
        : `must be ${alternatives(options)}${meant(given, options)}`;
    }
    default:
      return undefined;
  }
}

/** Has schemas that say nothing of their own speak in plain words. */
export function speakPlainly(): void {
  z.config({ localeError: plainly });
}
