import type { Delivery } from "./delivery.js";

/** Some deliveries one after another, and how they went. */
export interface DeliveryStretch {
  /** When the first and the last of them came to an end. */
  readonly from: string;
  readonly until: string;
  readonly firstTry: number;
  /** Delivered after attempts that failed. */
  readonly later: number;
  readonly failed: number;
  /** How long the receiver took as a rule, ms; null when nothing was delivered. */
  readonly medianMs: number | null;
}

/** How a subscription's deliveries went lately. */
export interface DeliveryFigures {
  /** Deliveries that arrived or were given up. */
  readonly finished: number;
  readonly delivered: number;
  readonly firstTry: number;
  /** How long the receiver took for what arrived, ms: as a rule, and for 95 of 100; null when nothing did. */
  readonly medianMs: number | null;
  readonly slowMs: number | null;
  /** All of them in a row, the oldest first. */
  readonly stretches: readonly DeliveryStretch[];
}

/** One delivery that came to its end. */
interface Ending {
  readonly at: string;
  readonly kind: "firstTry" | "later" | "failed";
  /** How long the attempt took that arrived, ms. */
  readonly tookMs: number | null;
}

function endingOf({ status, attempts, attemptCount, createdAt }: Delivery): Ending | null {
  if (status !== "delivered" && status !== "failed") return null;
  const last = attempts.at(-1);
  const at = last?.at ?? createdAt;
  if (status === "failed") return { at, kind: "failed", tookMs: null };
  // What was sent again after it had arrived did not fail before.
  const isSmooth =
    attemptCount <= attempts.length && attempts.every(({ outcome }) => outcome === "delivered");
  return { at, kind: isSmooth ? "firstTry" : "later", tookMs: last?.durationMs ?? null };
}

/** The nearest rank: the smallest value that `share` of all do not exceed. */
function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

const timesOf = (endings: readonly Ending[]) => endings.flatMap(({ tookMs }) => tookMs ?? []);
const countOf = (endings: readonly Ending[], kind: Ending["kind"]) =>
  endings.filter((ending) => ending.kind === kind).length;

function stretchOf(endings: readonly Ending[]): DeliveryStretch {
  return {
    from: endings[0]?.at ?? "",
    until: endings.at(-1)?.at ?? "",
    firstTry: countOf(endings, "firstTry"),
    later: countOf(endings, "later"),
    failed: countOf(endings, "failed"),
    medianMs: percentile(timesOf(endings), 0.5),
  };
}

/**
 * How deliveries went: those that arrived or were given up, in whatever order they are given. What waits, or was
 * discarded, says nothing of the receiver. At most `mostStretches` stretches, each of as many deliveries, but for the
 * oldest.
 */
export function deliveryFigures(deliveries: readonly Delivery[], mostStretches: number): DeliveryFigures {
  const endings = deliveries
    .map(endingOf)
    .filter((ending) => ending !== null)
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const size = Math.max(1, Math.ceil(endings.length / mostStretches));
  const stretches: DeliveryStretch[] = [];
  for (let end = endings.length; end > 0; end -= size)
    stretches.unshift(stretchOf(endings.slice(Math.max(0, end - size), end)));
  const [firstTry, later] = [countOf(endings, "firstTry"), countOf(endings, "later")];
  return {
    finished: endings.length,
    delivered: firstTry + later,
    firstTry,
    medianMs: percentile(timesOf(endings), 0.5),
    slowMs: percentile(timesOf(endings), 0.95),
    stretches,
  };
}
