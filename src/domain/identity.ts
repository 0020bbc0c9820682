import type { SourceRecord } from "./record.js";

/**
 * How the rows of a list are told apart. `id`: by their own id; `natural`: by what they are about (who, what, which
 * list), which is unique; `occurrence`: by that too, and alike rows by a running number, so that only what is new can
 * be told of them.
 */
export const identities = ["id", "natural", "occurrence"] as const;
export type Identity = (typeof identities)[number];

/** A row as it was read, with everything that it could be known by. */
export interface Candidate {
  /** Its own id, never its photo's. */
  readonly id: string | null;
  /** Hash of what it is about. */
  readonly natural: string;
  /** Fingerprint of what is compared. */
  readonly print: string;
  /** Hash of what was set aside from comparing; empty when nothing is. */
  readonly aside: string;
  /** Whether it is one of several parts of what its id stands for. */
  readonly isPart?: boolean;
  /** Words (see `marks`) that change when something may have happened in the lists that belong to this row. */
  readonly hint?: string;
  /** Null for a row that is the same as in the last reading, and was not read again. */
  readonly record: Omit<SourceRecord, "key"> | null;
}

/** A record as a scan saw it. */
export type Sighting = Keyed<Candidate>;

type Keyed<C> = C & { readonly key: string };

/** Of a whole list, page by page. */
export interface Identified<C extends Candidate = Candidate> {
  readonly kind: "identified";
  /** Null for a list without rows: nothing speaks for one or the other. */
  readonly identity: Identity | null;
  /** By key, one for each. */
  readonly sightings: readonly Keyed<C>[];
  /** Whether a row stood on two pages: the list moved while it was read. */
  readonly shifted: boolean;
  /** Rows without an id in a list whose rows are known by theirs. */
  readonly nameless: number;
}

export interface Lost {
  readonly kind: "lost";
  readonly reason: string;
}

interface Options {
  /** Whether the upstream's count is that of the rows: then alike rows on two pages are two. */
  readonly countsAgree: boolean;
  /** Whether the same thing can be done twice, so that alike rows are two acts and not one told twice. */
  readonly repeats: boolean;
}

/** Whether one id stands for two things. */
function hasClash(rows: readonly Candidate[]): boolean {
  const seen = new Map<string, string>();
  for (const { id, natural, isPart } of rows) {
    if (id === null || isPart) continue;
    const before = seen.get(id);
    if (before !== undefined && before !== natural) return true;
    seen.set(id, natural);
  }
  return false;
}

/** Whether rows about the same thing are the same in all that is compared. */
function isUnique(rows: readonly Candidate[]): boolean {
  const seen = new Map<string, string>();
  for (const { natural, print } of rows) {
    const before = seen.get(natural);
    if (before !== undefined && before !== print) return false;
    seen.set(natural, print);
  }
  return true;
}

/** The identity without ids. */
export function withoutIds(rows: readonly Candidate[], repeats: boolean): Identity {
  return !repeats && isUnique(rows) ? "natural" : "occurrence";
}

function choose(rows: readonly Candidate[], repeats: boolean): Identity | null {
  if (rows.length === 0) return null;
  if (rows.every(({ id }) => id !== null) && !hasClash(rows)) return "id";
  return withoutIds(rows, repeats);
}

function lostReason(rows: readonly Candidate[], identity: Identity | null): string | null {
  if (identity === "natural" && !isUnique(rows))
    return "The rows were known by what they are about, and several are about the same now";
  if (identity !== "id") return null;
  const nameless = rows.filter(({ id }) => id === null).length;
  if (nameless * 2 > rows.length) return "The rows were known by their ids, and most have none any more";
  return hasClash(rows)
    ? "The rows were known by their ids, and one id stands for two different things now"
    : null;
}

/**
 * Tells the rows of a list apart. `identity` is what its snapshot is kept by, null before there is one: then the best
 * that holds is chosen. A list whose rows cannot be known any more as they were is `lost`: that is never changed in
 * silence.
 */
export function identify<C extends Candidate>(
  pages: readonly (readonly C[])[],
  identity: Identity | null,
  options: Options,
): Identified<C> | Lost {
  const rows = pages.flat();
  const reason = lostReason(rows, identity);
  if (reason !== null) return { kind: "lost", reason };
  return tellApart(pages, identity ?? choose(rows, options.repeats), options.countsAgree);
}

/** Gives rows the keys that an identity gives them, whether it holds for them or not. */
export function tellApart<C extends Candidate>(
  pages: readonly (readonly C[])[],
  chosen: Identity | null,
  countsAgree: boolean,
): Identified<C> {
  const sightings = new Map<string, Keyed<C>>();
  const pageOf = new Map<string, number>();
  const seen = new Map<string, number>();
  let shifted = false;
  let nameless = 0;
  for (const [page, candidates] of pages.entries()) {
    // Without a count to go by, the same row on a second page is a shifted page and not a second row.
    if (!countsAgree) seen.clear();
    for (const row of candidates) {
      const id = chosen === "id" ? row.id : null;
      const mark = id ?? row.natural;
      const before = pageOf.get(mark);
      if (before !== undefined && before !== page && (id !== null || !countsAgree)) shifted = true;
      pageOf.set(mark, page);
      if (chosen === "id" && row.id === null) {
        nameless++;
        continue;
      }
      const key = keyOf(row, chosen, seen);
      const twin = sightings.get(key);
      // Of two that are about the same thing, always the same one, whatever their order. From page to page it is the
      // later one: it changed while the list was read.
      if (twin && (chosen === "natural" || before === page) && twin.print <= row.print) continue;
      sightings.set(key, { ...row, key });
    }
  }
  return { kind: "identified", identity: chosen, sightings: [...sightings.values()], shifted, nameless };
}

function keyOf(row: Candidate, identity: Identity | null, seen: Map<string, number>): string {
  if (identity === "id") return row.id ?? row.natural;
  if (identity !== "occurrence") return row.natural;
  const occurrence = (seen.get(row.natural) ?? 0) + 1;
  seen.set(row.natural, occurrence);
  return occurrence === 1 ? row.natural : `${row.natural}.${occurrence}`;
}

/** What alike rows have in common, of a key by occurrence. */
export const naturalOfKey = (key: string) => key.replace(/\.\d+$/, "");

/**
 * The rows of a list that came back under other ids, if they are most of it: of what is gone, by what it is about, those
 * that came. Empty when they are fewer.
 */
export function rotated<C extends Pick<Candidate, "natural">>(
  gone: readonly string[],
  come: readonly C[],
  live: number,
): readonly C[] {
  const waiting = new Map<string, number>();
  for (const natural of gone) waiting.set(natural, (waiting.get(natural) ?? 0) + 1);
  const again = come.filter(({ natural }) => {
    const left = waiting.get(natural) ?? 0;
    waiting.set(natural, left - 1);
    return left > 0;
  });
  return again.length * 2 > live ? again : [];
}
