import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign as signWith,
  timingSafeEqual,
  verify as verifyWith,
} from "node:crypto";
import type { SigningSecrets } from "../domain/subscription.js";

/**
 * Standard Webhooks signatures: `v1` is HMAC-SHA256, `v1a` is ed25519, both over `id.timestamp.body`.
 * Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export interface Signed {
  readonly id: string;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly body: string;
}

export type Verdict =
  | { readonly ok: true; readonly timestamp: number }
  | { readonly ok: false; readonly reason: string };

const seedLength = 32;
/** DER of a PKCS #8 ed25519 key up to its seed, and of an SPKI one up to its point; source: RFC 8410. */
const privatePrefix = Buffer.from("302e020100300506032b657004220420", "hex");
const publicPrefix = Buffer.from("302a300506032b6570032100", "hex");

/** A new signing secret: `whsec_` and base64 of 32 random bytes. */
export function createSecret(): string {
  return `whsec_${randomBytes(seedLength).toString("base64")}`;
}

function bytesBehind(secret: string): Buffer {
  const bytes = Buffer.from(secret.replace(/^(whsec|whsk|whpk)_/, ""), "base64");
  if (bytes.length === 0) throw new Error("the secret is empty or not base64");
  return bytes;
}

/** The ed25519 key whose seed is the secret's first 32 bytes (`whsk_` may carry the public half behind it). */
function privateKeyOf(secret: string): KeyObject {
  const seed = bytesBehind(secret).subarray(0, seedLength);
  if (seed.length < seedLength) throw new Error("an ed25519 secret needs 32 bytes");
  return createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: "der", type: "pkcs8" });
}

/** The public half of a secret's ed25519 key, as `whpk_` and base64. Throws for a secret under 32 bytes. */
export function publicKeyOf(secret: string): string {
  const der = createPublicKey(privateKeyOf(secret)).export({ format: "der", type: "spki" });
  return `whpk_${der.subarray(publicPrefix.length).toString("base64")}`;
}

function contentOf({ id, timestamp, body }: Signed): Buffer {
  return Buffer.from(`${id}.${timestamp}.${body}`);
}

function signOne(content: Buffer, secret: string, asymmetric: boolean): string {
  if (asymmetric) return `v1a,${signWith(null, content, privateKeyOf(secret)).toString("base64")}`;
  return `v1,${createHmac("sha256", bytesBehind(secret)).update(content).digest("base64")}`;
}

/** The `webhook-signature` header: the current secret first, the previous one behind it while it is valid. */
export function signatureHeader(
  signed: Signed,
  secrets: SigningSecrets,
  options: { readonly asymmetric: boolean; readonly at: Date },
): string {
  const { current, previous } = secrets;
  const valid = [current];
  if (previous && Date.parse(previous.until) > options.at.getTime()) valid.push(previous.secret);
  const content = contentOf(signed);
  return valid.map((secret) => signOne(content, secret, options.asymmetric)).join(" ");
}

/**
 * Checks a received webhook in constant time. `secret` is `whsec_…`, or `whpk_…` for `v1a` alone.
 * `toleranceSeconds` bounds the age and the lead of its timestamp.
 */
export function verifySignature(
  headers: { readonly id: string; readonly timestamp: string; readonly signature: string },
  body: string,
  secret: string,
  { now = new Date(), toleranceSeconds = 300 } = {},
): Verdict {
  if (headers.id === "" || headers.signature === "") return { ok: false, reason: "a header is missing" };
  if (!/^\d{1,12}$/.test(headers.timestamp)) return { ok: false, reason: "the timestamp is not a number" };
  const timestamp = Number(headers.timestamp);
  const age = Math.floor(now.getTime() / 1_000) - timestamp;
  if (age > toleranceSeconds) return { ok: false, reason: "the timestamp is too old" };
  if (age < -toleranceSeconds) return { ok: false, reason: "the timestamp is in the future" };
  const content = contentOf({ id: headers.id, timestamp, body });
  const matches = headers.signature.split(" ").some((entry) => matchesOne(entry, content, secret));
  return matches ? { ok: true, timestamp } : { ok: false, reason: "no signature matches" };
}

function matchesOne(entry: string, content: Buffer, secret: string): boolean {
  const [version, given = ""] = entry.split(",", 2);
  if (version === "v1" && !secret.startsWith("whpk_")) {
    const expected = Buffer.from(signOne(content, secret, false).slice("v1,".length));
    const received = Buffer.from(given);
    return expected.length === received.length && timingSafeEqual(expected, received);
  }
  if (version !== "v1a") return false;
  if (!secret.startsWith("whpk_") && bytesBehind(secret).length < seedLength) return false;
  const point = bytesBehind(secret.startsWith("whpk_") ? secret : publicKeyOf(secret));
  if (point.length !== seedLength) return false;
  const key = createPublicKey({ key: Buffer.concat([publicPrefix, point]), format: "der", type: "spki" });
  return verifyWith(null, content, key, Buffer.from(given, "base64"));
}
