import type { JsonObject, JsonValue } from "../domain/json.js";
import type { SourceRecord } from "../domain/record.js";
import type { ReadOutcome, UpstreamFailure } from "../domain/upstream.js";
import { findRows, type ListNames } from "./envelope.js";
import type { PageMeta } from "./page-meta.js";

/** What one row came to: a record with the best identity that the row gives, or why there is none. */
export type RowReading =
  | {
      readonly kind: "record";
      /** The row's own id, or a hash of what does not change about it. */
      readonly key: string;
      /** False for a hash: two alike rows are told apart by their order. */
      readonly exact: boolean;
      readonly record: Omit<SourceRecord, "key">;
    }
  | { readonly kind: "unreadable"; readonly reason: string };

export interface ListReading {
  /** Gets one page; the parameters are empty for the first. */
  fetch(
    parameters: Readonly<Record<string, string>>,
  ): Promise<{ readonly kind: "ok"; readonly body: JsonValue } | UpstreamFailure>;
  readonly list: ListNames;
  /** A row of the answer can hold several records, or none. */
  read(row: JsonValue): readonly RowReading[];
  /** What an earlier reading gave as `paging`. */
  readonly paging: JsonObject | null;
  readonly maxPages: number;
}

interface Page {
  readonly rows: number;
  readonly readings: readonly RowReading[];
  readonly meta: PageMeta;
  readonly signature: string;
}

/** An unpaged list whose server ignores `page`, as last verified by asking for page 2. */
interface Unpaged {
  readonly rows: number;
}

function unpagedOf(paging: JsonObject | null): Unpaged | null {
  return paging?.unpaged === true && typeof paging.rows === "number" ? { rows: paging.rows } : null;
}

/** Whether the answer itself says if there is more. */
const isSilent = ({ lastPage, total, next }: PageMeta) =>
  lastPage === null && total === null && next === undefined;

/** The parameters of the next page, or null at the end. `number` counts from 1. */
function nextPage(pages: readonly Page[], page: Page, memory: Unpaged | null): Record<string, string> | null {
  const number = pages.length;
  const { lastPage, total, next, offset } = page.meta;
  if (page.rows === 0) return null;
  const seen = pages.reduce((sum, { rows }) => sum + rows, 0);
  const following = next ?? (offset === null ? { page: String(number + 1) } : { offset: String(seen) });
  // A list that shrank may have become paged: then page 2 is asked for again.
  const knownUnpaged = memory !== null && number === 1 && page.rows >= memory.rows && (lastPage ?? 1) <= 1;
  if (knownUnpaged) return null;
  if (lastPage !== null) return number < lastPage ? following : null;
  if (next === null) return null;
  if (total !== null && next === undefined) return seen < total ? following : null;
  return following;
}

/** One record for each key; alike rows without an id are numbered where their count can be trusted. */
function collect(
  pages: readonly Page[],
  countsAgree: boolean,
): { records: SourceRecord[]; shifted: boolean } {
  const records = new Map<string, SourceRecord>();
  const pageOf = new Map<string, number>();
  const seen = new Map<string, number>();
  let shifted = false;
  for (const [index, page] of pages.entries()) {
    // Without a count to go by, the same row on a second page is a shifted page and not a second row.
    if (!countsAgree) seen.clear();
    for (const reading of page.readings) {
      if (reading.kind !== "record") continue;
      const before = pageOf.get(reading.key);
      if (before !== undefined && before !== index && (reading.exact || !countsAgree)) shifted = true;
      pageOf.set(reading.key, index);
      const occurrence = (seen.get(reading.key) ?? 0) + 1;
      seen.set(reading.key, occurrence);
      const key = reading.exact || occurrence === 1 ? reading.key : `${reading.key}.${occurrence}`;
      records.set(key, { key, ...reading.record });
    }
  }
  return { records: [...records.values()], shifted };
}

function conclude(
  pages: readonly Page[],
  end: { capped: boolean; repeated: boolean; partial: boolean; requests: number; memory: Unpaged | null },
): ReadOutcome {
  const readings = pages.flatMap((page) => page.readings);
  const unreadable = readings.flatMap((reading) => (reading.kind === "unreadable" ? [reading.reason] : []));
  const rows = pages.reduce((sum, page) => sum + page.rows, 0);
  const totals = pages.flatMap(({ meta }) => (meta.total === null ? [] : [meta.total]));
  const total = totals[0] ?? null;
  const stable = totals.every((each) => each === total);
  const { records, shifted } = collect(pages, stable && total === rows);
  const agrees = total === null || [rows, readings.length, records.length].includes(total);
  const lastPage = pages.at(-1)?.meta.lastPage ?? null;
  const cutShort = lastPage !== null && pages.length < lastPage;
  const complete =
    unreadable.length === 0 && stable && agrees && !shifted && !cutShort && !end.capped && !end.partial;
  const ignoresPage = end.repeated && pages.length === 1 && !cutShort;
  const memory = ignoresPage ? { rows } : end.memory;
  return {
    kind: "scan",
    records,
    unreadable: { count: unreadable.length, reasons: [...new Set(unreadable)].slice(0, 3) },
    complete,
    pages: end.requests,
    paging: memory && pages.length === 1 ? { unpaged: true, rows: rows === 0 ? memory.rows : rows } : null,
  };
}

/**
 * Reads a list to its end, page by page. A failure on any page is the outcome of the whole: half a list is
 * none. `complete` is true only when absence from it means something.
 */
export async function readList(reading: ListReading): Promise<ReadOutcome> {
  const memory = unpagedOf(reading.paging);
  const pages: Page[] = [];
  const end = { capped: false, repeated: false, partial: false, requests: 0, memory };
  let parameters: Record<string, string> | null = {};
  while (parameters !== null) {
    const answer = await reading.fetch(parameters);
    end.requests++;
    const before = pages.at(-1);
    if (answer.kind !== "ok") {
      // A page that nobody announced may be refused by a server that counts its pages: that is the end.
      const exploring = before !== undefined && isSilent(before.meta);
      if (exploring && (answer.kind === "gone" || answer.kind === "rejected")) break;
      return answer;
    }
    const found = findRows(answer.body, reading.list);
    if (!found)
      return { kind: "shape_changed", reason: `The answer holds no list of ${reading.list.names[0]}` };
    const readings = found.rows.flatMap((row) => reading.read(row));
    const signature = readings.map((each) => (each.kind === "record" ? each.key : "?")).join("\n");
    const page = { rows: found.rows.length, readings, meta: found.meta, signature };
    if (
      page.rows > 0 &&
      pages.some((earlier) => earlier.signature === signature && earlier.rows === page.rows)
    ) {
      end.repeated = true;
      break;
    }
    pages.push(page);
    end.partial = end.partial || found.single || (found.vague && pages.length === 1);
    parameters = found.single ? null : nextPage(pages, page, memory);
    if (parameters !== null && pages.length >= reading.maxPages) {
      end.capped = true;
      break;
    }
  }
  return conclude(pages, end);
}
