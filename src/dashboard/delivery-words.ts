import type { Delivery } from "../domain/delivery.js";
import { type PixiehookEvent, thawEvent } from "../domain/event.js";
import type { MailboxState } from "../domain/mailbox.js";
import { isSample } from "../domain/sample.js";
import type { Subscription } from "../domain/subscription.js";
import { quietUntil } from "../domain/timing.js";
import type { Services } from "../services.js";
import { absolute, count } from "./format.js";
import { typeWords } from "./subscription-words.js";

/** A delivery with what it is about, as a sentence. */
export interface DeliveryView {
  readonly delivery: Delivery;
  readonly sentence: string;
  /** Why it is not sent yet; null when it does not wait. */
  readonly waits: string | null;
}

/** What an event says; of one that is gone, what its type tells. */
export function eventSentence(
  body: string | null,
  type: string,
  describe: (event: PixiehookEvent) => string,
): string {
  if (body === null) return `${typeWords(type)} (the event is not kept any more)`;
  const event = thawEvent(body);
  return `${isSample(event) ? "Sample: " : ""}${describe(event)}`;
}

/** What a message is about, given the sentence of its first event. */
function sentenceOf({ digest, events }: Delivery, first: string): string {
  return digest && events.length > 1 ? `${count(events.length, "event")}: ${first} …` : first;
}

const inTurn = ({ due }: MailboxState) =>
  due > 1
    ? `It is due and goes out in its turn: ${count(due, "message")} are due.`
    : "It goes out in a moment.";

/** Why a delivery is not sent yet, as a sentence. `zone`: of its account. */
function waitingSentence(
  delivery: Delivery,
  about: { subscription: Pick<Subscription, "quietHours">; mailbox: MailboxState; zone: string },
  now: Date,
): string | null {
  if (delivery.status !== "pending") return null;
  const { mailbox, subscription, zone } = about;
  const { status, restsUntil, restReason, failures } = mailbox;
  if (status === "disabled") return "It waits: the subscription is off.";
  if (status === "paused") return "It waits until the subscription is resumed.";
  const { nextAttemptAt, attemptCount, ladderStart, digest, closedAt, line, type } = delivery;
  const due = nextAttemptAt === null ? now.getTime() : Date.parse(nextAttemptAt);
  const rest = restsUntil === null ? 0 : Date.parse(restsUntil);
  const quiet = quietUntil(subscription.quietHours, type, Math.max(now.getTime(), due, rest), zone);
  if (quiet !== null)
    return `It waits for the quiet hours to end, on ${absolute(new Date(quiet).toISOString())}.`;
  if (restsUntil !== null && rest > due) {
    const why =
      restReason === "asked"
        ? "the receiver asked for a pause"
        : `the receiver failed ${count(failures, "time")} in a row and is given a rest`;
    return `It waits until ${absolute(restsUntil)}: ${why}.`;
  }
  if (due > now.getTime()) {
    const at = absolute(new Date(due).toISOString());
    if (digest && closedAt === null) return `It collects events and goes out on ${at}.`;
    return attemptCount > ladderStart ? `It failed, and is tried again on ${at}.` : `It goes out on ${at}.`;
  }
  // Its place is not told; what stands first in a line is sent at once.
  if (line !== null && attemptCount === 0)
    return "It waits in line: what happened to the same thing before goes out first.";
  return inTurn(mailbox);
}

/** Deliveries with what they are about and why they wait. The first event of each is read, in one go. */
export async function viewDeliveries(
  deliveries: readonly Delivery[],
  about: { subscription: Subscription; mailbox: MailboxState },
  parts: { services: Services; describe: (event: PixiehookEvent) => string; now: Date },
): Promise<DeliveryView[]> {
  const { services, describe, now } = parts;
  const bodies = await services.events.getMany(deliveries.map(({ events }) => events[0] ?? ""));
  const waiting = deliveries.filter(({ status }) => status === "pending");
  const owners =
    about.subscription.quietHours === null ? [] : [...new Set(waiting.map(({ account }) => account))];
  const zones = new Map(
    await Promise.all(
      owners.map(async (id) => [id, (await services.accounts.get(id))?.timezone ?? "UTC"] as const),
    ),
  );
  return deliveries.map((delivery, index) => {
    const first = eventSentence(bodies[index] ?? null, delivery.type, describe);
    const zone = zones.get(delivery.account) ?? "UTC";
    return {
      delivery,
      sentence: sentenceOf(delivery, first),
      waits: waitingSentence(delivery, { ...about, zone }, now),
    };
  });
}
