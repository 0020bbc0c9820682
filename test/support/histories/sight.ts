import { repeats } from "./paging.js";
import type { TrueList, World } from "./world.js";

/** What one reading of a list was given, page by page. */
export interface Sight {
  readonly list: TrueList;
  readonly startTick: number;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  /** The truth at its last request. */
  endTick: number;
  /** Every value with which a record was shown. */
  readonly served: Map<number, Set<number>>;
  /** The records of each page. */
  readonly pages: number[][];
  readonly totals: number[];
  rows: number;
  /** Whether rows were there that nobody can read. */
  unreadable: boolean;
  /** Whether anything but a row that stands twice was wrong with an answer. */
  disturbed: boolean;
  /** Whether the last answer was no page, and not the end of the list either. */
  failed: boolean;
  /** Whether the last page said that there is another one. */
  saidNext: boolean;
  /** Whether it said that there are fewer records than there are. */
  saidLess: boolean;
  /** Whether a row stood on a page twice. */
  doubled: boolean;
  /** Whether the reader says that it looked at the head only. */
  isHead: boolean;
}

export function beginSight(list: TrueList, { tick, time }: World): Sight {
  return {
    list,
    startTick: tick,
    startTime: time,
    endTick: tick,
    served: new Map(),
    pages: [],
    totals: [],
    rows: 0,
    unreadable: false,
    disturbed: false,
    failed: false,
    saidNext: false,
    saidLess: false,
    doubled: false,
    isHead: false,
  };
}

/** A row is shown. */
export function show(sight: Sight, key: number, value: number): void {
  const values = sight.served.get(key) ?? new Set();
  sight.served.set(key, values.add(value));
}

/** Whether a careful reader could take what is not there for gone: a necessary condition, not a sufficient one. */
export function isCredible({
  list,
  isHead,
  failed,
  unreadable,
  totals,
  rows,
  served,
  pages,
}: Sight): boolean {
  if (isHead || failed || unreadable) return false;
  const [total = rows] = totals;
  // A count can be too low, and the end be seen all the same.
  if (totals.some((each) => each !== total) || (total > rows && total !== served.size)) return false;
  // Rows without ids that are alike can be two, where the count says so.
  if (!list.kind.hasIds && totals.length > 0 && total === rows) return true;
  const distinct = new Map(pages.map((page) => [page.toSorted((a, b) => a - b).join(), new Set(page)]));
  const keys = [...distinct.values()].flatMap((page) => [...page]);
  return new Set(keys).size === keys.length;
}

/**
 * Whether everything that was shown is read. The page that shows whether a list has ended is compared only: should it
 * be the first to show something, that is for the next poll.
 */
export const isAllRead = ({ list, startTick, endTick }: Sight) =>
  !repeats(list.paging) || startTick === endTick;
