import type { JsonObject } from "./json.js";
import { type ResourceName, resourceNames } from "./record.js";

/** One kind of event: what happened, to what, and how it looks. */
export interface EventType {
  readonly type: string;
  /** The resource whose polls find it; `service` for what pixiehook says of itself. */
  readonly resource: ResourceName | "service";
  readonly description: string;
  /** JSON Schema (2020-12) of `data.object`. */
  readonly schema: JsonObject;
  /** A whole event. */
  readonly example: JsonObject;
}

export const eventTypes: readonly EventType[] = [];

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
