import { isKnownPattern, matchesPattern } from "../domain/catalog.js";
import { isClient, thawEvent } from "../domain/event.js";
import { accountOf } from "../domain/ids.js";
import type { EventQuery } from "../services/events.js";

/** The filters of the list, as they stand in the address; "" for none. */
export interface EventFilters {
  readonly account: string;
  /** Patterns with commas between them. */
  readonly type: string;
  /** An id, or (part of) a name. */
  readonly collection: string;
  /** An email address, an id, or (part of) a name. */
  readonly client: string;
  /** Who was told of it. */
  readonly told: "" | "somebody" | "nobody";
  /** Days in UTC, both included. */
  readonly since: string;
  readonly until: string;
}

const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

/** Filters out of an address that anyone may have typed: what cannot be meant is left out. */
export function readFilters(query: (name: string) => string | undefined): EventFilters {
  const text = (name: string): string => (query(name) ?? "").trim().slice(0, 320);
  const day = (name: string): string => (isDay(text(name)) ? text(name) : "");
  const told = text("told");
  return {
    account: text("account"),
    type: patternsOf(text("type")).filter(isKnownPattern).join(","),
    collection: text("collection"),
    client: text("client"),
    told: told === "somebody" || told === "nobody" ? told : "",
    since: day("since"),
    until: day("until"),
  };
}

export const patternsOf = (type: string): string[] => type.split(",").filter((pattern) => pattern !== "");

/** What the store is asked for. Collection and client are ids, or an email address. */
export function queryOf(filters: EventFilters): Omit<EventQuery, "limit" | "after"> {
  const { account, type, collection, client, told, since, until } = filters;
  return {
    account: account || null,
    types: patternsOf(type),
    collection: collection || null,
    client: client || null,
    since: since === "" ? null : `${since}T00:00:00.000Z`,
    // The day itself belongs to it.
    until: until === "" ? null : `${until}T23:59:59.999Z`,
    matched: told === "" ? null : told === "somebody",
    order: "desc",
  };
}

/** Whether an event that just came is in the list. Who was told, and the days, are not looked at. */
export function fits(
  { account, type, collection, client }: EventFilters,
  event: { readonly id: string; readonly type: string; readonly body: string },
): boolean {
  if (account !== "" && accountOf(event.id) !== account) return false;
  if (type !== "" && !patternsOf(type).some((pattern) => matchesPattern(pattern, event.type))) return false;
  if (collection === "" && client === "") return true;
  const { data } = thawEvent(event.body);
  return (
    (collection === "" || data.collection?.id === collection) &&
    (client === "" || isClient(data.client, client))
  );
}

/** The address of a list with these filters, and of its part behind `after`. */
export function addressOf(
  filters: EventFilters,
  more: Record<string, string> = {},
  path = "/events",
): string {
  const set = Object.entries({ ...filters, ...more }).filter(([, value]) => value !== "");
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set)}`;
}
