import type { Account, Credentials, SessionState } from "../domain/account.js";
import type { ResourceName } from "../domain/record.js";
import type { Gate, Resource, Upstream, UpstreamFailure } from "../domain/upstream.js";
import type { Log } from "../log.js";
import type { Metrics } from "../metrics.js";
import type { WakeUps } from "../queues/wake-ups.js";
import type { StoredJar } from "../store/accounts.js";
import type { Store } from "../store/store.js";

/** What every actor works with. `context.ts` puts it together. */
export interface Parts {
  readonly store: Store;
  readonly wakeUps: Pick<WakeUps, "wake" | "wakeMany" | "wakeSoon" | "forget">;
  readonly log: Log;
  readonly metrics: Metrics;
  /** How long events, finished deliveries and holds are kept, ms. */
  readonly retentionMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** The upstream as the pipeline sees it. */
export interface UpstreamParts {
  readonly resource: (name: ResourceName) => Resource;
  /** The upstream of one account: with its session, or through the browser that reads for it, or this companion's. */
  readonly upstreamFor: (account: Pick<Account, "id" | "readBy">, companion?: string) => Upstream;
  /** The form login; null where no address for it is set. */
  readonly login: Login | null;
}

/** A session that was probed and is not stored yet. */
export interface OpenedSession {
  readonly kind: "active";
  readonly jar: StoredJar;
  readonly user: SessionState["user"];
}

/** Logs in by the form and probes what comes of it. `rejected`, and nothing else, means wrong credentials. */
export type Login = (credentials: Credentials, gate: Gate) => Promise<OpenedSession | UpstreamFailure>;

/** How long an actor works before it lets others have its place, ms. */
export const sliceMs = 15_000;

/** After this time (ms) an announced actor is woken even if whoever announced it died before waking it. */
export const announceMs = 2_000;

/** How long (ms) an actor that was busy just now waits for more before it goes to sleep. */
export const lingerMs = 100;

/** How long (ms) it waits before it looks by itself, in case that somebody in another process has work for it. */
export const patienceMs = 5;

/** A time in ms as ISO 8601. */
export const iso = (ms: number): string => new Date(ms).toISOString();
