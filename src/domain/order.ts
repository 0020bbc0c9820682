import type { Step } from "./upstream.js";

/**
 * What was learned of where new records appear in a list, and of where changes happen. A list is newest-first only
 * where that was seen, never because lists usually are.
 */
export interface ListOrder {
  /** Full scans in a row that had new records, all of them before all that were known; and how many it takes. */
  readonly agreed: number;
  readonly needed: number;
  /** Changes of late, discounted: those that a look at the head shows, and those that only a full scan does. */
  readonly inside: number;
  readonly below: number;
  /** Head polls since the last full scan. */
  readonly heads: number;
}

export const unknownOrder: ListOrder = { agreed: 0, needed: 3, inside: 0, below: 0, heads: 0 };

const mostNeeded = 48;
/** What a poll that finds changes leaves of the counts before it. */
const discount = 0.95;
/** So rarely, at least, a change is taken to be below the head: nothing seen there is no proof. */
const leastBelow = 0.05;

/** Whether new records are known to come before all others. */
export const isVerified = ({ agreed, needed }: ListOrder) => agreed >= needed;

/** The part of all changes that a look at the head shows, and the part that it does not. */
export function sharesOf({ inside, below }: ListOrder): { readonly inside: number; readonly below: number } {
  const all = inside + below;
  const share = all === 0 ? 0 : inside / all;
  return { inside: share, below: Math.max(leastBelow, 1 - share) };
}

function counted(order: ListOrder, inside: number, below: number): ListOrder {
  if (inside + below === 0) return order;
  return { ...order, inside: order.inside * discount + inside, below: order.below * discount + below };
}

/** What is known of the order after a look at the head; what it found is counted in `withChanges`. */
export const afterHead = (order: ListOrder): ListOrder => ({ ...order, heads: order.heads + 1 });

/** What is known after so many changes were found at the head. */
export const withChanges = (order: ListOrder, changes: number) => counted(order, changes, 0);

/** The keys on the pages that a look at the head would have read: to the first page on which nothing is new. */
function headOf(pages: readonly (readonly string[])[], changed: ReadonlySet<string>): ReadonlySet<string> {
  const end = pages.findIndex((page) => page.length > 0 && page.every((key) => !changed.has(key)));
  return new Set(pages.slice(0, end < 0 ? pages.length : end + 1).flat());
}

/**
 * What is known of the order after a full scan that held still. `pages`: its keys as they stood, page by page; `steps`:
 * what it found.
 */
export function afterFullScan(
  before: ListOrder,
  pages: readonly (readonly string[])[],
  steps: readonly Step[],
): ListOrder {
  const order = { ...before, heads: 0 };
  const kinds = new Map(steps.flatMap(({ key, change }) => (change ? [[key, change.kind] as const] : [])));
  if (kinds.size === 0) return order;
  const head = headOf(pages, new Set(kinds.keys()));
  const inside = [...kinds].filter(([key, kind]) => kind !== "removed" && head.has(key)).length;
  const next = counted(order, inside, kinds.size - inside);
  // What came back stands where it stood, and says nothing of where new records do.
  const places = pages.flat().filter((key) => kinds.get(key) !== "restored");
  const isNew = places.map((key) => kinds.get(key) === "created");
  const firstKnown = isNew.indexOf(false);
  const lastNew = isNew.lastIndexOf(true);
  if (lastNew < 0 || firstKnown < 0) return next;
  if (lastNew < firstKnown) return { ...next, agreed: next.agreed + 1 };
  return { ...next, agreed: 0, needed: Math.min(next.needed * 2, mostNeeded) };
}
