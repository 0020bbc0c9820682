import type { Context } from "../src/context.js";
import { deliverMailbox } from "../src/pipeline/deliver.js";

/** Sends what is due in mailboxes that were woken. */
export function startDeliverWorker({ wakeUps, parts }: Context): void {
  wakeUps.work("deliver", (subscription, stop) => deliverMailbox(subscription, parts, stop));
}
