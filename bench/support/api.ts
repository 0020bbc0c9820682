import { type Remote, startRemote } from "./remote.js";
import { serviceEnvironment } from "./service.js";

export interface ApiCalls {
  /** Where it listens, and its token. */
  address(none: null): Promise<{ readonly url: string; readonly token: string }>;
  /** Begins accounts that have no session, so that nothing of them is polled. Their ids. */
  accounts(order: { readonly count: number }): Promise<readonly string[]>;
  /** Gives an account so many sources. */
  sources(order: { readonly account: string; readonly count: number }): Promise<void>;
  /** Subscriptions to everything of an account, or of all. Their ids. */
  subscribe(order: { readonly account: string | null; readonly count: number }): Promise<readonly string[]>;
  /** Puts deliveries of these events into a mailbox; one in `failedEvery` failed, the others arrived. */
  deliver(order: {
    readonly subscription: string;
    readonly events: readonly string[];
    readonly failedEvery: number;
  }): Promise<void>;
  /** Does what the clock's sweep does, to the end. Ms that it took. */
  sweep(none: null): Promise<number>;
  /** What the process took of a processor since it began, ms. */
  cpu(none: null): Promise<number>;
  /** Bytes of memory. */
  memory(none: null): Promise<number>;
}

/** The API and the dashboard of a service over HTTP, in a process of their own, without workers. */
export function startApi(socketPath: string, signal: AbortSignal): Promise<Remote<ApiCalls>> {
  const env = serviceEnvironment({ socketPath, upstreamUrl: "http://127.0.0.1:9/api/v1" });
  return startRemote<ApiCalls>("./api-process.js", { signal, env });
}
