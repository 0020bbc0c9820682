import type { Activity } from "./activity.js";
import type { Path } from "./fingerprint.js";
import type { Identity } from "./identity.js";
import type { JsonObject } from "./json.js";
import { type ListOrder, unknownOrder } from "./order.js";
import type { SourceKey } from "./record.js";
import { type Aside, nothingAside } from "./restless.js";

/**
 * `waiting`: never polled; `active`: the last poll was good; `failing`: it was not, and is tried again;
 * `off`: not allowed on this account, or gone; looked at again rarely.
 */
export const sourceStatuses = ["waiting", "active", "failing", "off"] as const;
export type SourceStatus = (typeof sourceStatuses)[number];

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
  /** Start of the last good poll that read the whole list, and not its head only. */
  readonly fullAt: string | null;
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
  /** Of these, the ones that wait for another list of the account to show that the upstream is well. */
  readonly doubted: number;
  /** What the keys of the snapshot are; null as long as it never had a record. `version`: one more for each change. */
  readonly identity: { readonly by: Identity; readonly version: number } | null;
  /**
   * Readings in a row in which the rows could not be known by that: had lost it, or came under other ids than before;
   * and a hash of those ids.
   */
  readonly doubts: number;
  readonly doubtedHash: string | null;
  /** Fields that change by themselves, as far as it was learned. */
  readonly aside: Aside;
  /** Into how many buckets the snapshot is divided. */
  readonly buckets: number;
  /** What was learned of where new records appear in the list. */
  readonly order: ListOrder;
  /** Requests that the last good reading of the whole list took. */
  readonly pages: number;
  /** When (ms) the collection that it belongs to began; null when that is not known, and for lists of the account. */
  readonly bornAt: number | null;
  /** What was learned of how often something happens in it; null before the first good poll. */
  readonly activity: Activity | null;
  /** Whether it is polled at a time that was set, and not before, whatever its index: a second look, after a failure. */
  readonly appointed: boolean;
  /** What a hint said of it at its last good poll: it may have changed when the hint says something else. */
  readonly hint: string | null;
  /** The flood that is being written: what is left of it after a crash belongs to the same hold. */
  readonly hold: string | null;
  /** What was learned of how the list is paged; the reader's own, opaque to everyone else. */
  readonly paging: JsonObject | null;
}

/** The leaves of its records that are not compared: what was set aside, and an id that is no identity. */
export function uncompared(state: Pick<SourceState, "identity" | "aside">): Path[] {
  const isKnownByIt = state.identity === null || state.identity.by === "id";
  return isKnownByIt ? [...state.aside.paths] : ["id", ...state.aside.paths];
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
    fullAt: null,
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
    doubted: 0,
    identity: null,
    doubts: 0,
    doubtedHash: null,
    aside: nothingAside,
    buckets: 1,
    order: unknownOrder,
    pages: 1,
    bornAt: null,
    activity: null,
    appointed: true,
    hint: null,
    hold: null,
    paging: null,
  };
}
