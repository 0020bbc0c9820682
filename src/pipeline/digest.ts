import { addTo, contentHashOf, type Digests, newDigests } from "../domain/buckets.js";
import { hashOf } from "../domain/ids.js";
import type { Scan } from "../domain/upstream.js";
import { mapInSlices } from "../slices.js";

/** What a scan comes to, to be compared without looking at records. */
export interface ScanDigest {
  readonly digests: Digests;
  readonly contentHash: string;
  /** Hash over the values of the fields that are set aside; empty when none is. */
  readonly asideHash: string;
}

const known = new WeakMap<Scan["content"], ScanDigest & { readonly buckets: number }>();

/** Whether a content is known to come to this hash: then it need not be read to know what it holds. */
export const isContent = (content: Scan["content"], hash: string | null): boolean =>
  hash !== null && known.get(content)?.contentHash === hash;

/**
 * The digest of a scan: what was known of the same content, or of what it came from, amended. Otherwise every record
 * is looked at; others have their turn in between, since a list can have a hundred thousand.
 */
export async function digestScan(scan: Scan, buckets: number): Promise<ScanDigest> {
  const before = known.get(scan.content);
  if (before?.buckets === buckets) return before;
  const origin = scan.since && known.get(scan.since.content);
  const base = origin?.buckets === buckets ? origin.digests : null;
  const digests = base ? base.slice() : newDigests(buckets);
  if (base && scan.since) {
    for (const { key, print } of scan.since.removed) addTo(digests, key, print, -1);
    for (const { key, print } of scan.since.added) addTo(digests, key, print);
  } else {
    await mapInSlices(scan.records, ({ key, print }) => addTo(digests, key, print), 2_000);
  }
  const asides = scan.records.flatMap(({ key, aside }) => (aside === "" ? [] : [`${key} ${aside}`]));
  const asideHash = asides.length === 0 ? "" : hashOf(asides.sort());
  const digest = { digests, contentHash: contentHashOf(digests), asideHash, buckets };
  known.set(scan.content, digest);
  return digest;
}
