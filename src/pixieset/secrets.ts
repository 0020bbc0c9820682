import { isJsonObject, type JsonValue } from "../domain/json.js";
import { unwrapJson } from "./json.js";
import { wordsOf } from "./names.js";

/** Unambiguous wherever they stand in a name, however it is spelled. */
const anywhere =
  /password|passwd|passcode|passphrase|secret|token|cookie|credential|authori[sz]ation|signature|csrf|xsrf/;
/** Too short for that: `pin` is one, but neither `pinned`, `shipping` nor `pinterest_url` is. */
const wholeWords =
  /\b(pin|pwd|jwt|otp|bearer|session ?ids?|(api|access|private|auth|session|encryption) ?keys?)\b/;
const codes =
  /\b((access|auth|download|entry|gallery|login|pass|pin|security|unlock|verification) ?codes?|pin ?numbers?)\b/;
const runTogether = /(download|access|gallery|collection|client|private)pins?$/;

const judged = new Map<string, boolean>();

/** Whether a field of this name holds a secret: a password, a PIN, a token, a cookie, a signature. */
export function isSecretName(name: string): boolean {
  const known = judged.get(name);
  if (known !== undefined) return known;
  const words = wordsOf(name.slice(0, 200));
  const plain = words.replaceAll(" ", "");
  const secret =
    anywhere.test(plain) || wholeWords.test(words) || codes.test(words) || runTogether.test(plain);
  // Rows of one list have the same few names; names that an answer makes up must not fill the memory.
  if (judged.size > 5_000) judged.clear();
  judged.set(name, secret);
  return secret;
}

/** One word of a text: a URL loses user, query and fragment, where credentials and signatures stand. */
function withoutCredentials(word: string): string {
  if (!/\/\/|\/\\\/|[?#]/.test(word)) return word;
  if (/\\?\/\\?\//.test(word)) {
    const bare = word.replace(/(\\?\/\\?\/)[^/?#\\]*@/g, "$1");
    const cut = bare.search(/[?#]|%3f.*%3d/i);
    return cut < 0 ? bare : bare.slice(0, cut);
  }
  // A path of a URL without its host, or the query by itself. "Which one?" is no such thing.
  const cut = word.search(/[?#][^?#=]*=/);
  return cut === 0 || (cut > 0 && /[/.]/.test(word.slice(0, cut))) ? word.slice(0, cut) : word;
}

const deepest = 20;

/** The value without what is secret in it; the very same value where nothing is. */
function purge(value: JsonValue, depth: number): JsonValue {
  if (typeof value === "string") return withoutSecrets(value, depth + 1);
  if (typeof value !== "object" || value === null) return value;
  if (depth > deepest) return null;
  if (Array.isArray(value)) {
    const kept = value.map((each) => purge(each, depth + 1));
    return kept.some((each, index) => each !== value[index]) ? kept : value;
  }
  const entries = Object.entries(value);
  const kept = entries
    .filter(([name]) => !isSecretName(name))
    .map(([name, member]) => [name, purge(member, depth + 1)] as const);
  const changed = kept.length < entries.length || kept.some(([name, member]) => member !== value[name]);
  return changed ? Object.fromEntries(kept) : value;
}

/** JSON that is cut off, or stands within a text: members in `"name": value` form. */
const member = /"([^"\\]{1,100})"\s*:\s*("(?:[^"\\]|\\.)*"?|[^,}\]"]*)/g;

/**
 * A text without what is secret in it: URLs lose user, query and fragment, JSON loses the members that are named
 * like secrets. What people write ("the code is 1234") stays as it is.
 */
export function withoutSecrets(text: string, depth = 0): string {
  if (!/[?#@"%]/.test(text)) return text;
  if (/^\s*[[{]/.test(text)) {
    const value = depth > deepest ? null : unwrapJson(text);
    if (isJsonObject(value) || Array.isArray(value)) {
      const kept = purge(value, depth);
      return kept === value ? text : JSON.stringify(kept);
    }
    if (value === null) return "";
  }
  const named = text.replace(member, (found, name: string) =>
    isSecretName(name) ? `"${name}":null` : found,
  );
  return named.replace(/[^\s"<>]+/g, withoutCredentials);
}
