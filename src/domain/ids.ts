import { createHash } from "node:crypto";

/**
 * Ids are a prefix and base32 text. Accounts, subscriptions and tokens are drawn at random; sources, events
 * and deliveries are computed, so that doing the same work twice names the same thing. A computed id carries
 * its owner (the account or subscription it lives with), so a lookup needs no index.
 */
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const ownerLength = 16;
const hashLength = 20;

/** Crockford base32, lower case, of the leading bits of `bytes`. */
function base32(bytes: Uint8Array, length: number): string {
  let text = "";
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5 && text.length < length) {
      bits -= 5;
      text += alphabet[(buffer >>> bits) & 31];
    }
    buffer &= (1 << bits) - 1;
  }
  return text;
}

/** An id from random bytes (at least 10). */
export function idFromBytes(prefix: "acc" | "sub" | "tok" | "cmp" | "err", bytes: Uint8Array): string {
  return `${prefix}_${base32(bytes, ownerLength)}`;
}

/** A short stable hash of the parts: base32 of SHA-256 over their JSON. */
export function hashOf(parts: readonly (string | number | null)[], length = hashLength): string {
  return base32(createHash("sha256").update(JSON.stringify(parts)).digest(), length);
}

function computed(prefix: string, owner: string, parts: readonly (string | number | null)[]): string {
  return `${prefix}_${owner.slice(owner.indexOf("_") + 1)}${hashOf(parts)}`;
}

export function sourceId(account: string, resource: string, scope: string | null): string {
  return computed("src", account, [resource, scope]);
}

/** The identity of one event: the same change gives the same id however often it is detected. */
export function eventId(
  account: string,
  change: {
    resource: string;
    scope: string | null;
    key: string;
    epoch: number;
    revision: number;
    type: string;
  },
): string {
  const { resource, scope, key, epoch, revision, type } = change;
  return computed("evt", account, [resource, scope, key, epoch, revision, type]);
}

/** The flood that one poll of a source brought. */
export function holdId(account: string, source: string, version: number): string {
  return computed("hold", account, [source, version]);
}

/** The delivery of an event, or of the digest that this event opened, to one subscription. */
export function deliveryId(subscription: string, event: string): string {
  return computed("dlv", subscription, [event]);
}

/** A replay of a subscription; `nonce` is drawn at random. */
export function replayId(subscription: string, nonce: string): string {
  return computed("rpl", subscription, [nonce]);
}

function ownerOf(prefix: string, id: string, ownerPrefix: string): string | null {
  const text = id.slice(prefix.length + 1);
  const wellFormed = id.startsWith(`${prefix}_`) && text.length === ownerLength + hashLength;
  return wellFormed ? `${ownerPrefix}_${text.slice(0, ownerLength)}` : null;
}

/** The account that an event or source id belongs to, or null for a malformed id. */
export function accountOf(id: string): string | null {
  return ownerOf("evt", id, "acc") ?? ownerOf("src", id, "acc");
}

/** The subscription that a delivery id belongs to, or null for a malformed id. */
export function subscriptionOf(id: string): string | null {
  return ownerOf("dlv", id, "sub");
}
