import type { EventType } from "./catalog/entry.js";
import { galleryEvents } from "./catalog/gallery.js";
import { serviceEvents } from "./catalog/service.js";
import { studioEvents } from "./catalog/studio.js";
import { nearest } from "./near.js";
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

/** The type, or pattern, that somebody most likely meant; null when none is like it. */
function nearestPattern(pattern: string): string | null {
  const names = eventTypes.map(({ type }) => type);
  const objects = [...new Set(names.map((name) => name.split(".")[0] ?? name))];
  const whole = nearest(pattern, [...names, ...objects.map((object) => `${object}.*`)]);
  if (whole !== null) return whole;
  const object = nearest(pattern.split(".")[0] ?? "", objects);
  return object === null ? null : `${object}.*`;
}

/** What is wrong with a pattern that covers nothing. */
export function unknownPattern(pattern: unknown): string {
  const text = String(pattern);
  const likely = nearestPattern(text);
  const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  const remedy = likely === null ? "use a name, object.* or *." : `did you mean ${likely}?`;
  return `no event type matches ${shown}; ${remedy} GET /v1/event-types lists them`;
}

/** The resources that must be polled for these patterns ever to match. */
export function resourcesFor(patterns: readonly string[]): ResourceName[] {
  const wanted = eventTypes.filter((entry) =>
    patterns.some((pattern) => matchesPattern(pattern, entry.type)),
  );
  return resourceNames.filter((name) => wanted.some((entry) => entry.resource === name));
}
