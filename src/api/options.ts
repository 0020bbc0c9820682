import type { Log } from "../log.js";
import type { Entrance } from "../services/tokens.js";
import type { Services } from "../services.js";
import type { IdempotencyStore } from "./idempotency.js";
import type { RequestRate, StreamSeats } from "./limits.js";
import type { ObserveRequest } from "./measure.js";

/** Anything that answers requests, such as the dashboard. */
export interface Pages {
  fetch(request: Request, bindings?: object): Response | Promise<Response>;
}

export interface ApiOptions {
  readonly services: Services;
  readonly log: Log;
  /** Says which tokens open `/v1`. */
  readonly entrance: Entrance;
  /** Where people reach this program, without a trailing slash. */
  readonly publicUrl: string;
  readonly version: string;
  /** Milliseconds since 1970, of the clock that expiry goes by; this machine's own unless told. */
  readonly now?: () => number;
  /** Without one, `Idempotency-Key` is checked for its form and otherwise ignored. */
  readonly idempotency?: IdempotencyStore;
  /** How many requests a token may make; without one, any number. */
  readonly requestRate?: RequestRate;
  /** How many event streams a token may have open in this process; 20 unless told. */
  readonly streamsPerToken?: number;
  /** Answers every address that is not the API's own. */
  readonly dashboard?: Pages;
  /** Hears of every request that was answered. */
  readonly observe?: ObserveRequest;
  /** Ends open event streams and waits when the program stops. */
  readonly signal?: AbortSignal;
  /** How long `POST …/poll?wait=true` waits; 5 minutes unless told. */
  readonly pollWaitMs?: number;
  /** How often a quiet event stream says that it lives; 15 s unless told. */
  readonly heartbeatMs?: number;
}

/** The options with every default filled in, as the routes take them. */
export interface ApiContext {
  readonly services: Services;
  readonly entrance: Entrance;
  readonly streamSeats: StreamSeats;
  readonly publicUrl: string;
  readonly version: string;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly pollWaitMs: number;
  readonly heartbeatMs: number;
}
