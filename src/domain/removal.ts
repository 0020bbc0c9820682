import { fullyReadAt } from "./head.js";
import { recordOf, type SnapshotEntry } from "./record.js";
import type { SourceState } from "./source.js";
import type { Step } from "./upstream.js";

/** A list that lost more than this share of its records is doubted. */
const doubtedShare = 1 / 5;

const longestDoubtMs = 3_600_000;

/** What is known when the absence of records is judged. */
export interface Absence {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How long a record must be missing before its absence is believed, ms. */
  readonly removalPauseMs: number;
  /** Start of the last complete scan before this one, ISO 8601; null when there was none. */
  readonly completeAt: string | null;
  /** Whether only what is new is told: then a removal is noted in silence. */
  readonly insertsOnly: boolean;
  /** When (ms) something of the account was last seen to be well: another list, or, after an hour, the session. */
  readonly witnessedAt: number | null;
}

/** Whether so many are gone that the list itself is doubted. */
export function isDoubtful(absent: number, live: number): boolean {
  return absent > live * doubtedShare;
}

/** `missing`: noted, and waits for a second look; `doubted`: would be believed if the list had not shrunk so much. */
export type AbsenceStep = { readonly step: Step } | "missing" | "doubted";

/** A record that a complete scan does not have: noted the first time, removed at a later look that can be believed. */
export function judgeAbsence(
  key: string,
  entry: SnapshotEntry,
  absence: Absence,
  doubtful: boolean,
): AbsenceStep {
  const { now, removalPauseMs, completeAt, witnessedAt } = absence;
  if (entry.m === undefined) {
    const noted = { ...entry, m: now, ...(completeAt === null ? {} : { b: completeAt }) };
    return { step: { key, entry: noted, change: null } };
  }
  if (now - entry.m < removalPauseMs) return "missing";
  const witnessed = witnessedAt !== null && witnessedAt > entry.m;
  if (doubtful && !witnessed) return "doubted";
  const revision = entry.r + 1;
  const removed: SnapshotEntry = { r: revision, f: "", d: {}, c: null, o: null, x: now };
  if (absence.insertsOnly) return { step: { key, entry: removed, change: null } };
  const record = { ...recordOf(entry), key };
  const change = {
    kind: "removed",
    key,
    record,
    previous: null,
    revision,
    notBefore: entry.b ?? null,
  } as const;
  return { step: { key, entry: removed, change } };
}

/** When (ms) another list was last read as a whole, and was as full as before: the upstream is well. Null when none was. */
export function witnessedBy(
  others: readonly Pick<
    SourceState,
    "status" | "missing" | "contentHash" | "records" | "lastPolledAt" | "fullAt"
  >[],
): number | null {
  const times = others.flatMap((other) => {
    const { status, missing, contentHash, records } = other;
    const readAt = fullyReadAt(other);
    // Without a content hash some of its records were not there, and not judged either.
    const isWell = status === "active" && missing === 0 && contentHash !== null && records > 0;
    return isWell && readAt !== null ? [Date.parse(readAt)] : [];
  });
  return times.length === 0 ? null : Math.max(...times);
}

/**
 * Whether a shrink is so old that a good session is enough: an account can have one list alone. `since`: when (ms) its
 * first record was missed.
 */
export const isOldDoubt = (since: number, now: number) => now - since >= longestDoubtMs;
