import type { Bounds } from "./forecast.js";
import { expectedRequests } from "./head.js";
import { hintedBy, hints } from "./hints.js";
import type { Prospect } from "./plan.js";
import { weightOf } from "./polling.js";
import type { ResourceName } from "./record.js";
import type { SourceState } from "./source.js";
import type { Scan } from "./upstream.js";

/** What the hints of an account say now: by collection, or by the list that hints. */
export type Marks = ReadonlyMap<string, string>;

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
  return from === null ? null : (marks.get(scope?.id ?? from) ?? null);
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

/** What a reading of a list hints at; null for a list that hints at nothing. */
export function marksOf({ resource, contentHash }: SourceState, scan: Scan): Map<string, string> | null {
  const hint = hints.find(({ from }) => from === resource);
  if (!hint) return null;
  const marks = new Map<string, string>();
  if (resource !== "collections") {
    if (contentHash !== null) marks.set(resource, contentHash.slice(0, 8));
  } else if (scan.identity === "id") {
    for (const { key, hint: mark } of scan.records) if (mark !== undefined) marks.set(key, mark);
  }
  return marks;
}
