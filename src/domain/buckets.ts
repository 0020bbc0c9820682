import { createHash } from "node:crypto";
import type { SnapshotEntry } from "./record.js";

/**
 * A snapshot is kept in buckets, each with a digest, so that a poll reads and writes only the buckets in which
 * something differs, whatever the size of the list. The number of buckets is a power of two and grows with the list.
 */
const recordsInBucket = 64;
const mostInBucket = 4 * recordsInBucket;

/** Characters of a digest. */
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

const prime = 0x01000193;

/** FNV-1a (Fowler, Noll, Vo) over UTF-16 units, from another start for another hash. */
function fnv(text: string, start: number): number {
  let hash = start;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, prime);
  }
  return hash;
}

/** Mixes all bits into all others: the finalizer of MurmurHash3 (Appleby). */
function mixed(hash: number): number {
  let mix = hash;
  mix = Math.imul(mix ^ (mix >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return mix ^ (mix >>> 16);
}

const firstStart = 0x811c9dc5;
const secondStart = 0x1b873593;

/** The bucket of a key. */
export function bucketOf(key: string, buckets: number): number {
  return mixed(fnv(key, firstStart)) & (buckets - 1);
}

/** A number of 40 bits for a text: sums of thousands of them are exact, and tell sets of texts apart. */
export function markOf(text: string): number {
  return (mixed(fnv(text, firstStart)) >>> 0) + (mixed(fnv(text, secondStart)) & 0xff) * 2 ** 32;
}

/**
 * Digests that add up: for each bucket a sum of 64 bits over a hash of each key and fingerprint. The order does not
 * matter, and what changed can be taken out and put in without a look at the rest.
 */
export type Digests = Uint32Array;

export const newDigests = (buckets: number): Digests => new Uint32Array(2 * buckets);

/** Puts a record into digests; with `sign` -1 it is taken out. */
export function addTo(digests: Digests, key: string, print: string, sign: 1 | -1 = 1): void {
  const at = 2 * bucketOf(key, digests.length / 2);
  const first = fnv(print, Math.imul(fnv(key, firstStart), prime));
  const second = fnv(print, Math.imul(fnv(key, secondStart), prime));
  digests[at] = (digests[at] ?? 0) + sign * mixed(first);
  digests[at + 1] = (digests[at + 1] ?? 0) + sign * mixed(second ^ (first >>> 7));
}

/** The digest of one bucket, as it is stored. */
export function digestAt(digests: Digests, bucket: number): string {
  const [high = 0, low = 0] = digests.subarray(2 * bucket, 2 * bucket + 2);
  if (high === 0 && low === 0) return emptyDigest;
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(high, 0);
  bytes.writeUInt32BE(low, 4);
  return bytes.toString("base64");
}

/** One hash over all buckets. */
export function contentHashOf(digests: Digests): string {
  return createHash("sha256").update(digests).digest("base64url").slice(0, 27);
}

/**
 * The digest of a bucket as it is kept: over the records that are there. One that is missing makes it differ from any
 * scan's, so that the bucket is looked at until the record is gone for good, or is found and not missing any more.
 */
export function digestOfEntries(entries: ReadonlyMap<string, SnapshotEntry>): string {
  const digests = newDigests(1);
  for (const [key, { f, m, x }] of entries) {
    if (x === undefined) addTo(digests, key, m === undefined ? f : `${f} missing`);
  }
  return digestAt(digests, 0);
}
