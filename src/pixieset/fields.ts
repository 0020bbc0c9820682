import { isJsonObject, type JsonObject, type JsonValue } from "../domain/json.js";
import { unwrapJson } from "./json.js";
import { plainName } from "./names.js";
import { isSecretName, withoutSecrets } from "./secrets.js";
import { readTime, type UpstreamTime } from "./times.js";

/**
 * One upstream row, read by name. Names are tried in order and match in snake_case, camelCase and any case;
 * null, absent and empty text count as not given. Fields that are named like secrets cannot be asked for, and no
 * text comes with the credentials, query or fragment of a URL: signed ones change with every reading.
 */
export interface Row {
  value(...names: string[]): JsonValue | undefined;
  /** Text, trimmed; numbers as text; null for anything else. */
  text(...names: string[]): string | null;
  /** An identity: number, digit string or prefixed string, as text. */
  id(...names: string[]): string | null;
  number(...names: string[]): number | null;
  boolean(...names: string[]): boolean | null;
  time(...names: string[]): UpstreamTime;
  object(...names: string[]): Row | null;
  list(...names: string[]): readonly JsonValue[] | null;
  has(...names: string[]): boolean;
  /** Whether one of the names stands there, be it without a value: what it tells of is not so yet, or not known. */
  mentions(...names: string[]): boolean;
}

function textOf(value: JsonValue | undefined): string | null {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : null;
  if (typeof value !== "string") return null;
  const text = withoutSecrets(value.slice(0, 20_000)).trim();
  return text === "" ? null : text.slice(0, 4_000);
}

function idOf(value: JsonValue | undefined): string | null {
  const text = textOf(value);
  // A URL rotates and a zero means "none": neither is an identity.
  if (text === null || text === "0" || text.length > 200) return null;
  return /:\/\/|^\/\//.test(text) || (typeof value === "string" && text !== value.trim()) ? null : text;
}

export function numberOf(value: JsonValue | undefined): number | null {
  const number =
    typeof value === "string" && value.trim() !== "" ? Number(value.replace(/[,\s]/g, "")) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

function booleanOf(value: JsonValue | undefined): boolean | null {
  if (typeof value === "boolean") return value;
  const text = String(value ?? "")
    .trim()
    .toLowerCase();
  if (/^(1|true|yes|y|on)$/.test(text)) return true;
  return /^(0|false|no|n|off)$/.test(text) ? false : null;
}

export function rowOf(source: JsonObject): Row {
  const values = new Map<string, JsonValue>();
  const mentioned = new Set<string>();
  for (const [name, value] of Object.entries(source)) {
    const plain = plainName(name);
    mentioned.add(plain);
    const empty = value === null || (typeof value === "string" && value.trim() === "");
    if (!empty && !isSecretName(name) && !values.has(plain)) values.set(plain, value);
  }
  function first<T>(names: readonly string[], read: (value: JsonValue) => T | null): T | null {
    for (const name of names) {
      const value = values.get(plainName(name));
      const found = value === undefined ? null : read(value);
      if (found !== null) return found;
    }
    return null;
  }
  const inner = (value: JsonValue) => unwrapJson(value);
  const safe = (value: JsonValue) => (typeof value === "string" ? withoutSecrets(value) : value);
  return {
    value: (...names) => first(names, safe) ?? undefined,
    text: (...names) => first(names, textOf),
    id: (...names) => first(names, idOf),
    number: (...names) => first(names, numberOf),
    boolean: (...names) => first(names, booleanOf),
    time: (...names) =>
      first(names, (value) => {
        const time = readTime(value);
        return time.text === null ? null : time;
      }) ?? { text: null, instant: null },
    object: (...names) => {
      const found = first(names, (value) => {
        const object = inner(value);
        return isJsonObject(object) ? object : null;
      });
      return found ? rowOf(found) : null;
    },
    list: (...names) =>
      first(names, (value) => {
        const list = inner(value);
        return Array.isArray(list) ? list.map(safe) : null;
      }),
    has: (...names) => names.some((name) => values.has(plainName(name))),
    mentions: (...names) => names.some((name) => mentioned.has(plainName(name))),
  };
}

/** A status word: `Partially Paid`, `partially-paid` and `partiallyPaid` are `partially_paid`. */
export function statusOf(row: Row, ...names: string[]): string | null {
  const nested = row.object(...names);
  const text = nested ? nested.text("name", "status", "value", "slug", "key") : row.text(...names);
  const words = text?.replace(/([a-z])([A-Z])/g, "$1_$2").replace(/[\s-]+/g, "_");
  return words?.toLowerCase() ?? null;
}

/** A URL without user, query and fragment, where signatures and tokens stand; null when it is none. */
export function urlOf(row: Row, ...names: string[]): string | null {
  const text = row.text(...names);
  if (text === null || !URL.canParse(text)) return text;
  const { protocol, host, pathname } = new URL(text);
  return /^https?:$/.test(protocol) ? `${protocol}//${host}${pathname}` : null;
}
