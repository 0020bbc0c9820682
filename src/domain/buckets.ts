import { createHash } from "node:crypto";
import type { SnapshotEntry } from "./record.js";

/**
 * A snapshot is kept in buckets, each with a digest, so that a poll reads and writes only the buckets in which
 * something differs, whatever the size of the list. The number of buckets is a power of two and grows with the list.
 */
const recordsInBucket = 64;
const mostInBucket = 4 * recordsInBucket;

export const digestLength = 12;

/** The digest of a bucket in which nothing is; Redis pads strings with these bytes. */
export const emptyDigest = "\u0000".repeat(digestLength);

/** How many buckets suit so many records. */
export function bucketsFor(records: number): number {
  let buckets = 1;
  while (buckets * recordsInBucket < records) buckets *= 2;
  return buckets;
}

/** Whether buckets have become so full that a change would rewrite much more than itself. */
export function isCrowded(records: number, buckets: number): boolean {
  return records > buckets * mostInBucket;
}

/** The bucket of a key: FNV-1a (Fowler, Noll, Vo) over its UTF-16 units. */
export function bucketOf(key: string, buckets: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) {
    hash ^= key.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  // The low bits of FNV mix less well than the high ones.
  return ((hash >>> 15) ^ hash) & (buckets - 1);
}

/** The digest of keys and fingerprints, whatever their order: equal exactly when nothing compared differs. */
export function digestOf(lines: string[]): string {
  if (lines.length === 0) return emptyDigest;
  return hash(lines.sort().join("\n")).slice(0, digestLength);
}

/** A line of a digest. */
export const lineOf = (key: string, print: string) => `${key}\u0000${print}`;

/** The digest of a bucket as it is kept: over the records that are there, missing ones among them. */
export function digestOfEntries(entries: ReadonlyMap<string, SnapshotEntry>): string {
  const live = [...entries].filter(([, entry]) => entry.x === undefined);
  return digestOf(live.map(([key, { f }]) => lineOf(key, f)));
}

/** One hash over the digests of all buckets. */
export function contentHashOf(digests: readonly string[]): string {
  return hash(digests.join("")).slice(0, 27);
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
