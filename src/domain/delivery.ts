import type { PixiehookEvent } from "./event.js";
import type { SigningSecrets, Subscription } from "./subscription.js";

export const deliveryStatuses = ["pending", "delivered", "failed", "discarded"] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

interface Answer {
  /** HTTP status or SMTP reply code. */
  readonly status?: number;
  /** The first 4 kB of the answer. */
  readonly responseBody?: string;
}

/** What came of one attempt. Every channel answers in these words; none throws for what a receiver does. */
export type AttemptOutcome =
  | ({ readonly kind: "delivered" } & Answer)
  /**
   * Try again. `afterMs` is the receiver's own wish; `holdMailbox` makes every delivery wait for it;
   * `overloaded` asks to be sent less, without saying how long.
   */
  | ({
      readonly kind: "retry";
      readonly error: string;
      readonly afterMs: number | null;
      readonly holdMailbox: boolean;
      readonly overloaded: boolean;
      /** Recipients who have it already, at this attempt or before: the next one is for the others. */
      readonly accepted?: readonly string[];
      /** Recipients who were refused for good: nothing more is sent to them. */
      readonly refused?: readonly string[];
    } & Answer)
  /** This delivery can never succeed: no further attempt. */
  | ({ readonly kind: "failed"; readonly error: string } & Answer)
  /** The receiver is gone for good: the subscription is disabled. */
  | ({ readonly kind: "gone"; readonly error: string } & Answer)
  /** The address may not be reached by our own rules; tried again later, since names change. */
  | ({ readonly kind: "blocked"; readonly error: string } & Answer);

/** One try of a delivery, as it is recorded and shown. */
export interface Attempt {
  readonly at: string;
  readonly durationMs: number;
  readonly outcome: AttemptOutcome["kind"];
  readonly status?: number;
  readonly error?: string;
  readonly responseBody?: string;
  readonly nextAttemptAt?: string;
}

/** One event, or one digest of events, for one subscription. */
export interface Delivery {
  readonly id: string;
  readonly subscription: string;
  readonly account: string;
  /** Event ids in the order of their commits. One, unless it is a digest. */
  readonly events: readonly string[];
  /** The event type; of a digest, the type that all its events share. */
  readonly type: string;
  readonly digest: boolean;
  /** The digest group: events that share one go into one message. Null for a single event. */
  readonly group: string | null;
  /** The line it stands in, where order is asked for: one after the other. */
  readonly line: string | null;
  readonly status: DeliveryStatus;
  /** The newest attempts, oldest first; `attemptCount` counts all. */
  readonly attempts: readonly Attempt[];
  readonly attemptCount: number;
  /** How many attempts were made before it was last asked for anew: from there its ladder counts. */
  readonly ladderStart: number;
  /** Recipients who have it already: the next attempt is for the others. Nobody, where they are not told apart. */
  readonly accepted: readonly string[];
  /** Recipients who were refused for good. */
  readonly refused: readonly string[];
  /** The replay that last put it into the mailbox; null when none did. */
  readonly replay: string | null;
  readonly createdAt: string;
  /** When the next attempt is due; null when none is. */
  readonly nextAttemptAt: string | null;
  /** When a digest was closed: its timestamp, the same for every attempt. */
  readonly closedAt: string | null;
}

/**
 * A finished delivery, to be sent once more at `at` (ISO 8601), its ladder from the beginning. Out of its line: it had its
 * turn, and must not hold back what came after it. Recipients who have what failed for others do not get it twice; what
 * was delivered goes to everyone again.
 */
export function sentAnew(delivery: Delivery, at: string): Delivery {
  return {
    ...delivery,
    status: "pending",
    nextAttemptAt: at,
    ladderStart: delivery.attemptCount,
    accepted: delivery.status === "delivered" ? [] : delivery.accepted,
    refused: [],
    line: null,
  };
}

/** Everything a channel needs for one attempt. */
export interface Message {
  readonly delivery: Pick<Delivery, "id" | "digest" | "closedAt"> & {
    /** As the last attempt answered. Without it the delivery goes to everyone. */
    readonly accepted?: readonly string[] | undefined;
    readonly refused?: readonly string[] | undefined;
  };
  readonly subscription: Subscription;
  readonly secrets: SigningSecrets;
  /** In the order of their commits, at least one. `bodies[i]` is the frozen text of `events[i]`. */
  readonly events: readonly PixiehookEvent[];
  readonly bodies: readonly string[];
  /** IANA zone of the account, for times that people read. */
  readonly timezone: string;
  /** Address of the dashboard, without a trailing slash. */
  readonly publicUrl: string;
  /** When this attempt is made. */
  readonly at: Date;
}

/** A way to reach someone. */
export interface Channel {
  /** Sends one message. Ends by its own deadline, or early with a `retry` when `signal` aborts. */
  send(message: Message, signal: AbortSignal): Promise<AttemptOutcome>;
}
