import type { Delivery } from "../domain/delivery.js";
import type { ReceiverState } from "../domain/receiver.js";
import type { Outcome } from "../store/mailboxes.js";
import type { Parts } from "./parts.js";

/** Records what became of deliveries: one after the other, and together what comes in meanwhile. */
export interface Recorder {
  /** False: someone else recorded an attempt of this delivery since it had `attemptCount` of them. */
  record(delivery: Delivery, attemptCount: number): Promise<boolean>;
}

interface Waiting {
  readonly outcome: Outcome;
  readonly done: (ours: boolean) => void;
  readonly failed: (error: unknown) => void;
}

/** `receiver`: how it is at the moment, if that has changed since it was last asked for. */
export function createRecorder(
  subscription: string,
  receiver: () => ReceiverState | null,
  { store, now }: Parts,
): Recorder {
  let waiting: Waiting[] = [];
  let busy = false;

  async function flush(): Promise<void> {
    busy = true;
    while (waiting.length > 0) {
      const some = waiting;
      waiting = [];
      try {
        const outcomes = some.map(({ outcome }) => outcome);
        const ours = await store.mailboxes.record(subscription, outcomes, receiver(), now());
        for (const [index, { done }] of some.entries()) done(ours[index] ?? false);
      } catch (error) {
        for (const { failed } of some) failed(error);
      }
    }
    busy = false;
  }

  return {
    record(delivery, attemptCount) {
      return new Promise((done, failed) => {
        waiting.push({ outcome: { delivery, attemptCount }, done, failed });
        if (!busy) void flush();
      });
    },
  };
}
