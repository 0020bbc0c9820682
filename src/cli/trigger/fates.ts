import type { z } from "zod";
import type { deliverySchema } from "../../api/schemas/delivery.js";
import { subscriptionSchema } from "../../api/schemas/subscription.js";
import { span, subscriptionName, took } from "../../dashboard/format.js";
import { plain } from "../plain.js";

export type Delivery = z.output<typeof deliverySchema>;
/** A subscription, as far as it is needed to send it samples and to say what came of them. */
export const subscriptionShape = subscriptionSchema.pick({
  id: true,
  account: true,
  events: true,
  filter: true,
  channel: true,
  description: true,
  enabled: true,
  paused: true,
  quietHours: true,
  mailbox: true,
});
export type Subscription = z.output<typeof subscriptionShape>;

/** What came of a delivery of a sample, for people. */
export interface Fate {
  readonly text: string;
  readonly failed: boolean;
}

/** Whether there is nothing to wait for until `end` (ms): it was tried, or is not to be tried before. */
export function isSettled({ status, attemptCount, nextAttemptAt }: Delivery, end: number): boolean {
  if (status !== "pending" || attemptCount > 0) return true;
  return nextAttemptAt !== null && Date.parse(nextAttemptAt) > end;
}

/** What came of a delivery, at `now` (ms). */
export function fateOf(delivery: Delivery, { paused, mailbox }: Subscription, now: number): Fate {
  const { status, attempts, nextAttemptAt, event } = delivery;
  const last = attempts.at(-1);
  if (status === "delivered") return { text: `delivered in ${took(last?.durationMs ?? 0)}`, failed: false };
  if (status === "discarded") return { text: "discarded: the event is gone", failed: true };
  const next = nextAttemptAt === null ? null : Date.parse(nextAttemptAt);
  if (last !== undefined) {
    const again =
      status === "pending" && next !== null ? `tried again in ${soon(next - now)}` : "not tried again";
    return { text: `failed: ${plain(last.error ?? "no reason was given")}, ${again}`, failed: true };
  }
  if (paused) return { text: "kept: the subscription is paused", failed: false };
  if (next !== null && next > now) {
    const why = event === null ? "its digest" : "the end of its quiet hours";
    return { text: `waits for ${why} at ${clock(next, now)}`, failed: false };
  }
  if (mailbox.restsUntil !== null) {
    const why =
      mailbox.restReason === "asked" ? "the receiver asked for a rest" : "the receiver failed too often";
    return { text: `waits until ${clock(Date.parse(mailbox.restsUntil), now)}: ${why}`, failed: false };
  }
  return { text: "not sent yet", failed: false };
}

/** `sub_… Team channel`. */
export function nameOf(subscription: Pick<Subscription, "id" | "description" | "channel">): string {
  return plain(`${subscription.id} ${subscriptionName(subscription)}`);
}

const soon = (ms: number) => span(Math.max(1, ms / 1_000));

/** `18:00`, or with its day where that is another one; in the zone of this computer. */
function clock(at: number, now: number): string {
  const [then, today] = [new Date(at), new Date(now)];
  const time = then.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  if (then.toDateString() === today.toDateString()) return time.replace(/:00$/, "");
  const day = then.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
  return `${time.replace(/:00$/, "")} on ${day}`;
}
