import type { Sighting } from "../domain/identity.js";
import type { HeadWish, Scan } from "../domain/upstream.js";
import type { HeadConclusion } from "./conclusion.js";
import type { ListReading, ReadPage } from "./get-page.js";
import { keyOf, type RowReading } from "./page.js";
import type { Remembered } from "./read-memory.js";

/** A list as it was committed, and as this process read it. */
interface Known extends Pick<HeadConclusion, "content" | "sightings" | "amended" | "total" | "keys"> {
  get(key: string): Sighting | undefined;
  /** When its head was read, if it was, ISO 8601. */
  readonly at: string | null;
}

/** A head as it is read, page by page. */
export interface HeadReader {
  /** Takes the next page; whether the head ends with it, so that nothing behind it needs to be read. */
  endsWith(page: ReadPage): boolean;
  conclude(requests: number): { readonly scan: Scan; readonly head: HeadConclusion };
}

/** What is remembered of a list, if that is exactly what is committed. */
function knownOf(last: Remembered<ReadPage>, wish: HeadWish, pagesOf: readonly ReadPage[]): Known | null {
  const { conclusion, head } = last;
  const { sightings: index } = conclusion.index;
  if (!index) return null;
  if (head && head.base === conclusion.content && wish.isCommitted(head.content))
    return { ...head, get: (key) => head.amended.get(key) ?? index.get(key) };
  if (!wish.isCommitted(conclusion.content)) return null;
  const { content, sightings } = conclusion;
  const keys = pagesOf.flatMap(({ readings }) =>
    readings.flatMap((each) => keyOf(each, conclusion.identity) ?? []),
  );
  const total = pagesOf[0]?.meta.total ?? null;
  return { content, sightings, amended: new Map(), total, keys, at: null, get: (key) => index.get(key) };
}

/** So many pages of the last reading of the whole list are kept in mind as its head. */
const pagesInMind = 3;

/**
 * Reads the head of a list whose last conclusion is what is committed; null where that is not so. Whatever is odd
 * about it, and whatever suggests that something is gone, makes it read on: then it is a reading of the whole list.
 */
export function openHead({ head: wish, identity, memory, repeats }: ListReading): HeadReader | null {
  const last = wish && memory.last();
  if (!last || (identity !== "id" && identity !== "natural") || last.conclusion.identity !== identity)
    return null;
  const first = last.pages[0];
  const known = knownOf(last, wish, last.pages.slice(0, pagesInMind));
  if (!known || !first) return null;
  const pages: ReadPage[] = [];
  const met = new Set<string>();
  const front = new Set<string>();
  const added: Sighting[] = [];
  const changed: { readonly before: Sighting; readonly now: Sighting }[] = [];
  let isOdd = false;

  /** Whether anything in a row is new; null where it cannot be said. */
  function isNew(reading: RowReading): boolean | null {
    const key = keyOf(reading, identity);
    if (reading.kind !== "record" || key === null || met.has(key)) return null;
    const before = known?.get(key);
    const isFirst = met.size === added.length;
    met.add(key);
    const now = { ...reading, key };
    if (!before) {
      added.push(now);
      if (isFirst) front.add(key);
      return true;
    }
    if (before.print === now.print) return false;
    // The same key for another thing: whether that can be is for the whole list to show.
    if (before.natural !== now.natural) return null;
    changed.push({ before, now });
    return true;
  }

  // A page that is shorter than the first one was lacks a row: only the last one may, and no head ends there.
  const isLikeFirst = ({ meta, rows, single, vague }: ReadPage) =>
    rows >= first.rows &&
    !single &&
    !vague &&
    meta.perPage === first.meta.perPage &&
    (meta.lastPage === null) === (first.meta.lastPage === null) &&
    (meta.lastPage ?? 0) >= (first.meta.lastPage ?? 0) &&
    (meta.offset === null) === (first.meta.offset === null);

  /** Whether a record of the head is not there any more, or all this is a change of the upstream's ways. */
  function isDoubtful({ keys, total, sightings }: Known): boolean {
    const lastMet = keys.findLastIndex((key) => met.has(key));
    if (keys.slice(0, lastMet + 1).some((key) => !met.has(key))) return true;
    const expected = total === null ? null : total + added.length;
    if (pages.some(({ meta }) => meta.total !== expected)) return true;
    if (changed.length * 2 >= met.size - added.length) return true;
    if (repeats || added.length === 0) return false;
    // What is about the same as something that was not seen now may be that, under another id.
    const abouts = new Set(added.map(({ natural }) => natural));
    return abouts.size < added.length || sightings.some((each) => abouts.has(each.natural));
  }

  return {
    endsWith(page) {
      if (isOdd) return false;
      pages.push(page);
      const news = page.readings.map(isNew);
      isOdd = !isLikeFirst(page) || news.length === 0 || news.includes(null);
      if (isOdd || news.includes(true)) return false;
      isOdd = isDoubtful(known);
      return !isOdd;
    },
    conclude(requests) {
      const nows = [...added, ...changed.map(({ now }) => now)];
      const amended = new Map([...known.amended, ...nows.map((now) => [now.key, slim(now)] as const)]);
      const keys = new Set(nows.map(({ key }) => key));
      const isSame = nows.length === 0;
      const others = known.sightings.filter(({ key }) => !keys.has(key));
      const content = isSame ? known.content : {};
      const seen = known.at === null ? null : { at: known.at, keys: new Set(known.keys) };
      const removed = changed.map(({ before }) => before);
      const scan: Scan = {
        kind: "scan",
        records: isSame ? known.sightings : [...others, ...nows],
        content,
        since: isSame ? null : { content: known.content, added: nows, removed },
        identity,
        unreadable: { count: 0, reasons: [] },
        complete: false,
        pages: requests,
        paging: null,
        head: { front, seen },
      };
      const sightings = isSame ? known.sightings : [...others, ...nows.map(slim)];
      const total = pages[0]?.meta.total ?? null;
      const head = { base: last.conclusion.content, content, sightings, amended, total };
      return { scan, head: { ...head, keys: [...met], at: wish.at } };
    },
  };
}

const slim = (sighting: Sighting): Sighting => ({ ...sighting, record: null });
