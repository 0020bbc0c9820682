import type { Delivery } from "../domain/delivery.js";
import type { KnownReceiver, Outcome } from "../store/mailboxes.js";
import type { Parts } from "./parts.js";

/** Records what became of deliveries, those together that are done at about the same time. */
export interface Recorder {
  /** False: someone else recorded an attempt of this delivery since it had `attemptCount` of them. */
  record(delivery: Delivery, attemptCount: number): Promise<boolean>;
}

export interface RecorderOptions {
  readonly subscription: string;
  readonly parts: Pick<Parts, "store" | "now">;
  /** How the receiver is at the moment, if that has changed since it was last asked for. */
  readonly receiver: () => KnownReceiver | null;
  /** How many attempts are under way, those included that wait to be recorded. */
  readonly underWay: () => number;
}

interface Waiting {
  readonly outcome: Outcome;
  readonly done: (ours: boolean) => void;
  readonly failed: (error: unknown) => void;
}

/** How long (ms) an outcome waits for others. While it does it is in flight, so nothing is risked but a double. */
const gatherMs = 2;

export function createRecorder({ subscription, parts, receiver, underWay }: RecorderOptions): Recorder {
  const { store, now } = parts;
  let waiting: Waiting[] = [];
  let writing = 0;
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const some = waiting;
    waiting = [];
    writing = some.length;
    try {
      const outcomes = some.map(({ outcome }) => outcome);
      const ours = await store.mailboxes.record(subscription, outcomes, receiver(), now());
      for (const [index, { done }] of some.entries()) done(ours[index] ?? false);
    } catch (error) {
      for (const { failed } of some) failed(error);
    }
    writing = 0;
    if (waiting.length > 0) schedule();
  }

  function schedule(): void {
    if (writing > 0) return;
    // Nobody is left who could be done in the meantime.
    if (waiting.length >= underWay()) void flush();
    else timer ??= setTimeout(() => void flush(), gatherMs);
  }

  return {
    record(delivery, attemptCount) {
      return new Promise((done, failed) => {
        waiting.push({ outcome: { delivery, attemptCount }, done, failed });
        schedule();
      });
    },
  };
}
