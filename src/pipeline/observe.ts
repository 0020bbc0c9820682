import { type FrozenEvent, thaw } from "../domain/event.js";
import { resourceNames } from "../domain/record.js";
import type { Metrics } from "../metrics.js";

const resources: ReadonlySet<string> = new Set(resourceNames);

/** Counts events that were committed, and how late they are: those of pixiehook itself and of a backfill are not. */
export function observeEvents(events: readonly FrozenEvent[], metrics: Metrics): void {
  for (const event of events) {
    metrics.events.inc({ type: event.type });
    const { timestamp, data } = thaw(event);
    const { resource, notBefore, occurredAt, backfill } = data.detected;
    if (backfill || !resources.has(resource)) continue;
    const late = (since: string | null) => (Date.parse(timestamp) - Date.parse(since ?? "")) / 1_000;
    const [seen, happened] = [late(notBefore), late(occurredAt)];
    if (!Number.isNaN(seen)) metrics.detectionSeconds.observe({ resource }, Math.max(0, seen));
    if (!Number.isNaN(happened)) metrics.occurrenceSeconds.observe({ resource }, Math.max(0, happened));
  }
}
