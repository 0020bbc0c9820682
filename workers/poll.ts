import type { Context } from "../src/context.js";
import { pollAccount } from "../src/pipeline/poll.js";

/** Polls accounts that were woken. */
export function startPollWorker({ wakeUps, parts }: Context): void {
  wakeUps.work("poll", (account, stop) => pollAccount(account, parts, stop));
}
