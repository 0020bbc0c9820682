import type { Attempt, Delivery, DeliveryStatus } from "../domain/delivery.js";
import type { MailboxState } from "../domain/mailbox.js";
import type { Replay, ReplayInput } from "../domain/replay.js";
import type { Subscription, SubscriptionInput, SubscriptionPatch } from "../domain/subscription.js";
import type { Page, PageRequest, Refusal } from "./shared.js";

export interface SubscriptionService {
  /** The secret (`whsec_…`) is given once, here. */
  create(
    input: SubscriptionInput,
  ): Promise<
    { readonly kind: "created"; readonly subscription: Subscription; readonly secret: string } | Refusal
  >;
  get(id: string): Promise<Subscription | null>;
  list(page: PageRequest): Promise<Page<Subscription>>;
  /** What its mailbox is doing. */
  mailbox(subscription: Subscription): Promise<MailboxState>;
  update(
    id: string,
    patch: SubscriptionPatch,
  ): Promise<{ readonly kind: "updated"; readonly subscription: Subscription } | Refusal | null>;
  remove(id: string): Promise<boolean>;
  /** Takes the recipient that a signed link names off the list; null when the link is not ours or is too old. */
  unsubscribe(id: string, token: string): Promise<{ readonly recipient: string } | null>;
  /** Sends a sample event now. Null: no such subscription. */
  test(id: string): Promise<Attempt | null>;
  rotateSecret(
    id: string,
    graceSeconds: number,
  ): Promise<{ readonly secret: string; readonly previousValidUntil: string } | null>;
  /** The newest events that the subscription would have matched, as frozen bodies. */
  preview(input: SubscriptionInput): Promise<readonly string[]>;
  /** Newest first. Null: no such subscription. */
  deliveries(
    id: string,
    page: PageRequest & { readonly status: DeliveryStatus | null },
  ): Promise<Page<Delivery> | null>;
  /** The last that came to an end, newest first: at most `limit`, fewer where their attempts fill pages. */
  finished(id: string, limit: number): Promise<readonly Delivery[]>;
}

export interface DeliveryService {
  get(id: string): Promise<Delivery | null>;
  /** Makes a delivery due again now; refused while its subscription is off. Null: no such delivery. */
  redeliver(id: string): Promise<Delivery | Refusal | null>;
}

export interface ReplayService {
  /** Begins to send events again; refused while another replay of the subscription runs. Null: no such subscription. */
  begin(
    subscription: string,
    input: ReplayInput,
  ): Promise<{ readonly kind: "begun"; readonly replay: Replay } | Refusal | null>;
  /** Newest first. Null: no such subscription. */
  list(subscription: string): Promise<readonly Replay[] | null>;
  get(subscription: string, id: string): Promise<Replay | null>;
  /** Ends a replay that runs. What is in the mailbox is still sent. Null: no such replay. */
  cancel(subscription: string, id: string): Promise<Replay | Refusal | null>;
}
