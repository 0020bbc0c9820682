import type { Diff } from "../domain/diff.js";
import { changedPaths } from "../domain/fingerprint.js";
import { isRotating, withoutIds } from "../domain/identity.js";
import { removalPauseMs } from "../domain/polling.js";
import { restlessPaths } from "../domain/restless.js";
import { type SourceState, uncompared } from "../domain/source.js";
import type { Scan } from "../domain/upstream.js";
import type { Entries } from "../store/snapshots.js";
import type { ScanDigest } from "./digest.js";
import type { Parts, UpstreamParts } from "./parts.js";
import { knowByOther, putAside } from "./rewrite.js";
import { type CommitReport, type Poll, write } from "./write.js";

/** A scan beside its snapshot, and what differs. */
interface Comparison {
  readonly good: SourceState;
  readonly scan: Scan;
  readonly digest: ScanDigest;
  readonly found: Diff;
  /** The entries of the buckets that differ, and the sightings that belong into them. */
  readonly entries: Entries;
  readonly sightings: Scan["records"];
}

/**
 * Whether what differs is a change of the upstream's ways rather than of the world. Then it is dealt with here and
 * told as that, and nothing else is stated; null when there is nothing to doubt.
 */
export async function doubt(
  poll: Poll,
  comparison: Comparison,
  parts: Parts & UpstreamParts,
): Promise<CommitReport | null> {
  const rotated = await doubtIds(poll, comparison, parts);
  if (rotated !== null) return rotated;
  const { found, entries, scan } = comparison;
  const { state } = poll;
  if (!state.baselined) return null;
  const { volatile } = parts.resource(state.resource);
  const known = new Set(uncompared(state));
  const updates = found.steps.flatMap(({ key, change }) => {
    const entry = entries.get(key);
    if (change?.kind !== "updated" || !entry) return [];
    const before = { fields: entry.d, client: entry.c, volatile };
    return [changedPaths(before, change.record).filter((path) => !known.has(path))];
  });
  const created = found.steps.filter(({ change }) => change?.kind === "created").length;
  const paths = restlessPaths(updates, scan.records.length - created);
  return paths.length === 0 ? null : putAside(poll, paths, updates.length, parts);
}

/** Ids that are new at each reading: seen twice, and not the same twice, the rows are known by what they are about. */
async function doubtIds(
  poll: Poll,
  { good, scan, digest, sightings, entries }: Comparison,
  parts: Parts & UpstreamParts,
): Promise<CommitReport | null> {
  const { state, account } = poll;
  if (state.identity?.by !== "id" || !state.baselined) return null;
  const { natural, repeats } = parts.resource(state.resource);
  const seen = new Set(sightings.map(({ key }) => key));
  const gone = [...entries].filter(([key, { x }]) => x === undefined && !seen.has(key));
  const come = sightings.filter(({ key }) => !entries.has(key));
  const before = gone.map(([, { d, c, k, o }]) =>
    natural({ fields: d, client: c, collection: k ?? null, occurredAt: o }),
  );
  const after = come.map((sighting) => sighting.natural);
  if (!isRotating(before, after, state.records)) return null;
  // The same ids as at the last reading: they changed once, and that was real.
  if (state.doubtedHash === digest.contentHash) return null;
  if (state.doubtedHash !== null) return knowByOther(poll, scan, withoutIds(scan.records, repeats), parts);
  const reason = "Most rows came with other ids than before: looking again before anything is said";
  const doubts = { doubts: state.doubts + 1, doubtedHash: digest.contentHash };
  const next: SourceState = { ...state, ...doubts, reason, paging: good.paging };
  const soon = parts.now() + removalPauseMs(account);
  return write(poll, { next, outcome: "scan", changed: false, events: [], nextPollAt: soon }, parts);
}
