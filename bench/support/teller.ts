import type { DeliveryStatus } from "../../src/domain/delivery.js";
import type { Committed, Pace } from "./moment.js";
import { type Remote, startRemote } from "./remote.js";
import { serviceEnvironment } from "./service.js";

/** A delivery of one event, by the ids of both ends. */
export interface Told {
  readonly subscription: string;
  readonly event: string;
  readonly status: DeliveryStatus;
}

interface What {
  readonly account: string;
  readonly type: string;
}

export interface TellerCalls {
  /** Begins an account that has no session, so that nothing of it is polled. Its id. */
  begin(none: null): Promise<string>;
  /** One subscription for each URL, in their order. Their ids. */
  subscribe(
    order: What & {
      readonly urls: readonly string[];
      readonly perSecond: number;
      readonly concurrency: number;
    },
  ): Promise<readonly string[]>;
  enable(order: { readonly subscriptions: readonly string[]; readonly enabled: boolean }): Promise<void>;
  /** States so many events, then wakes their account once. Their ids, and the moment before the wake-up. */
  state(
    order: What & { readonly count: number },
  ): Promise<{ readonly ids: readonly string[]; readonly wokenAt: number }>;
  /** States events one by one at an even pace, each with a wake-up, as a poll does. Answers when all are stated. */
  pace(order: What & Pace): Promise<readonly Committed[]>;
  /** The newest so many deliveries of each, as the service lists them. */
  deliveries(order: {
    readonly subscriptions: readonly string[];
    readonly newest: number;
  }): Promise<readonly Told[]>;
}

/**
 * A process of the service that works for nobody: it states events and looks what became of them, so that neither
 * is the time of the process that delivers, or waits for it.
 */
export function startTeller(socketPath: string, signal: AbortSignal): Promise<Remote<TellerCalls>> {
  const env = serviceEnvironment({ socketPath, upstreamUrl: "http://127.0.0.1:9/api/v1" });
  return startRemote<TellerCalls>("./teller-process.js", { signal, env });
}
