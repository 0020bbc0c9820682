import type { Diff } from "../domain/diff.js";
import { changedPaths } from "../domain/fingerprint.js";
import { rotated, withoutIds } from "../domain/identity.js";
import { hashOf } from "../domain/ids.js";
import { removalPauseMs } from "../domain/polling.js";
import { isLive, recordOf } from "../domain/record.js";
import { canBeRestless, restlessPaths } from "../domain/restless.js";
import { type SourceState, uncompared } from "../domain/source.js";
import type { Scan } from "../domain/upstream.js";
import { mapInSlices } from "../slices.js";
import type { Entries } from "../store/snapshots.js";
import type { Parts, UpstreamParts } from "./parts.js";
import { knowByOther, putAside } from "./rewrite.js";
import { type CommitReport, type Poll, write } from "./write.js";

/** A scan beside its snapshot, and what differs. */
interface Comparison {
  readonly good: SourceState;
  readonly scan: Scan;
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
  const updated = found.steps.flatMap(({ key, change }) => {
    const entry = entries.get(key);
    return change?.kind === "updated" && entry ? [{ entry, record: change.record }] : [];
  });
  const created = found.steps.filter(({ change }) => change?.kind === "created").length;
  const common = scan.records.length - created;
  if (!canBeRestless(updated.length, common)) return null;
  const known = new Set(uncompared(state));
  const changed = await mapInSlices(updated, ({ entry, record }) =>
    changedPaths({ ...recordOf(entry), volatile }, record).filter((path) => !known.has(path)),
  );
  const paths = restlessPaths(changed, common);
  return paths.length === 0 ? null : putAside(poll, paths, updated.length, parts);
}

/** Ids that are new at each reading: seen twice, and not the same twice, the rows are known by what they are about. */
async function doubtIds(
  poll: Poll,
  { good, scan, sightings, entries }: Comparison,
  parts: Parts & UpstreamParts,
): Promise<CommitReport | null> {
  const { state, account } = poll;
  if (state.identity?.by !== "id" || !state.baselined) return null;
  const { natural, repeats } = parts.resource(state.resource);
  const seen = new Set(sightings.map(({ key }) => key));
  const gone = [...entries].filter(([key, entry]) => isLive(entry) && !seen.has(key));
  const come = sightings.filter(({ key }) => !entries.has(key));
  const before = gone.map(([, entry]) => natural(recordOf(entry)));
  const again = rotated(before, come, state.records);
  if (again.length === 0) return null;
  const ids = hashOf(again.map(({ key }) => key).sort());
  // The same ids as at the last reading: they changed once, and that was real.
  if (state.doubtedHash === ids) return null;
  if (state.doubtedHash !== null) return knowByOther(poll, scan, withoutIds(scan.records, repeats), parts);
  const reason = "Most rows came with other ids than before: looking again before anything is said";
  const doubts = { doubts: state.doubts + 1, doubtedHash: ids };
  const next: SourceState = { ...state, ...doubts, reason, paging: good.paging };
  const soon = parts.now() + removalPauseMs(account);
  const unsettled = { next, changed: false, events: [], nextPollAt: soon, isUnsettled: true };
  return write(poll, { ...unsettled, outcome: "scan" }, parts);
}
