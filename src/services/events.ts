import type { Delivery } from "../domain/delivery.js";
import type { Page, PageRequest, Refusal } from "./shared.js";

export interface EventQuery extends PageRequest {
  readonly account: string | null;
  /** Type patterns; empty for all. */
  readonly types: readonly string[];
  readonly collection: string | null;
  /** Client id or e-mail address. */
  readonly client: string | null;
  /** ISO 8601, inclusive, over the events' `timestamp`. */
  readonly since: string | null;
  readonly until: string | null;
  /** Whether some subscription wanted it when it was found; null for either. */
  readonly matched: boolean | null;
  readonly order: "asc" | "desc";
}

export interface EventService {
  /** Frozen bodies. A page can be shorter than the limit, even empty, while `next` is not null. */
  list(query: EventQuery): Promise<Page<string>>;
  get(id: string): Promise<string | null>;
  /** In the order of `ids`; null for those that are not kept any more. */
  getMany(ids: readonly string[]): Promise<readonly (string | null)[]>;
  /** The deliveries that carry an event, of all subscriptions. Null: no such event. */
  deliveries(id: string): Promise<readonly Delivery[] | null>;
  /** How many subscriptions wanted each of these events when it was found; null where that was not noted. */
  matched(ids: readonly string[]): Promise<readonly (number | null)[]>;
  /** Events as they are handed on, from after `lastEventId` or from now. Ends when `signal` aborts. */
  follow(lastEventId: string | null, signal: AbortSignal): Following;
}

/** Events in the order in which they are handed on, one read after the other, as fast as they are taken. */
export interface Following
  extends AsyncIterable<{ readonly id: string; readonly type: string; readonly body: string }> {
  /**
   * Settles once its place is known: whatever comes later is not missed. `lost`: the event to go on after is not kept
   * any more, or never was here, so everything that is kept is given.
   */
  readonly begun: Promise<"live" | "resumed" | "lost">;
}

/** The last so many stretches of time, all of one length; the last of them lasts still. */
export interface Stretches {
  readonly slots: number;
  readonly slotSeconds: number;
}

export interface ActivityView extends Stretches {
  /** When the first stretch began. */
  readonly from: string;
  /** How many events came in each, the oldest first. What had none at all is left out. */
  readonly counts: Readonly<Record<string, readonly number[]>>;
}

/** How much happened when. */
export interface ActivityService {
  /** By what events are about (`favorite`, `invoice`); of one account, or (null) of all. */
  byObject(account: string | null, wanted: Stretches): Promise<ActivityView>;
  /** By the ids of an account's sources. */
  bySource(account: string, wanted: Stretches): Promise<ActivityView>;
}

export interface SampleInput {
  /** Whose event it is to be; null to let the subscriptions say it. */
  readonly account: string | null;
  /** Who gets it; nobody but those who listen when it is empty. */
  readonly subscriptions: readonly string[];
  /** How many for each. */
  readonly count: number;
  /** Asked again with the same key on the same day, the samples are the same ones; null for new ones each time. */
  readonly key: string | null;
}

export interface SampleService {
  /** States samples of a type, which go the way of all events to the subscriptions named. Null: no such type. */
  trigger(
    type: string,
    input: SampleInput,
  ): Promise<
    | {
        readonly kind: "triggered";
        readonly events: readonly string[];
        readonly subscriptions: readonly string[];
      }
    | Refusal
    | null
  >;
}
