import type { Bounds } from "./forecast.js";
import { expectedRequests, fullyReadAt } from "./head.js";
import { hintedBy, hints, type Trust } from "./hints.js";
import { type Marks, movesIn } from "./marks.js";
import type { Prospect } from "./plan.js";
import { weightOf } from "./polling.js";
import type { ResourceName } from "./record.js";
import type { SourceState } from "./source.js";
import type { Scan } from "./upstream.js";

/** All that says, beside a source's own state, how soon it is polled. */
export interface Outlook {
  readonly marks: Marks;
  /** The resources that somebody waits for. */
  readonly subscribed: ReadonlySet<ResourceName>;
  readonly bounds: Bounds;
}

/** What the hint for a source says now; null when there is none, or it was not read yet. */
export function markFor(
  { resource, scope }: Pick<SourceState, "resource" | "scope">,
  marks: Marks,
): string | null {
  const from = hintedBy(resource);
  return from === null ? null : movesIn(marks.get(scope?.id ?? from));
}

/** Whether a hint says that a source has changed since its last poll. */
export function isHinted(state: Pick<SourceState, "resource" | "scope" | "hint">, marks: Marks): boolean {
  const mark = markFor(state, marks);
  return mark !== null && state.hint !== null && mark !== state.hint;
}

/** A source as the plan sees it; null for one that was not read yet, or has an appointment. */
export function prospectOf(state: SourceState, { marks, subscribed, bounds }: Outlook): Prospect | null {
  const { id, resource, activity, lastPolledAt, bornAt } = state;
  if (state.appointed || activity === null || lastPolledAt === null) return null;
  const polledAt = Date.parse(lastPolledAt);
  return {
    id,
    resource,
    requests: Math.max(1, expectedRequests(state)),
    weight: weightOf(resource, subscribed),
    bornAt,
    polledAt,
    notBefore: polledAt + bounds.shortestMs,
    activity,
    hinted: isHinted(state, marks),
  };
}

/** What the rows of a list say that hints at others, by what they hint at; null where nothing is to be learned. */
export function wordsOf({ resource, contentHash }: SourceState, scan: Scan): Map<string, string> | null {
  if (!hints.some(({ from }) => from === resource)) return null;
  // A list of the account that hints at another one does so as a whole, and a look at its head is as good.
  if (resource !== "collections")
    return contentHash === null ? null : new Map([[resource, contentHash.slice(0, 8)]]);
  if (scan.head || scan.identity !== "id") return null;
  return new Map(scan.records.flatMap(({ key, hint }) => (hint === undefined ? [] : [[key, hint]])));
}

/** The hints that count: those of lists that are read. One that fails is trusted as before once it is read again. */
export function heeded(
  trust: ReadonlyMap<ResourceName, Trust>,
  states: readonly Pick<SourceState, "status" | "resource">[],
): Map<ResourceName, Trust> {
  const read = new Set<ResourceName | null>(
    states.filter(({ status }) => status === "active").map(({ resource }) => resource),
  );
  return new Map([...trust].filter(([resource]) => read.has(hintedBy(resource))));
}

/**
 * Of the time from a source's last poll to `now` (ms), the share after which its hint was read: of the listing as a
 * whole, since a look at its head says nothing of the rest. 0 when that is not known.
 */
export function coveredBy(hint: SourceState | undefined, source: SourceState, now: number): number {
  const readAt = hint && (hint.resource === "collections" ? fullyReadAt(hint) : hint.lastPolledAt);
  const since = Date.parse(source.lastPolledAt ?? "");
  return (Date.parse(readAt ?? "") - since) / Math.max(1, now - since) || 0;
}
