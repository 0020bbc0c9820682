import { contentHash, fingerprint } from "./fingerprint.js";
import { canonicalJson, type JsonObject } from "./json.js";
import type { SnapshotEntry, SourceRecord } from "./record.js";
import type { Change, Scan } from "./upstream.js";

/**
 * How a scan is read. `silent`: a first look that states nothing; `stated`: a first look whose records are told as
 * backfill; `compare`: against a snapshot, which may be empty.
 */
export type DiffMode = "silent" | "stated" | "compare";

/** A change with the snapshot entry that must be stored in the same step. */
export interface Step {
  readonly key: string;
  readonly entry: SnapshotEntry;
  /** Null when only bookkeeping moves (a record went missing, or was found again). */
  readonly change: Change | null;
}

export interface Diff {
  readonly steps: readonly Step[];
  /** Records that are missing and wait for a second look. */
  readonly missing: number;
  /** Records that an incomplete scan did not have: the next one must be looked at whole, even if it is the same. */
  readonly unjudged: number;
  /** Live records after these steps. */
  readonly records: number;
}

/** Keys and fingerprints of a scan, and one hash over them. */
export interface ScanDigest {
  readonly fingerprints: ReadonlyMap<string, string>;
  readonly contentHash: string;
}

/** The digest of a scan, given the fingerprints of its records in their order. */
export function digestOf(scan: Scan, prints: readonly string[]): ScanDigest {
  const fingerprints = new Map(scan.records.map(({ key }, index) => [key, prints[index] ?? ""]));
  return { fingerprints, contentHash: contentHash(fingerprints) };
}

function entryOf(record: SourceRecord, print: string, revision: number): SnapshotEntry {
  const { collection } = record;
  const named = collection ? { k: collection } : {};
  return { r: revision, f: print, d: record.fields, c: record.client, o: record.occurredAt, ...named };
}

function recordOf(key: string, entry: SnapshotEntry): SourceRecord {
  return { key, fields: entry.d, client: entry.c, collection: entry.k ?? null, occurredAt: entry.o };
}

/**
 * Old values of the fields that differ; of the client too, since it is told beside them. A field that the entry
 * does not know yet (it was stored by an older version) does not differ.
 */
function previousOf(entry: SnapshotEntry, record: SourceRecord): JsonObject {
  const previous: JsonObject = {};
  for (const [name, old] of Object.entries(entry.d)) {
    const now = record.fields[name] ?? null;
    if (!record.volatile?.includes(name) && canonicalJson(old) !== canonicalJson(now)) previous[name] = old;
  }
  const before = entry.c && { ...entry.c };
  const after = record.client && { ...record.client };
  if (canonicalJson(before) !== canonicalJson(after)) previous.client = before;
  return previous;
}

function stepFor(
  record: SourceRecord,
  print: string,
  entry: SnapshotEntry | undefined,
  mode: DiffMode,
): Step | null {
  const { key } = record;
  if (!entry) {
    const revision = mode === "compare" ? 1 : 0;
    const change: Change = { kind: "created", key, record, previous: null, revision };
    return { key, entry: entryOf(record, print, revision), change: mode === "silent" ? null : change };
  }
  const revision = entry.r + 1;
  if (entry.x !== undefined) {
    const change: Change = { kind: "restored", key, record, previous: null, revision };
    return { key, entry: entryOf(record, print, revision), change };
  }
  if (entry.f !== print) {
    const previous = previousOf(entry, record);
    if (Object.keys(previous).length === 0)
      return { key, entry: entryOf(record, print, entry.r), change: null };
    const change: Change = { kind: "updated", key, record, previous, revision };
    return { key, entry: entryOf(record, print, revision), change };
  }
  if (entry.m === undefined) return null;
  const { m: _missing, b: _before, ...present } = entry;
  return { key, entry: present, change: null };
}

/** A record that a complete scan does not have: noted the first time, removed the second. */
function stepForAbsent(key: string, entry: SnapshotEntry, options: DiffOptions): Step | null {
  const { now, removalPauseMs, completeAt } = options;
  if (entry.m === undefined) {
    const noted = { ...entry, m: now, ...(completeAt === null ? {} : { b: completeAt }) };
    return { key, entry: noted, change: null };
  }
  if (now - entry.m < removalPauseMs) return null;
  const revision = entry.r + 1;
  const change: Change = {
    kind: "removed",
    key,
    record: recordOf(key, entry),
    previous: null,
    revision,
    notBefore: entry.b ?? null,
  };
  return { key, entry: { r: revision, f: "", d: {}, c: null, o: null, x: now }, change };
}

/** By the upstream's own time where both have one; in list order otherwise. */
function byTime(a: Step, b: Step): number {
  const [left, right] = [a.change?.record.occurredAt, b.change?.record.occurredAt];
  if (!left || !right || left === right) return 0;
  return left < right ? -1 : 1;
}

export interface DiffOptions {
  readonly mode: DiffMode;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How long a record must be missing before its absence is believed, ms. */
  readonly removalPauseMs: number;
  /** Start of the last complete scan before this one, ISO 8601; null when there was none. */
  readonly completeAt: string | null;
}

/**
 * The difference between a snapshot and a scan. Absence counts only when the scan is complete, and only at the
 * second look, `removalPauseMs` or more after the first.
 */
export function diff(
  entries: ReadonlyMap<string, SnapshotEntry>,
  scan: Scan,
  digest: ScanDigest,
  options: DiffOptions,
): Diff {
  const steps: Step[] = [];
  for (const record of scan.records) {
    const print = digest.fingerprints.get(record.key) ?? fingerprint(record);
    const step = stepFor(record, print, entries.get(record.key), options.mode);
    if (step) steps.push(step);
  }
  let missing = 0;
  let unjudged = 0;
  let records = scan.records.length;
  for (const [key, entry] of entries) {
    if (digest.fingerprints.has(key) || entry.x !== undefined) continue;
    const step = scan.complete ? stepForAbsent(key, entry, options) : null;
    if (step) steps.push(step);
    if (step?.change?.kind === "removed") continue;
    records++;
    if (!scan.complete) unjudged++;
    if (entry.m !== undefined || step) missing++;
  }
  return { steps: steps.toSorted(byTime), missing, unjudged, records };
}
