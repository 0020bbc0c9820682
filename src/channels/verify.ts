import { timingSafeEqual, verify as verifyWith } from "node:crypto";
import { hmacOf, type Key, publicHalf, readBase64, readKey, seedLength, signedContent } from "./sign.js";

/** The three headers of a received webhook; empty: it had none. */
export interface ReceivedHeaders {
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
}

export type Scheme = "v1" | "v1a";

export type Verdict =
  | {
      readonly ok: true;
      /** Unix seconds. */
      readonly timestamp: number;
      /** Seconds between it and now; negative when it is ahead. */
      readonly age: number;
      readonly scheme: Scheme;
      /** Which signature of the scheme matches, from 1, of how many. Senders put their newest secret first. */
      readonly position: number;
      readonly signatures: number;
    }
  | { readonly ok: false; readonly code: Refusal; readonly reason: string; readonly age: number | null };

const reasons = {
  secret_malformed: "the secret is empty or not base64",
  header_missing: "a header is missing",
  timestamp_malformed: "the timestamp is not a number",
  timestamp_too_old: "the timestamp is too old",
  timestamp_in_future: "the timestamp is in the future",
  /** Nothing in the header has the form of a `v1` or `v1a` signature. */
  no_signature: "there is no signature of a known version",
  /** There are signatures, of the scheme that this kind of key does not check. */
  wrong_key: "the key is of the wrong kind for the signature",
  no_match: "no signature matches",
} as const;
export type Refusal = keyof typeof reasons;

function refuse(code: Refusal, age: number | null = null): Verdict {
  return { ok: false, code, reason: reasons[code], age };
}

/**
 * Checks a received webhook in constant time, over the bytes that arrived. `secret` is `whsec_…`, which checks
 * both schemes, or `whpk_…` or `whsk_…` for `v1a` alone. `toleranceSeconds` bounds age and lead of the timestamp.
 */
export function verifySignature(
  headers: ReceivedHeaders,
  body: Uint8Array,
  secret: string,
  { now = new Date(), toleranceSeconds = 300 } = {},
): Verdict {
  const key = readKey(secret);
  if (key === null) return refuse("secret_malformed");
  if (headers.id === "" || headers.timestamp === "" || headers.signature === "")
    return refuse("header_missing");
  if (!/^[0-9]{1,12}$/.test(headers.timestamp)) return refuse("timestamp_malformed");
  const timestamp = Number(headers.timestamp);
  const age = Math.floor(now.getTime() / 1_000) - timestamp;
  if (age > toleranceSeconds) return refuse("timestamp_too_old", age);
  if (age < -toleranceSeconds) return refuse("timestamp_in_future", age);
  const entries = readSignatures(headers.signature);
  if (entries.length === 0) return refuse("no_signature", age);
  const checked = entries.filter(({ scheme }) => canCheck(key, scheme));
  if (checked.length === 0) return refuse("wrong_key", age);
  const content = signedContent(headers.id, headers.timestamp, body);
  const match = checked.find((entry) => matches(entry, content, key));
  if (!match) return refuse("no_match", age);
  const same = entries.filter(({ scheme }) => scheme === match.scheme);
  const position = same.indexOf(match) + 1;
  return { ok: true, timestamp, age, scheme: match.scheme, position, signatures: same.length };
}

interface Entry {
  readonly scheme: Scheme;
  readonly text: string;
}

/** Split at single spaces and nothing else, as the reference libraries do; unknown versions are passed over. */
function readSignatures(header: string): Entry[] {
  return header.split(" ").flatMap((entry): Entry[] => {
    const [, version, text = ""] = /^(v1a?),(.*)$/s.exec(entry) ?? [];
    return version === undefined ? [] : [{ scheme: version as Scheme, text }];
  });
}

function canCheck({ kind, bytes }: Key, scheme: Scheme): boolean {
  return scheme === "v1" ? kind === "whsec" : bytes.length >= seedLength;
}

/** Compared as text: base64 without padding or of the URL alphabet is another text, here as in the libraries. */
function matches({ scheme, text }: Entry, content: Buffer, key: Key): boolean {
  if (scheme === "v1") {
    const [expected, received] = [Buffer.from(hmacOf(content, key.bytes)), Buffer.from(text)];
    return expected.length === received.length && timingSafeEqual(expected, received);
  }
  const signature = readBase64(text);
  if (signature === null || signature.toString("base64") !== text) return false;
  return verifyWith(null, content, publicHalf(key), signature);
}
