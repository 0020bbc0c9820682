import { bucketOf, contentHashOf, digestOf, lineOf } from "../domain/buckets.js";
import { hashOf } from "../domain/ids.js";
import type { Scan } from "../domain/upstream.js";
import { mapInSlices } from "../slices.js";

/** What a scan comes to, to be compared without looking at records. */
export interface ScanDigest {
  /** One for each bucket. */
  readonly digests: readonly string[];
  readonly contentHash: string;
  /** Hash over the values of the fields that are set aside; empty when none is. */
  readonly asideHash: string;
}

/** A scan that says the same as the last gives the very same array: its digest is known. */
const known = new WeakMap<Scan["records"], ScanDigest & { readonly buckets: number }>();

/** The digest of a scan. Others have their turn in between: a list can have a hundred thousand records. */
export async function digestScan({ records }: Pick<Scan, "records">, buckets: number): Promise<ScanDigest> {
  const before = known.get(records);
  if (before?.buckets === buckets) return before;
  const lines = Array.from({ length: buckets }, (): string[] => []);
  await mapInSlices(records, ({ key, print }) => lines[bucketOf(key, buckets)]?.push(lineOf(key, print)));
  const digests = await mapInSlices(lines, digestOf);
  const asides = records.flatMap(({ key, aside }) => (aside === "" ? [] : [lineOf(key, aside)]));
  const asideHash = asides.length === 0 ? "" : hashOf(asides.sort());
  const digest = { digests, contentHash: contentHashOf(digests), asideHash, buckets };
  known.set(records, digest);
  return digest;
}
