import type { JsonValue } from "../domain/json.js";

const token = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * JSON.parse that keeps integers beyond 2^53 exact by reading them as strings: ids are compared as strings
 * anyway. Throws as JSON.parse does.
 */
export function parseJson(text: string): JsonValue {
  const parsed = JSON.parse(text) as JsonValue;
  // Two runs only where a long run of digits stands somewhere: almost never, or only inside a string.
  if (!/\d{16}/.test(text)) return parsed;
  const exact = text.replace(token, (found) =>
    /^-?\d+$/.test(found) && !Number.isSafeInteger(Number(found)) ? `"${found}"` : found,
  );
  return JSON.parse(exact) as JsonValue;
}

/** The value behind a string that holds a JSON object or list; anything else unchanged. */
export function unwrapJson(value: JsonValue): JsonValue {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return parseJson(value);
  } catch {
    return value;
  }
}

/** Whether text that does not parse is the beginning of JSON, cut off, and not garbage. */
export function looksTruncated(text: string): boolean {
  const open: string[] = [];
  for (const [found] of text.matchAll(/"[^"\\]*(?:\\[\s\S][^"\\]*)*"?|[[\]{}]/g)) {
    if (found === "{" || found === "[") open.push(found);
    else if (found === "}" || found === "]") open.pop();
    else if (found.length === 1 || !found.endsWith('"')) return true;
  }
  return /^\s*[[{]/.test(text) && open.length > 0;
}
