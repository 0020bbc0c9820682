import type { JsonObject, JsonValue } from "../domain/json.js";
import type { SourceRecord } from "../domain/record.js";
import type { ReadOutcome, UpstreamFailure } from "../domain/upstream.js";
import { mapInSlices } from "../slices.js";
import { type End, type EndMemory, endMemoryOf, mayBelieve, maySkip, remember } from "./end-memory.js";
import { findRows, type ListNames } from "./envelope.js";
import { isSamePage, type Page, type RowReading } from "./page.js";
import type { PageMeta } from "./page-meta.js";

export interface ListReading {
  /** Gets one page; the parameters are empty for the first. */
  fetch(
    parameters: Readonly<Record<string, string>>,
  ): Promise<{ readonly kind: "ok"; readonly body: JsonValue } | UpstreamFailure>;
  /** Who answers, as a person calls it. */
  readonly from: string;
  readonly list: ListNames;
  /** A row of the answer can hold several records, or none. */
  read(row: JsonValue): readonly RowReading[];
  /** What an earlier reading gave as `paging`. */
  readonly paging: JsonObject | null;
  readonly maxPages: number;
}

interface ReadPage extends Page {
  readonly meta: PageMeta;
  /** Not the list, but one row of it, or nothing that is clearly a list. */
  readonly single: boolean;
  readonly vague: boolean;
}

/** A page to be asked for. `announced`: the answers so far say that it exists. */
interface Step {
  readonly parameters: Readonly<Record<string, string>>;
  readonly announced: boolean;
}

/** The page that is `ahead` pages after the last one, by number or, where the server counts rows, by offset. */
function pageAhead(pages: readonly ReadPage[], ahead: number): Record<string, string> {
  const last = pages.at(-1);
  const seen = pages.reduce((sum, { rows }) => sum + rows, 0);
  if (typeof last?.meta.offset === "number") return { offset: String(seen + (ahead - 1) * last.rows) };
  return { page: String(pages.length + ahead) };
}

/**
 * The next page, or null at the end. Links are believed. Counts can be too low, so they are believed only where
 * the last page has room left: after a full one the next is asked for all the same.
 */
function nextStep(pages: readonly ReadPage[]): Step | null {
  const number = pages.length;
  const [page, first] = [pages.at(-1), pages[0]];
  if (!page || !first || page.rows === 0 || page.single) return null;
  const { lastPage, total, next, perPage } = page.meta;
  const parameters = next ?? pageAhead(pages, 1);
  if (lastPage !== null && number < lastPage) return { parameters, announced: true };
  if (next === null) return null;
  if (lastPage === null && next !== undefined) return { parameters, announced: true };
  const seen = pages.reduce((sum, { rows }) => sum + rows, 0);
  if (lastPage === null && total !== null && seen < total) return { parameters, announced: true };
  const sizes = [perPage, number > 1 ? first.rows : null].filter((size) => size !== null);
  const isFull = sizes.length > 0 && page.rows >= Math.min(...sizes);
  const hasRoom = sizes.length > 0 && !isFull;
  if (lastPage === number && !isFull) return null;
  if (lastPage === null && total === seen && hasRoom) return null;
  return { parameters, announced: false };
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
  pages: readonly ReadPage[],
  end: End,
  requests: number,
  memory: EndMemory | null,
): ReadOutcome {
  const readings = pages.flatMap((page) => page.readings);
  const unreadable = readings.flatMap((reading) => (reading.kind === "unreadable" ? [reading.reason] : []));
  const rows = pages.reduce((sum, page) => sum + page.rows, 0);
  // An empty page beyond the end may count itself, and nothing else.
  const counting = pages.filter(({ meta, rows: own }, index) => index === 0 || own > 0 || meta.total !== 0);
  const totals = counting.flatMap(({ meta }) => (meta.total === null ? [] : [meta.total]));
  const total = totals[0] ?? null;
  const stable = totals.every((each) => each === total);
  const { records, shifted } = collect(pages, stable && total === rows);
  const sawEnd = end === "empty" || end === "believed";
  const agrees =
    total === null || [rows, readings.length, records.length].includes(total) || (sawEnd && rows > total);
  const lastPage = pages.at(-1)?.meta.lastPage ?? null;
  const cutShort = lastPage !== null && pages.length < lastPage;
  const partial = pages.some(({ single, vague }, index) => single || (vague && index === 0));
  const complete =
    unreadable.length === 0 &&
    stable &&
    agrees &&
    !shifted &&
    !cutShort &&
    !partial &&
    (sawEnd || end === "said");
  const filled = pages.filter((page) => page.rows > 0);
  return {
    kind: "scan",
    records,
    unreadable: { count: unreadable.length, reasons: [...new Set(unreadable)].slice(0, 3) },
    complete,
    pages: requests,
    paging: remember(memory, { end, pages: filled, records: records.length, shifted, complete }),
  };
}

/** Asks for one page. `beyond`: a page that nobody announced is refused, by a server that counts its pages. */
async function getPage(
  reading: ListReading,
  step: Step,
): Promise<
  { readonly kind: "page"; readonly page: ReadPage } | { readonly kind: "beyond" } | UpstreamFailure
> {
  const answer = await reading.fetch(step.parameters);
  if (answer.kind !== "ok") {
    const isEnd = !step.announced && (answer.kind === "gone" || answer.kind === "rejected");
    return isEnd ? { kind: "beyond" } : answer;
  }
  const found = findRows(answer.body, reading.list);
  if (!found) {
    return {
      kind: "shape_changed",
      reason: `The answer of ${reading.from} holds no list of ${reading.list.names[0]}`,
    };
  }
  const { rows, ...rest } = found;
  const readings = (await mapInSlices(rows, (row) => reading.read(row))).flat();
  return { kind: "page", page: { ...rest, rows: rows.length, readings } };
}

/**
 * Reads a list to its end, page by page. A failure on any page is the outcome of the whole: half a list is
 * none. `complete` is true only when absence from it means something.
 */
export async function readList(reading: ListReading): Promise<ReadOutcome> {
  const memory = endMemoryOf(reading.paging);
  const pages: ReadPage[] = [];
  let requests = 0;
  let end: End = "said";
  let step: Step | null = { parameters: {}, announced: true };
  while (step !== null) {
    const got = await getPage(reading, step);
    requests++;
    if (got.kind === "beyond") {
      end = "empty";
      break;
    }
    if (got.kind !== "page") return got;
    const { page } = got;
    const twin = page.rows > 0 ? pages.findIndex((earlier) => isSamePage(earlier, page)) : -1;
    if (twin >= 0) {
      end = twin === pages.length - 1 && !step.announced ? "repeated" : "looped";
      break;
    }
    pages.push(page);
    if (page.rows === 0 && !step.announced) end = "empty";
    step = nextStep(pages);
    if (step !== null && !step.announced && pages.length === 1 && maySkip(memory, page)) {
      end = "skipped";
      break;
    }
    if (step !== null && pages.length >= reading.maxPages) {
      end = "capped";
      break;
    }
  }
  const last = pages.at(-1);
  if (end === "repeated" && last && mayBelieve(memory, pages, collect(pages, false).records.length)) {
    // One more page, so that no single answer that went astray ends a list.
    const got = await getPage(reading, { parameters: pageAhead(pages, 2), announced: false });
    requests++;
    if (got.kind !== "page" && got.kind !== "beyond") return got;
    end = got.kind === "page" && isSamePage(got.page, last) ? "believed" : "refuted";
  }
  return conclude(pages, end, requests, memory);
}
