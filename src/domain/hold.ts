import type { CollectionReference, ResourceName } from "./record.js";

/** `releasing`: a person let it go, and its events are on their way. */
export type HoldStatus = "held" | "releasing" | "released" | "discarded";

/** A flood of events out of one poll, recorded but held back until a person says what it is. */
export interface Hold {
  readonly id: string;
  readonly account: string;
  readonly source: string;
  readonly resource: ResourceName;
  readonly collection: CollectionReference | null;
  /** How many events. */
  readonly count: number;
  readonly status: HoldStatus;
  readonly createdAt: string;
  readonly resolvedAt: string | null;
}

/** Whether a person let it go: its events are handed on, or will be. */
export function isLetGo({ status }: Pick<Hold, "status">): boolean {
  return status === "releasing" || status === "released";
}
