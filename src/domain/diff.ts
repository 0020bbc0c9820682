import { compared, comparedClient, type Path } from "./fingerprint.js";
import { naturalOfKey, type Sighting } from "./identity.js";
import { canonicalJson, type JsonObject } from "./json.js";
import { isLive, recordOf, type SnapshotEntry, type SourceRecord } from "./record.js";
import { type Absence, isDoubtful, judgeAbsence } from "./removal.js";
import type { Change, Step } from "./upstream.js";

/**
 * How a scan is read. `silent`: a first look that states nothing; `stated`: a first look whose records are told as
 * backfill; `compare`: against a snapshot, which may be empty.
 */
export type DiffMode = "silent" | "stated" | "compare";

export interface Diff {
  readonly steps: readonly Step[];
  /** Records that are missing and wait for a second look. */
  readonly missing: number;
  /** Of these, the ones whose absence would be believed if the list had not shrunk so much. */
  readonly doubted: number;
  /** Records that an incomplete scan did not have: the next one must be looked at whole, even if it is the same. */
  readonly unjudged: number;
  /** Live records after these steps. */
  readonly records: number;
  /** Whether a record was needed that was not read again: then nothing else here counts. */
  readonly unread: boolean;
}

export interface DiffOptions extends Absence {
  readonly mode: DiffMode;
  /** Whether absence from the scan means anything. */
  readonly complete: boolean;
  /** Live records of the whole source before, of which `entries` can be a part. */
  readonly live: number;
  /** Leaves that are not compared. */
  readonly aside: ReadonlySet<Path>;
  /** All that was seen of the source, of which `sightings` can be a part. */
  readonly keys: readonly { readonly key: string }[];
}

function entryOf(record: SourceRecord, print: string, revision: number): SnapshotEntry {
  const { collection } = record;
  const named = collection ? { k: collection } : {};
  return { r: revision, f: print, d: record.fields, c: record.client, o: record.occurredAt, ...named };
}

/**
 * Old values of the fields that differ; of the client too, since it is told beside them. A field that the entry
 * does not know yet (it was stored by an older version) does not differ.
 */
function previousOf(entry: SnapshotEntry, record: SourceRecord, aside: ReadonlySet<Path>): JsonObject {
  const { volatile = [] } = record;
  const before = compared({ ...recordOf(entry), volatile }, aside);
  const now = compared(record, aside);
  const previous: JsonObject = {};
  for (const name of Object.keys(entry.d)) {
    if (canonicalJson(before[name] ?? null) !== canonicalJson(now[name] ?? null))
      previous[name] = entry.d[name] ?? null;
  }
  const [who, whoNow] = [comparedClient(entry.c, aside), comparedClient(record.client, aside)];
  if (canonicalJson(who) !== canonicalJson(whoNow)) previous.client = entry.c && { ...entry.c };
  return previous;
}

/** What a sighting means beside its entry; "unread" when the record itself is needed and not there. */
function stepFor(
  sighting: Sighting,
  entry: SnapshotEntry | undefined,
  options: DiffOptions,
  insertsOnly: boolean,
): Step | "unread" | null {
  const { key, print } = sighting;
  if (entry && isLive(entry) && entry.f === print) {
    if (entry.m === undefined) return null;
    const { m: _missing, b: _before, ...present } = entry;
    return { key, entry: present, change: null };
  }
  if (!sighting.record) return "unread";
  const record: SourceRecord = { ...sighting.record, key };
  if (!entry) {
    const revision = options.mode === "compare" ? 1 : 0;
    const change: Change = { kind: "created", key, record, previous: null, revision };
    return {
      key,
      entry: entryOf(record, print, revision),
      change: options.mode === "silent" ? null : change,
    };
  }
  const revision = entry.r + 1;
  if (!isLive(entry)) {
    const change: Change = { kind: "restored", key, record, previous: null, revision };
    return { key, entry: entryOf(record, print, revision), change };
  }
  const previous = previousOf(entry, record, options.aside);
  if (insertsOnly || Object.keys(previous).length === 0)
    return { key, entry: entryOf(record, print, entry.r), change: null };
  const change: Change = { kind: "updated", key, record, previous, revision };
  return { key, entry: entryOf(record, print, revision), change };
}

/** By the upstream's own time where both have one; in list order otherwise. */
function byTime(a: Step, b: Step): number {
  const [left, right] = [a.change?.record.occurredAt, b.change?.record.occurredAt];
  if (!left || !right || left === right) return 0;
  return left < right ? -1 : 1;
}

/** Keys by occurrence of which there is more than one: which of the alike rows is which cannot be known. */
function ambiguous(keys: Iterable<string>): Set<string> {
  const several = new Set<string>();
  for (const key of keys) {
    const natural = naturalOfKey(key);
    if (natural !== key) several.add(natural);
  }
  return several;
}

/**
 * The difference between entries of a snapshot and the sightings that belong beside them: of the whole source, or of
 * those of its parts that differ. Absence counts only when the scan is complete, and only at a second look.
 */
export function diff(
  entries: ReadonlyMap<string, SnapshotEntry>,
  sightings: readonly Sighting[],
  options: DiffOptions,
): Diff {
  const steps: Step[] = [];
  const seen = new Set(sightings.map(({ key }) => key));
  const several = options.insertsOnly
    ? ambiguous([...options.keys.map(({ key }) => key), ...entries.keys()])
    : null;
  let unread = false;
  for (const sighting of sightings) {
    const isOneOfSeveral = several?.has(naturalOfKey(sighting.key)) === true;
    const step = stepFor(sighting, entries.get(sighting.key), options, isOneOfSeveral);
    if (step === "unread") unread = true;
    else if (step) steps.push(step);
  }
  const absent = [...entries].filter(([key, entry]) => !seen.has(key) && isLive(entry));
  const doubtful = isDoubtful(absent.length, options.live);
  let removed = 0;
  let doubted = 0;
  let missing = 0;
  for (const [key, entry] of absent) {
    const judged = options.complete ? judgeAbsence(key, entry, options, doubtful) : "missing";
    if (judged === "doubted") doubted++;
    if (typeof judged === "object") steps.push(judged.step);
    if (typeof judged === "object" && !isLive(judged.step.entry)) removed++;
    else if (entry.m !== undefined || options.complete) missing++;
  }
  return {
    steps: steps.toSorted(byTime),
    missing,
    doubted,
    unjudged: options.complete ? 0 : absent.length,
    records: sightings.length + absent.length - removed,
    unread,
  };
}
