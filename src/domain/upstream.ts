import type { SessionState } from "./account.js";
import type { Path } from "./fingerprint.js";
import type { Identity, Sighting } from "./identity.js";
import type { JsonObject } from "./json.js";
import type { ResourceName, SnapshotEntry, SourceKey, SourceRecord } from "./record.js";

/** Why a request to the upstream gave no list. None of these ever reads as an empty list. */
export type UpstreamFailure =
  /** The session is no longer accepted. */
  | { readonly kind: "expired"; readonly reason: string }
  /** A bot challenge: the account stops and a person is asked. */
  | { readonly kind: "challenged"; readonly reason: string }
  /** This resource is not allowed on this account. */
  | { readonly kind: "forbidden"; readonly reason: string }
  /** The collection or resource does not exist any more. */
  | { readonly kind: "gone"; readonly reason: string }
  /** 400 or 422: the request is wrong or the endpoint changed. */
  | { readonly kind: "rejected"; readonly reason: string }
  /** 429: the whole account slows down. `afterMs` as far as the upstream said. */
  | { readonly kind: "rate_limited"; readonly reason: string; readonly afterMs: number | null }
  /** Trouble that passes: 5xx, timeouts, resets, truncated bodies. */
  | { readonly kind: "transient"; readonly reason: string; readonly afterMs: number | null }
  /** An answer of an unknown form: the endpoint changed, or it is garbage. */
  | {
      readonly kind: "shape_changed";
      readonly reason: string;
      /** The rows cannot be known any more by what they were known by. */
      readonly lostIdentity?: boolean;
    }
  /** We were told to stop while it ran. */
  | { readonly kind: "aborted"; readonly reason: string };

/** What came into, and went out of, an earlier content; of what changed both. */
export interface Since {
  readonly content: object;
  readonly added: readonly Sighting[];
  readonly removed: readonly Sighting[];
}

/** What a reading of a list's head saw. */
export interface HeadSight {
  /** New records that stood before all that was known. */
  readonly front: ReadonlySet<string>;
  /** The records of the head that was read before this one, as they were committed, and when (ISO 8601). */
  readonly seen: { readonly at: string; readonly keys: ReadonlySet<string> } | null;
}

/** One reading of a list: of all of it, or of its head, and then the rest is as it was. */
export interface Scan {
  readonly kind: "scan";
  /** By key, one for each. */
  readonly records: readonly Sighting[];
  /** Stands for their keys and fingerprints: the same object for the same ones, where that is known. */
  readonly content: object;
  /** How they differ from an earlier content, where that is known. */
  readonly since: Since | null;
  /** What the keys are; null for a list without rows. */
  readonly identity: Identity | null;
  /** Rows that could not be read, with the reason of the first few. */
  readonly unreadable: { readonly count: number; readonly reasons: readonly string[] };
  /** Whether absence from this scan means anything: every page good, total stable, nothing shifted, all rows read. */
  readonly complete: boolean;
  /** Requests it took. */
  readonly pages: number;
  /** What was learned of the paging, to be handed to the next reading. */
  readonly paging: JsonObject | null;
  /** Whether what may lie behind its only page was not looked for. */
  readonly skipped?: boolean;
  /** Where only the head was read: never complete, and nothing is absent from it. */
  readonly head?: HeadSight;
  /** Keys page by page, in the order of the list, where each row stands for a record of its own. */
  readonly order?: () => readonly (readonly string[])[] | null;
}

export type ReadOutcome = Scan | UpstreamFailure;

/** What happened to one record between two snapshots. */
export interface Change {
  readonly kind: "created" | "updated" | "removed" | "restored";
  readonly key: string;
  /** The record now; for a removal, as it was last seen. */
  readonly record: SourceRecord;
  /** Old values of the changed fields; null on creation. */
  readonly previous: JsonObject | null;
  readonly revision: number;
  /** For a removal: start of the last complete scan that had the record, ISO 8601; null when that is not known. */
  readonly notBefore?: string | null;
}

/** A change with the snapshot entry that must be stored in the same step. */
export interface Step {
  readonly key: string;
  readonly entry: SnapshotEntry;
  /** Null when only bookkeeping moves (a record went missing, or was found again). */
  readonly change: Change | null;
}

/** What the pipeline needs to know of a resource; `pixieset/resources` holds the rest. */
export interface Resource {
  readonly name: ResourceName;
  readonly scope: "account" | "collection";
  /** Whether the same thing can be done twice: then alike rows without ids are two acts. */
  readonly repeats: boolean;
  /** Fields that change by themselves. */
  readonly volatile: readonly string[];
  /** Hash of what a record is about, whatever its id. */
  natural(record: Pick<SourceRecord, "fields" | "client" | "collection" | "occurredAt">): string;
  /** Event types that state a change: one, or two for a record that is already further when first seen. */
  events(change: Change): readonly string[];
}

/** How a list is to be read. */
export interface Reading {
  /** What an earlier reading gave as `paging`. */
  readonly paging: JsonObject | null;
  /** What the rows are known by; null to choose. */
  readonly identity: Identity | null;
  /** Leaves that are not compared. */
  readonly aside: readonly Path[];
  /** Whether rows that are the same as in the last reading are read all the same. */
  readonly fresh: boolean;
  /** Whether the end is looked for even where the list is known to have one page: absence is to be judged. */
  readonly toTheEnd: boolean;
  /** Whether it may end at the first page on which nothing is new; null: the whole list is read. */
  readonly head: HeadWish | null;
  /** Who has to be signed in for what differs to be believed; null where nobody else can be. */
  readonly whose: Whose | null;
}

/** Leave to read in a browser, in which somebody else may have signed in. */
export interface Whose {
  /** Whose lists they are, as far as that is known. */
  readonly user: SessionState["user"];
  /** Whether this is what the source's snapshot holds now, and nothing waits to be concluded from it. */
  isSaid(scan: Scan): Promise<boolean>;
}

/** Leave to read a list's head only. */
export interface HeadWish {
  /** Whether this is what the source's snapshot holds now. */
  isCommitted(content: Scan["content"]): boolean;
  /** Start of the poll, ISO 8601. */
  readonly at: string;
}

/** Reads lists and sessions from the upstream for one account. Never throws for what the upstream does. */
export interface Upstream {
  /** Reads a list to its end, or to that of its head where that will do, asking `gate` before each request. */
  read(source: SourceKey, reading: Reading, gate: Gate): Promise<ReadOutcome>;
  /** Asks whether the session is still good, and whose it is. */
  probe(gate: Gate): Promise<ProbeOutcome>;
}

export type ProbeOutcome =
  | {
      readonly kind: "active";
      readonly user: { readonly name: string | null; readonly email: string | null } | null;
    }
  | UpstreamFailure;

/** What the upstream says of its own budget, as far as it can be believed. */
export interface ToldLimit {
  /** Whose budget: each has its own. */
  readonly by: string;
  /** Requests that are left until the reset. */
  readonly remaining: number;
  /** Until the reset, ms. */
  readonly resetMs: number;
}

/** What came of one request: how it was judged, and what was said of the budget. */
export interface Heard {
  readonly kind: "ok" | UpstreamFailure["kind"];
  /** The pause that was asked for, ms. */
  readonly afterMs?: number | null;
  readonly limit: ToldLimit | null;
}

/** Lets one request through, within the budget. */
export interface Gate {
  /** Resolves when a request may be made; rejects never. `false`: do not make it, we are told to stop. */
  enter(): Promise<boolean>;
  /** Hears what came of each request, so that the account asks less where the upstream bears less. */
  heard?(answer: Heard): Promise<void>;
  readonly signal: AbortSignal;
}
