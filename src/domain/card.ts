import { eventTypes, matchesPattern } from "./catalog.js";
import type { PixiehookEvent } from "./event.js";

/**
 * A card says in a few numbers what an event is about, so that a list can pass over those that it does not want
 * without reading them. Different values can have the same number: what a card lets through is looked at again.
 */
export interface Card {
  /** 16 bits. */
  readonly type: number;
  /** 30 bits. */
  readonly account: number;
  /** 32 bits; 0 for none. */
  readonly collection: number;
  /** 16 bits each, in any case; 0 for none. */
  readonly clientId: number;
  readonly clientEmail: number;
}

/** What the cards of a list have in common; null for anything. */
export interface CardFilter {
  readonly types: ReadonlySet<number> | null;
  readonly accounts: ReadonlySet<number> | null;
  /** One of these. */
  readonly collections: readonly number[] | null;
  readonly clients: readonly number[] | null;
  /** Whether some subscription wanted it. */
  readonly matched: boolean | null;
}

/** 32 bits of a text that look drawn (FNV-1a, mixed), never 0. Stored: it must stay what it is. */
function numberOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (hash ^ (hash >>> 15)) >>> 0 || 1;
}

const short = (text: string) => numberOf(text) >>> 16 || 1;

export const typeNumber = (type: string): number => short(type);
export const accountNumber = (id: string): number => numberOf(id) >>> 2;
export const collectionNumber = (id: string): number => numberOf(id);
/** Of an id or an email address. */
export const clientNumber = (name: string): number => short(name.toLowerCase());

/** What of an event its card says something of. */
export interface Carded {
  readonly type: string;
  readonly data: Pick<PixiehookEvent["data"], "collection" | "client"> & {
    readonly account: { readonly id: string };
  };
}

export function cardOf({ type, data }: Carded): Card {
  return {
    type: typeNumber(type),
    account: accountNumber(data.account.id),
    collection: data.collection ? collectionNumber(data.collection.id) : 0,
    clientId: data.client?.id ? clientNumber(data.client.id) : 0,
    clientEmail: data.client?.email ? clientNumber(data.client.email) : 0,
  };
}

/** The numbers of the types that patterns cover; null when that is every type. */
export function typeNumbers(patterns: readonly string[]): ReadonlySet<number> | null {
  if (patterns.length === 0 || patterns.includes("*")) return null;
  const covered = eventTypes.filter(({ type }) => patterns.some((pattern) => matchesPattern(pattern, type)));
  return new Set([...covered.map(({ type }) => type), ...patterns].map(typeNumber));
}
