import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign as signWith,
} from "node:crypto";
import { type SigningSecrets, secretsAt } from "../domain/subscription.js";
import { createRecent } from "../recent.js";

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

/** `whsec`: shared by both sides; `whsk` and `whpk`: the private and the public half of an ed25519 pair. */
export interface Key {
  readonly kind: "whsec" | "whsk" | "whpk";
  readonly bytes: Buffer;
}

export const seedLength = 32;
/** DER of a PKCS #8 ed25519 key up to its seed, and of an SPKI one up to its point; source: RFC 8410. */
const privatePrefix = Buffer.from("302e020100300506032b657004220420", "hex");
const publicPrefix = Buffer.from("302a300506032b6570032100", "hex");

/** A new signing secret: `whsec_` and base64 of 32 random bytes. */
export function createSecret(): string {
  return `whsec_${randomBytes(seedLength).toString("base64")}`;
}

/** The bytes of base64, padded or not; null for anything else, which Node would read as far as it can. */
export function readBase64(text: string): Buffer | null {
  const bare = /^([A-Za-z0-9+/]*)={0,2}$/.exec(text)?.[1];
  return bare === undefined || bare.length % 4 === 1 ? null : Buffer.from(bare, "base64");
}

/** A secret as it is written; without a prefix it is a shared one, as for the reference libraries. Null: none. */
export function readKey(secret: string): Key | null {
  const [, prefix, encoded = ""] = /^(?:(whsec|whsk|whpk)_)?(.*)$/s.exec(secret) ?? [];
  const bytes = readBase64(encoded);
  const kind = (prefix ?? "whsec") as Key["kind"];
  if (bytes === null || bytes.length === 0) return null;
  if (kind === "whpk" && bytes.length !== seedLength) return null;
  // A private half may carry the public one behind it.
  if (kind === "whsk" && bytes.length !== seedLength && bytes.length !== 2 * seedLength) return null;
  return { kind, bytes };
}

/** The ed25519 key whose seed is the first 32 bytes. Throws for fewer. */
function privateKeyOf({ bytes }: Key): KeyObject {
  if (bytes.length < seedLength) throw new Error("an ed25519 secret needs 32 bytes");
  const seed = bytes.subarray(0, seedLength);
  return createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: "der", type: "pkcs8" });
}

/** What checks `v1a` signatures of this key. Throws for a secret under 32 bytes. */
export function publicHalf(key: Key): KeyObject {
  if (key.kind !== "whpk") return createPublicKey(privateKeyOf(key));
  return createPublicKey({ key: Buffer.concat([publicPrefix, key.bytes]), format: "der", type: "spki" });
}

/** The public half of a secret's ed25519 key, as `whpk_` and base64. Throws for a secret under 32 bytes. */
export function publicKeyOf(secret: string): string {
  const der = publicHalf(usable(secret)).export({ format: "der", type: "spki" });
  return `whpk_${der.subarray(publicPrefix.length).toString("base64")}`;
}

function usable(secret: string): Key {
  const key = readKey(secret);
  if (key === null) throw new Error("the secret is empty or not base64");
  return key;
}

/** What is signed. The timestamp is the text of its header, so that it has one spelling only. */
export function signedContent(id: string, timestamp: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
}

/** The `v1` signature with these bytes, in base64. */
export function hmacOf(content: Buffer, bytes: Buffer): string {
  return createHmac("sha256", bytes).update(content).digest("base64");
}

/** The ed25519 key that a secret signs with. Throws for a secret under 32 bytes. */
export type PrivateKeys = (secret: string) => KeyObject;

const readPrivateKey: PrivateKeys = (secret) => privateKeyOf(usable(secret));

/** Keys that one sender remembers. */
const mostPrivateKeys = 1_000;

/** As each is read, and remembered: to read one takes ten times as long as to sign with it. */
export function rememberPrivateKeys(): PrivateKeys {
  const recent = createRecent<KeyObject>(mostPrivateKeys);
  return (secret) => {
    const key = recent.get(secret) ?? readPrivateKey(secret);
    recent.set(secret, key, 1);
    return key;
  };
}

/** The `webhook-signature` header: the current secret first, those it replaced behind it while they are valid. */
export function signatureHeader(
  { id, timestamp, body }: Signed,
  secrets: SigningSecrets,
  { asymmetric, at }: { readonly asymmetric: boolean; readonly at: Date },
  privateKeys: PrivateKeys = readPrivateKey,
): string {
  const content = signedContent(id, String(timestamp), Buffer.from(body));
  const sign = (secret: string) =>
    asymmetric
      ? `v1a,${signWith(null, content, privateKeys(secret)).toString("base64")}`
      : `v1,${hmacOf(content, usable(secret).bytes)}`;
  return secretsAt(secrets, at.getTime()).map(sign).join(" ");
}
