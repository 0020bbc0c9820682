import type { JsonObject } from "./json.js";
import type { SourceKey } from "./record.js";

/**
 * `waiting`: never polled; `active`: the last poll was good; `failing`: it was not, and is tried again;
 * `off`: not allowed on this account, or gone; looked at again rarely.
 */
export type SourceStatus = "waiting" | "active" | "failing" | "off";

/** All that is kept of a source beside its snapshot. */
export interface SourceState extends SourceKey {
  readonly status: SourceStatus;
  /** Whether a snapshot exists that changes can be told against. */
  readonly baselined: boolean;
  /** Whether the first poll is a silent baseline, or compares with an empty snapshot. */
  readonly startsEmpty: boolean;
  /** Part of event ids: goes up when a snapshot is thrown away and begun anew. */
  readonly epoch: number;
  /** Start of the last good poll, ISO 8601. */
  readonly lastPolledAt: string | null;
  /** Start of the last good poll that read a list which held still. */
  readonly completeAt: string | null;
  /** Start of the last poll that found a change. */
  readonly lastChangedAt: string | null;
  readonly records: number;
  /** Rows of the last good poll that could not be read. */
  readonly unreadable: number;
  /** Failed polls in a row, and why the last one failed. */
  readonly failures: number;
  /** Whether it was told that this source fails; its recovery is told then, too. */
  readonly told: boolean;
  /** How often an unsteady list was looked at for a baseline. */
  readonly looks: number;
  readonly reason: string | null;
  /** Hash over the keys and fingerprints of the last good scan: an unchanged list needs no look at its records. */
  readonly contentHash: string | null;
  /** Records that were missing from the last complete scan and wait for a second look. */
  readonly missing: number;
  /** Requests that the last good poll took. */
  readonly pages: number;
  /** The flood that is being written: what is left of it after a crash belongs to the same hold. */
  readonly hold: string | null;
  /** What was learned of how the list is paged; the reader's own, opaque to everyone else. */
  readonly paging: JsonObject | null;
}

/** A source before its first poll. */
export function newSource(key: SourceKey, startsEmpty: boolean): SourceState {
  return {
    ...key,
    status: "waiting",
    baselined: false,
    startsEmpty,
    epoch: 1,
    lastPolledAt: null,
    completeAt: null,
    lastChangedAt: null,
    records: 0,
    unreadable: 0,
    failures: 0,
    told: false,
    looks: 0,
    reason: null,
    contentHash: null,
    missing: 0,
    pages: 1,
    hold: null,
    paging: null,
  };
}
