import type { ReadOutcome } from "../domain/upstream.js";
import { conclude as concludeRows } from "./conclusion.js";
import { type End, type EndMemory, endMemoryOf, hides, mayBelieve, maySkip, remember } from "./end-memory.js";
import { type Got, getPage, type ListReading, type ReadPage, type Step } from "./get-page.js";
import { openHead } from "./head.js";
import { countOf, isRenamed, isSamePage, keyOf, signatureOf } from "./page.js";

/** The page that is `ahead` pages after the last one, by number or, where the server counts rows, by offset. */
function pageAhead(pages: readonly ReadPage[], seen: number, ahead: number): Record<string, string> {
  const last = pages.at(-1);
  if (typeof last?.meta.offset === "number") return { offset: String(seen + (ahead - 1) * last.rows) };
  return { page: String(pages.length + ahead) };
}

/**
 * The next page after so many rows, or null at the end. Links are believed. Counts can be too low, so they are believed
 * only where the last page has room left: after a full one the next is asked for all the same.
 */
function nextStep(pages: readonly ReadPage[], seen: number): Step | null {
  const number = pages.length;
  const [page, first] = [pages.at(-1), pages[0]];
  if (!page || !first || page.rows === 0 || page.single) return null;
  const { lastPage, total, next, perPage } = page.meta;
  const parameters = next ?? pageAhead(pages, seen, 1);
  if (lastPage !== null && number < lastPage) return { parameters, announced: true };
  if (next === null) return null;
  if (lastPage === null && next !== undefined) return { parameters, announced: true };
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
  asked: readonly Got["asked"][],
  end: End,
  requests: number,
  memory: EndMemory | null,
): ReadOutcome {
  const rows = pages.reduce((sum, page) => sum + page.rows, 0);
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
  remembered.keep(pages, found, asked);

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
  const isPlain = found.index.sightings !== null;
  const keysOf = (page: ReadPage) => page.readings.flatMap((each) => keyOf(each, found.identity) ?? []);
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
    skipped: end === "skipped",
    order: () => (isPlain ? pages.map(keysOf) : null),
  };
}

/**
 * Reads a list to its end, page by page, or, where that is allowed, to the end of its head. A failure on any page is the
 * outcome of the whole: half a list is none. `complete` is true only when absence from it means something.
 */
export async function readList(reading: ListReading): Promise<ReadOutcome> {
  const memory = endMemoryOf(reading.paging);
  const head = openHead(reading);
  const pages: ReadPage[] = [];
  const asked: Got["asked"][] = [];
  const { identity } = reading;
  const places = new Map<string, number>();
  const twinOf = (page: ReadPage): number | undefined => {
    const place = places.get(signatureOf(page, identity));
    const hasIds = identity === null || identity === "id";
    if (place !== undefined || step?.announced || !hasIds) return place;
    const alike = pages.findIndex((earlier) => isSamePage(page, earlier, "natural"));
    const earlier = pages[alike];
    return earlier && isRenamed(page, earlier) ? alike : undefined;
  };
  let requests = 0;
  /** Rows of all pages so far. */
  let seen = 0;
  let end: End = "said";
  let step: Step | null = { parameters: {}, announced: true };
  while (step !== null) {
    const got = await getPage(reading, step, seen);
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
    asked.push(got.asked);
    const twin = page.rows > 0 ? twinOf(page) : undefined;
    if (twin !== undefined) {
      end = twin === pages.length - 1 && !step.announced ? "repeated" : "looped";
      break;
    }
    places.set(signatureOf(page, identity), pages.length);
    pages.push(page);
    seen += page.rows;
    if (page.rows === 0 && !step.announced) end = "empty";
    step = nextStep(pages, seen);
    if (head?.endsWith(page) && step !== null) {
      const concluded = head.conclude(requests);
      reading.memory.keepHead(pages, concluded.head, asked);
      return { ...concluded.scan, paging: reading.paging };
    }
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
    const step = { parameters: pageAhead(pages, seen, 2), announced: false };
    const got = await getPage(reading, step, seen);
    requests++;
    if (got.kind !== "page" && got.kind !== "beyond") return got;
    if (got.kind === "page") asked.push(got.asked);
    end = got.kind === "page" && isSamePage(got.page, last, identity) ? "believed" : "refuted";
  }
  return conclude(reading, pages, asked, end, requests, memory);
}
