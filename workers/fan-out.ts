import type { Context } from "../src/context.js";
import { fanOut } from "../src/pipeline/fan-out.js";

/** Puts the events of accounts that were woken into mailboxes. */
export function startFanOutWorker({ wakeUps, parts }: Context): void {
  wakeUps.work("fan-out", (account, stop) => fanOut(account, parts, stop));
}
