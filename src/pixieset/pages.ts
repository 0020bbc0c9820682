import type { Identity } from "../domain/identity.js";
import type { JsonObject, JsonValue } from "../domain/json.js";
import type { ReadOutcome, UpstreamFailure } from "../domain/upstream.js";
import { mapInSlices } from "../slices.js";
import { conclude as concludeRows } from "./conclusion.js";
import { type End, type EndMemory, endMemoryOf, hides, mayBelieve, maySkip, remember } from "./end-memory.js";
import { findRows, type ListNames } from "./envelope.js";
import {
  countOf,
  isRenamed,
  isSamePage,
  type KnownPage,
  type Part,
  pageOfParts,
  partOf,
  type RowReading,
  signatureOf,
} from "./page.js";
import type { PageMeta } from "./page-meta.js";
import type { ListMemory } from "./read-memory.js";
import { piecesOf, type Shortened, textOfRow, verified } from "./row-texts.js";

/** A page's answer: `same` when its bytes are those of a page that is remembered, and were not looked at. */
export type PageAnswer =
  | {
      readonly kind: "ok";
      readonly hash: string;
      readonly text: string;
      /** Of the shortened text, where that was good. */
      readonly body: JsonValue;
      readonly isShort: boolean;
      /** Looks at all of the text. */
      whole(): { readonly kind: "ok"; readonly body: JsonValue } | UpstreamFailure;
    }
  | { readonly kind: "same"; readonly hash: string }
  | UpstreamFailure;

/** What is known of an answer at a glance: all of it, all but a rest, or nothing. */
export type Glance = { readonly kind: "same" } | { readonly kind: "short"; readonly text: string } | null;

export interface ListReading {
  /** Gets one page; the parameters are empty for the first. */
  fetch(
    parameters: Readonly<Record<string, string>>,
    glance: (hash: string, text: string) => Glance,
  ): Promise<PageAnswer>;
  /** Who answers, as a person calls it. */
  readonly from: string;
  readonly list: ListNames;
  /** A row of the answer can hold several records, or none. */
  read(row: JsonValue): readonly RowReading[];
  readonly memory: ListMemory<ReadPage>;
  /** What an earlier reading gave as `paging`. */
  readonly paging: JsonObject | null;
  /** What the rows are known by; null to choose. */
  readonly identity: Identity | null;
  /** Whether the end is looked for even where the list is known to have one page. */
  readonly toTheEnd: boolean;
  readonly repeats: boolean;
  readonly maxPages: number;
}

export interface ReadPage extends KnownPage {
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

const rowsOf = (pages: readonly ReadPage[]) => pages.reduce((sum, { rows }) => sum + rows, 0);

/** The page that is `ahead` pages after the last one, by number or, where the server counts rows, by offset. */
function pageAhead(pages: readonly ReadPage[], ahead: number): Record<string, string> {
  const last = pages.at(-1);
  const seen = rowsOf(pages);
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
  const seen = rowsOf(pages);
  if (lastPage === null && total !== null && seen < total) return { parameters, announced: true };
  const sizes = [perPage, number > 1 ? first.rows : null].filter((size) => size !== null);
  const isFull = sizes.length > 0 && page.rows >= Math.min(...sizes);
  const hasRoom = sizes.length > 0 && !isFull;
  if (lastPage === number && !isFull) return null;
  if (lastPage === null && total === seen && hasRoom) return null;
  return { parameters, announced: false };
}

const nameless = "A row has no id, and the rows of this list are known by theirs";

function conclude(
  reading: ListReading,
  pages: readonly ReadPage[],
  end: End,
  requests: number,
  memory: EndMemory | null,
): ReadOutcome {
  const rows = rowsOf(pages);
  // An empty page beyond the end may count itself, and nothing else.
  const counting = pages.filter(({ meta, rows: own }, index) => index === 0 || own > 0 || meta.total !== 0);
  const totals = counting.flatMap(({ meta }) => (meta.total === null ? [] : [meta.total]));
  const total = totals[0] ?? null;
  const stable = totals.every((each) => each === total);
  const { memory: remembered, identity, repeats } = reading;
  const countsAgree = stable && total === rows;
  const found =
    remembered.conclusion(pages, identity) ??
    concludeRows(pages, remembered.last(), { identity, repeats, countsAgree });
  if (found.kind === "lost") return { kind: "shape_changed", reason: found.reason, lostIdentity: true };
  remembered.keep(pages, found);

  const readings = pages.reduce((sum, page) => sum + page.readings.length, 0);
  const unreadable = pages.flatMap((page) =>
    page.readings.flatMap((each) => (each.kind === "unreadable" ? [each.reason] : [])),
  );
  if (found.nameless > 0) unreadable.push(...Array<string>(found.nameless).fill(nameless));
  const { sightings: records, shifted } = found;
  const sawEnd = end === "empty" || end === "refused" || end === "believed";
  // Where a row stands twice, another one may be missing: then only the count of the others proves that none is.
  const counts = records.length === readings ? [rows, readings] : [records.length];
  const agrees = total === null || counts.includes(total) || (sawEnd && rows > total);
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
    content: found.content,
    since: found.since,
    identity: found.identity,
    unreadable: { count: unreadable.length, reasons: [...new Set(unreadable)].slice(0, 3) },
    complete,
    pages: requests,
    paging: remember(memory, {
      end,
      pages: filled,
      records: records.length,
      shifted,
      complete,
      identity: found.identity,
    }),
  };
}

/** Asks for one page. `beyond`: a page that nobody announced is refused, by a server that counts its pages. */
async function getPage(
  reading: ListReading,
  step: Step,
  rowsBefore: number,
): Promise<
  | { readonly kind: "page"; readonly page: ReadPage }
  | { readonly kind: "beyond"; readonly refusal: UpstreamFailure }
  | UpstreamFailure
> {
  const now = Date.now();
  const { memory } = reading;
  let short: Shortened<Part> | null = null;
  const answer = await reading.fetch(step.parameters, (hash, text) => {
    if (memory.page(hash, now)) return { kind: "same" };
    short = memory.shorten(text, rowsBefore, now);
    return short && { kind: "short", text: short.text };
  });
  if (answer.kind === "same") {
    const page = memory.page(answer.hash, now);
    if (page) return { kind: "page", page };
    return { kind: "transient", reason: "A page was forgotten while it was read", afterMs: null };
  }
  if (answer.kind !== "ok") {
    const isEnd = !step.announced && (answer.kind === "gone" || answer.kind === "rejected");
    return isEnd ? { kind: "beyond", refusal: answer } : answer;
  }
  const page = answer.isShort && short ? await pageOf(reading, answer, short, now) : null;
  if (page) return { kind: "page", page };
  const whole = answer.isShort ? answer.whole() : answer;
  if (whole.kind !== "ok") return whole;
  const full = await pageOf(reading, { ...answer, body: whole.body }, null, now);
  if (full) return { kind: "page", page: full };
  return {
    kind: "shape_changed",
    reason: `The answer of ${reading.from} holds no list of ${reading.list.names[0]}`,
  };
}

/** The page that an answer holds; null when it holds none, or a shortened one cannot be filled up again. */
async function pageOf(
  { list, memory, read }: ListReading,
  answer: { readonly hash: string; readonly text: string; readonly body: JsonValue },
  short: Shortened<Part> | null,
  now: number,
): Promise<ReadPage | null> {
  const found = findRows(answer.body, list);
  if (!found || (short && found.rows.length !== short.pieces.length)) return null;
  const { rows, ...rest } = found;
  const pieces = short?.pieces ?? piecesOf(answer.text, rows.length);
  const parts = await mapInSlices(rows.entries(), ([i, row]): Part => {
    const text = textOfRow(row);
    const known = memory.row(text, now);
    const piece = known?.piece ?? verified(pieces[i] ?? null, text);
    if (known) return known.piece === piece ? known : { ...known, piece };
    return partOf(text, piece, read(row));
  });
  const all = short ? short.fill(parts) : parts;
  return all && { ...rest, ...pageOfParts(answer, all) };
}

/**
 * Reads a list to its end, page by page. A failure on any page is the outcome of the whole: half a list is
 * none. `complete` is true only when absence from it means something.
 */
export async function readList(reading: ListReading): Promise<ReadOutcome> {
  const memory = endMemoryOf(reading.paging);
  const pages: ReadPage[] = [];
  const { identity } = reading;
  const places = new Map<string, number>();
  const abouts = new Map<string, number>();
  const twinOf = (page: ReadPage): number | undefined => {
    const place = places.get(signatureOf(page, identity));
    const hasIds = identity === null || identity === "id";
    if (place !== undefined || step?.announced || !hasIds) return place;
    const alike = abouts.get(signatureOf(page, "natural"));
    const earlier = alike === undefined ? undefined : pages[alike];
    return earlier && isRenamed(page, earlier) ? alike : undefined;
  };
  let requests = 0;
  let end: End = "said";
  let step: Step | null = { parameters: {}, announced: true };
  while (step !== null) {
    const got = await getPage(reading, step, rowsOf(pages));
    requests++;
    if (got.kind === "beyond") {
      const isNew = memory !== null && !memory.refuses;
      // A list that went on here, on a server that never refused what lies beyond its end, has not ended: it is refused.
      if (isNew && hides(memory, pages, countOf(pages, identity))) return got.refusal;
      end = "refused";
      break;
    }
    if (got.kind !== "page") return got;
    const { page } = got;
    const twin = page.rows > 0 ? twinOf(page) : undefined;
    if (twin !== undefined) {
      end = twin === pages.length - 1 && !step.announced ? "repeated" : "looped";
      break;
    }
    places.set(signatureOf(page, identity), pages.length);
    abouts.set(signatureOf(page, "natural"), pages.length);
    pages.push(page);
    if (page.rows === 0 && !step.announced) end = "empty";
    step = nextStep(pages);
    const isSecond = step !== null && !step.announced && pages.length === 1;
    if (isSecond && !reading.toTheEnd && maySkip(memory, page, identity)) {
      end = "skipped";
      break;
    }
    if (step !== null && pages.length >= reading.maxPages) {
      end = "capped";
      break;
    }
  }
  const last = pages.at(-1);
  if (end === "repeated" && last && mayBelieve(memory, pages, countOf(pages, identity), identity)) {
    // One more page, so that no single answer that went astray ends a list.
    const step = { parameters: pageAhead(pages, 2), announced: false };
    const got = await getPage(reading, step, rowsOf(pages));
    requests++;
    if (got.kind !== "page" && got.kind !== "beyond") return got;
    end = got.kind === "page" && isSamePage(got.page, last, identity) ? "believed" : "refuted";
  }
  return conclude(reading, pages, end, requests, memory);
}
