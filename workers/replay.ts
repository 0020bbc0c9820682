import type { Context } from "../src/context.js";
import { replaySubscription } from "../src/pipeline/replay.js";

/** Goes on with the replays of subscriptions that were woken. */
export function startReplayWorker({ wakeUps, parts }: Context): void {
  wakeUps.work("replay", (subscription, stop) => replaySubscription(subscription, parts, stop));
}
