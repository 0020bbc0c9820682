import { digestOf, type ScanDigest } from "../domain/diff.js";
import { fingerprint } from "../domain/fingerprint.js";
import type { Scan } from "../domain/upstream.js";
import { mapInSlices } from "../slices.js";

/** The digest of a scan. Others have their turn in between: a list can have a hundred thousand records. */
export async function digestScan(scan: Scan): Promise<ScanDigest> {
  return digestOf(scan, await mapInSlices(scan.records, fingerprint));
}
