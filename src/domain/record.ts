import type { JsonObject } from "./json.js";

export const resourceNames = [
  "collections",
  "downloads",
  "photo_downloads",
  "video_downloads",
  "favorites",
  "sharing_links",
  "starred_photos",
  "invoices",
  "payments",
  "clients",
  "contracts",
  "questionnaires",
  "quotes",
] as const;

/** A kind of upstream list. */
export type ResourceName = (typeof resourceNames)[number];

/** Who did it, as far as the upstream tells. */
export interface ClientReference {
  readonly id: string | null;
  readonly name: string | null;
  readonly email: string | null;
}

/** The collection that something happened in. */
export interface CollectionReference {
  readonly id: string;
  readonly name: string | null;
}

/** One row of a source, normalised: free of secrets, complete, and the same for the same upstream row. */
export interface SourceRecord {
  /** Identity within the source. Compared as text, never a URL or a position. */
  readonly key: string;
  /** Exactly the `object` of an event about this record: every key present, null when unknown. */
  readonly fields: JsonObject;
  readonly client: ClientReference | null;
  /** The collection that the row names, where the source is not one collection's already. */
  readonly collection?: CollectionReference | null;
  /** The upstream's own time of the act, ISO 8601 in UTC; null unless the upstream gave a zone. */
  readonly occurredAt: string | null;
  /** Names of `fields` that change by themselves (counters, signed URLs, formatted amounts): kept, not compared. */
  readonly volatile?: readonly string[];
}

/** A source: one resource in one scope. `scope` is null for the whole account. */
export interface SourceKey {
  readonly id: string;
  readonly account: string;
  readonly resource: ResourceName;
  readonly scope: CollectionReference | null;
}

/** What is stored of one record. Kept short: there is one for each favorite a client ever made. */
export interface SnapshotEntry {
  /** Revision: 0 at a silent baseline, one more for each change since. */
  readonly r: number;
  /** Fingerprint of what is compared. */
  readonly f: string;
  /** The fields, as last seen. */
  readonly d: JsonObject;
  readonly c: ClientReference | null;
  /** The collection that the row named, if it did. */
  readonly k?: CollectionReference;
  readonly o: string | null;
  /** Since when (ms) the record has been missing from complete scans. */
  readonly m?: number;
  /** Start of the last complete scan that had it, for one that is missing. */
  readonly b?: string;
  /** When (ms) the removal was stated; the entry stays, without its fields, so that revisions go on. */
  readonly x?: number;
}

/** Whether the record is there, or missing, as far as anybody was told. */
export const isLive = (entry: SnapshotEntry) => entry.x === undefined;

/** A record as it was last seen. */
export function recordOf(entry: SnapshotEntry): Omit<SourceRecord, "key" | "volatile"> {
  return { fields: entry.d, client: entry.c, collection: entry.k ?? null, occurredAt: entry.o };
}
