import type { Finding } from "../domain/finding.js";
import type { MailboxState } from "../domain/mailbox.js";
import type { ChannelType, Subscription } from "../domain/subscription.js";

export interface HealthService {
  /** Whether requests can be served and work is done; each problem is a sentence. */
  ready(): Promise<{ readonly ok: boolean; readonly problems: readonly string[] }>;
  /** Prometheus text. */
  metrics(): Promise<string>;
}

/** What a check is about. */
export const checkAreas = ["redis", "clock", "workers", "mail", "receivers", "data"] as const;

export type CheckArea = (typeof checkAreas)[number];

export interface Check extends Finding {
  readonly area: CheckArea;
}

export interface Diagnosis {
  /** When the checks were made, ISO 8601: up to ten seconds ago, for whoever asks again. */
  readonly checkedAt: string;
  readonly checks: readonly Check[];
}

export interface DiagnosticsService {
  /** Looks at all that the service needs: within ten seconds, changing nothing and sending nothing to anyone. */
  run(): Promise<Diagnosis>;
  /** What the service takes for the present time, ms. */
  now(): number;
}

/** A process of the program. */
export interface ProcessView {
  /** Its number on its machine. */
  readonly pid: string;
  readonly roles: readonly string[];
}

/** A queue of wake-ups, by what they are doing. */
export interface QueueView {
  readonly name: string;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
  /** For how long the first of those that wait has; null where none does. */
  readonly oldestSeconds: number | null;
}

/** A Redis server, or a node of a cluster. A field that a hosted server keeps to itself is null. */
export interface RedisView {
  readonly node: string | null;
  readonly version: string;
  readonly usedBytes: number;
  /** Null: no limit of its own. */
  readonly limitBytes: number | null;
  readonly keepsAppendOnlyFile: boolean | null;
  /** The policy by which it may drop keys when memory is short; null where it drops none. */
  readonly eviction: string | null;
  /** What it could not write the last time. */
  readonly failedWrite: string | null;
}

/** The mailboxes of one channel, in sum. */
export interface MailboxTotals {
  /** Mailboxes that are not switched off, and those of them that rest and that are paused. */
  readonly mailboxes: number;
  readonly resting: number;
  readonly paused: number;
  /** Deliveries in them that are not done yet. */
  readonly waiting: number;
}

/** A mailbox in which deliveries wait. */
export interface MailboxView {
  readonly subscription: Subscription;
  readonly mailbox: MailboxState;
  /** When the first of them is due. */
  readonly firstDueAt: string | null;
}

/** How the program is, from within. */
export interface SystemView {
  /** When it was read, ISO 8601: up to two seconds ago; of mailboxes up to fifteen. */
  readonly at: string;
  readonly processes: readonly ProcessView[];
  /** For how long the clock should have woken somebody. */
  readonly clockLateSeconds: number;
  readonly queues: readonly QueueView[];
  readonly mailboxes: Readonly<Record<ChannelType, MailboxTotals>>;
  /** Those with the most in them, the fullest first, and in how many something waits. */
  readonly fullest: readonly MailboxView[];
  readonly filled: number;
  readonly redis: readonly RedisView[];
  /** How far the clock of Redis is ahead of this process's, ms; negative: behind. */
  readonly redisAheadMs: number;
  readonly checks: readonly Check[];
  /** When the mail server, the receivers and the data folder were looked at; null while that goes on. */
  readonly checkedAt: string | null;
}

export interface SystemService {
  /** What it costs is bounded, however much there is and however often it is asked. */
  read(): Promise<SystemView>;
}
