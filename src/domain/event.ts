import type { JsonObject } from "./json.js";
import type { ClientReference, CollectionReference } from "./record.js";

/** The public statement of one change. Its JSON text is frozen when it is committed. */
export interface PixiehookEvent {
  readonly id: string;
  readonly type: string;
  /** When the event was committed, ISO 8601. */
  readonly timestamp: string;
  readonly data: {
    readonly account: { readonly id: string; readonly name: string };
    readonly collection: CollectionReference | null;
    readonly client: ClientReference | null;
    readonly object: JsonObject;
    /** Old values of the changed fields; null on creation. */
    readonly previous: JsonObject | null;
    readonly detected: Detected;
  };
}

export interface Detected {
  /** When the difference was seen, ISO 8601. */
  readonly at: string;
  /** The start of the last good poll before it: the change happened between the two. Null when there was none. */
  readonly notBefore: string | null;
  /** The upstream's own time where it gives one with a zone. */
  readonly occurredAt: string | null;
  /** The resource, or `service` for events about pixiehook itself. */
  readonly resource: string;
  readonly revision: number;
  /** True for records that were already there when watching began and were asked for. */
  readonly backfill: boolean;
  /** Stands on samples only: nothing happened, somebody wanted to see what would arrive. */
  readonly sample?: true;
}

/** An event as it is stored and sent: `body` is the exact text that every attempt carries. */
export interface FrozenEvent {
  readonly id: string;
  readonly type: string;
  readonly body: string;
  /** The flood that it is held back with, if any. */
  readonly hold?: string;
  /** Of a sample the subscriptions that it was made for, if any: nobody else gets it. Absent for all that happened. */
  readonly onlyFor?: readonly string[];
}

/** Whether a client is the one meant by an id or an e-mail address, in any case. */
export function isClient(client: ClientReference | null, wanted: string): boolean {
  const names = [client?.id, client?.email].filter((name) => name != null);
  return names.some((name) => name.toLowerCase() === wanted.toLowerCase());
}

const thawed = new WeakMap<FrozenEvent, PixiehookEvent>();

/** Freezes an event. Key order is the order of construction, so equal events give equal bytes. */
export function freezeEvent(event: PixiehookEvent): FrozenEvent {
  const frozen = { id: event.id, type: event.type, body: JSON.stringify(event) };
  thawed.set(frozen, event);
  return frozen;
}

/** Reads a frozen body back. It was written by `freezeEvent`, so it is trusted. */
export function thawEvent(body: string): PixiehookEvent {
  return JSON.parse(body) as PixiehookEvent;
}

/** Reads a frozen event back, once: one that many subscriptions want is the same for all. */
export function thaw(event: FrozenEvent): PixiehookEvent {
  const known = thawed.get(event) ?? thawEvent(event.body);
  thawed.set(event, known);
  return known;
}
