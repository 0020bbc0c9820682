import type { EventType } from "./catalog/entry.js";
import { galleryEvents } from "./catalog/gallery.js";
import { serviceEvents } from "./catalog/service.js";
import { studioEvents } from "./catalog/studio.js";
import { type ResourceName, resourceNames } from "./record.js";

export type { EventType } from "./catalog/entry.js";

/** Every kind of event there is. A new one is a line in `catalog/`. */
export const eventTypes: readonly EventType[] = [...galleryEvents, ...studioEvents, ...serviceEvents];

export function findEventType(type: string): EventType | undefined {
  return eventTypes.find((entry) => entry.type === type);
}

/** Whether a pattern (`favorite.added`, `favorite.*` or `*`) covers a type. */
export function matchesPattern(pattern: string, type: string): boolean {
  if (pattern === "*" || pattern === type) return true;
  return pattern.endsWith(".*") && type.startsWith(pattern.slice(0, -1));
}

/** Whether a pattern covers at least one type of the catalogue. */
export function isKnownPattern(pattern: string): boolean {
  return eventTypes.some((entry) => matchesPattern(pattern, entry.type));
}

/** The resources that must be polled for these patterns ever to match. */
export function resourcesFor(patterns: readonly string[]): ResourceName[] {
  const wanted = eventTypes.filter((entry) =>
    patterns.some((pattern) => matchesPattern(pattern, entry.type)),
  );
  return resourceNames.filter((name) => wanted.some((entry) => entry.resource === name));
}
