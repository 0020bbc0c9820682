import { type Remote, startRemote } from "./remote.js";

export interface SinkCounts {
  /** Requests whose body was there in full. */
  readonly requests: number;
  /** Pairs of a receiver and a webhook-id. */
  readonly distinct: number;
  /** When (ms) the first and the last of them came. */
  readonly first: number;
  readonly last: number;
}

export interface SinkConnections {
  readonly open: number;
  /** The most that were open at once since this was last forgotten: in all, and at one port. */
  readonly peak: number;
  readonly peakOfOne: number;
}

/** What came of one webhook-id at one receiver. */
export interface Receipt {
  readonly receiver: string;
  readonly id: string;
  /** When (ms) it came first. */
  readonly at: number;
  readonly times: number;
}

export interface SinkCalls {
  /** Opens receivers at so many ports and answers their URLs, one receiver each. */
  open(order: {
    readonly receivers: number;
    readonly ports: number;
    /** Answers 204 at once, or never. `plain`: after `delayMs`, with as little work of its own as there can be. */
    readonly manner: "answers" | "silent" | "plain";
    readonly delayMs?: number;
  }): Promise<readonly string[]>;
  /** Forgets what came so far, and how many connections there were. */
  forget(none: null): Promise<void>;
  /** What the receivers took of a processor so far, ms. */
  cpu(none: null): Promise<number>;
  counts(none: null): Promise<SinkCounts>;
  connections(none: null): Promise<SinkConnections>;
  receipts(none: null): Promise<readonly Receipt[]>;
  /** By receiver: when (ms) something came to it first after `time`. What comes is noted from the first question on. */
  firstAfter(time: number): Promise<ReadonlyMap<string, number>>;
}

/** Receivers of webhooks on loopback, in a process of their own. */
export function startSink(signal: AbortSignal): Promise<Remote<SinkCalls>> {
  return startRemote<SinkCalls>("./sink-process.js", { signal });
}
