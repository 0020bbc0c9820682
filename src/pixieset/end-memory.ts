import { z } from "zod";
import type { Identity } from "../domain/identity.js";
import { hashOf } from "../domain/ids.js";
import type { JsonObject } from "../domain/json.js";
import { type KnownPage as Page, signatureOf } from "./page.js";

/**
 * How a reading ended: `said` by the counts or links of the answers, or by an empty first page; `empty`, a page
 * beyond the end had nothing; `refused`, it was not given; `skipped`, the rows are those of a list that is known to have one page; `repeated`,
 * the last page came again; `believed`, and once more, and everything known speaks for it; `refuted`, and then
 * something else came; `looped`, a page came again that should not; `capped`, there are too many.
 */
export type End =
  | "said"
  | "empty"
  | "refused"
  | "skipped"
  | "repeated"
  | "believed"
  | "refuted"
  | "looped"
  | "capped";

const shape = z.object({
  /** Hash of the keys at the last end that was looked at. */
  keys: z.string(),
  /** Records and pages of the list then. */
  rows: z.number(),
  pages: z.number(),
  /** The fewest rows on a page that had another after it; null when none had. */
  size: z.number().nullable(),
  /** The most rows on a lone page that was the whole list. */
  most: z.number(),
  /** Readings in a row that ended with a repeated page and these keys. */
  repeats: z.number(),
  /** Beyond its last page the server repeats it: it ignores `page`, or clamps it. */
  proven: z.boolean(),
  /** Beyond its last page the server gives an empty page, or refuses. */
  ended: z.boolean(),
  /** It was refused there before. */
  refuses: z.boolean(),
  /** Readings in a row that were complete, with these keys. */
  steady: z.number(),
  /** Readings since the page after the first was last asked for. */
  skipped: z.number(),
});

/** What is remembered from one reading to the next of how a list whose answers do not say so ends. */
export type EndMemory = z.infer<typeof shape>;

const nothing: EndMemory = {
  keys: "",
  rows: 0,
  pages: 0,
  size: null,
  most: 0,
  repeats: 0,
  proven: false,
  ended: false,
  refuses: false,
  steady: 0,
  skipped: 0,
};

/** After so many repeats in a row even a server that used to end its lists is believed to repeat now. */
const repeatsToRelearn = 20;

export function endMemoryOf(paging: JsonObject | null): EndMemory | null {
  return shape.safeParse(paging).data ?? null;
}

const keysOf = (pages: readonly Page[], by: Identity | null) =>
  hashOf(pages.map((page) => signatureOf(page, by ?? "id")));
const isReadable = (pages: readonly Page[]) =>
  pages.every(({ readings }) => readings.every(({ kind }) => kind === "record"));

/**
 * Whether page 2 need not be asked for: the rows are the very rows of a list that was seen to be whole, twice.
 * Such a reading is no ground for absence. A page that can just be full is looked behind every fourth time: a
 * server that clamps may have begun a second one. Else every twentieth.
 */
export function maySkip(memory: EndMemory | null, page: Page, by: Identity | null): boolean {
  if (!memory?.proven || memory.pages !== 1 || memory.steady < 2 || !isReadable([page])) return false;
  const most = page.rows < memory.most ? 19 : 3;
  return memory.skipped < most && memory.keys === keysOf([page], by);
}

/** Whether a list that had more pages and rows ends at a full page now: then what comes there hides the rest. */
export function hides(memory: EndMemory, pages: readonly Page[], records: number): boolean {
  const last = pages.at(-1)?.rows ?? 0;
  return pages.length < memory.pages && last >= (memory.size ?? 0) && records < memory.rows;
}

/**
 * Whether a repeat of the last page may be the end of the list. A single one never is: proxies and caches repeat
 * pages too. The server must have done it before with the same rows, and nothing known may speak against it.
 */
export function mayBelieve(
  memory: EndMemory | null,
  pages: readonly Page[],
  records: number,
  by: Identity | null,
): boolean {
  if (!memory || !isReadable(pages) || hides(memory, pages, records)) return false;
  const again = memory.keys === keysOf(pages, by) ? memory.repeats : 0;
  return memory.proven || again >= (memory.ended ? repeatsToRelearn : 1);
}

interface Outcome {
  readonly end: End;
  /** Pages with rows. */
  readonly pages: readonly Page[];
  readonly records: number;
  /** A record stood on two pages: the list moved, and nothing is learned of it. */
  readonly shifted: boolean;
  readonly complete: boolean;
  /** What the rows are known by. */
  readonly identity: Identity | null;
}

/** What to remember after a reading. Pages that cannot be read, or that moved, teach nothing. */
export function remember(memory: EndMemory | null, outcome: Outcome): EndMemory | null {
  const { end, pages, records, shifted, complete } = outcome;
  const before = memory ?? nothing;
  if (end === "skipped") return { ...before, skipped: before.skipped + 1 };
  if (end === "refuted" || end === "looped") return memory && { ...memory, repeats: 0, steady: 0 };
  const isEnded = end === "empty" || end === "refused";
  const lists = isEnded || end === "repeated" || end === "believed";
  if (!lists || shifted || pages.length === 0 || !isReadable(pages)) return memory;

  const keys = keysOf(pages, outcome.identity);
  const same = before.keys === keys;
  const fullest = pages.slice(0, -1).map(({ rows }) => rows);
  const sizes = before.size === null ? fullest : [...fullest, before.size];
  const next: EndMemory = {
    ...before,
    keys,
    size: sizes.length > 0 ? Math.min(...sizes) : null,
    steady: complete ? (same ? before.steady + 1 : 1) : 0,
    skipped: 0,
  };
  const now = { rows: records, pages: pages.length };
  if (isEnded) {
    const refuses = end === "refused" || before.refuses;
    return { ...next, ...now, repeats: 0, proven: false, ended: true, refuses };
  }
  const repeats = same ? before.repeats + 1 : 1;
  if (end === "believed") {
    const most = pages.length === 1 ? Math.max(before.most, pages[0]?.rows ?? 0) : before.most;
    return { ...next, ...now, repeats, most, proven: true, ended: false };
  }
  // What was there before is not forgotten for a repeat that nobody believes.
  const known = { rows: Math.max(before.rows, records), pages: Math.max(before.pages, pages.length) };
  return { ...next, ...known, repeats };
}
