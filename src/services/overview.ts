import type { Account } from "../domain/account.js";
import type { Companion } from "../domain/companion.js";
import type { Level } from "../domain/finding.js";
import type { Hold } from "../domain/hold.js";
import type { SourceState, SourceStatus } from "../domain/source.js";
import type { Subscription } from "../domain/subscription.js";
import type { BrowserView } from "./accounts.js";

/** An account, and what little says whether its lists are well. */
export interface AccountOutline {
  readonly account: Account;
  /** The browsers that are paired with it, taken together and each; null and none where none is. */
  readonly browser: BrowserView | null;
  readonly companions: readonly Companion[];
  /** How many there are of each status. */
  readonly sources: Readonly<Record<SourceStatus, number>>;
  /** Of those that fail, the one that did most often in a row. */
  readonly worst: Pick<SourceState, "resource" | "scope" | "failures" | "reason"> | null;
  /** When some list was last read. */
  readonly lastPolledAt: string | null;
  /** Floods that wait for a person, newest first. */
  readonly held: readonly Hold[];
}

/** A subscription, and whether somebody has to look after it. */
export interface SubscriptionOutline {
  readonly subscription: Subscription;
  readonly level: Level;
  /** Whether its last attempt failed. */
  readonly isFailing: boolean;
}

/**
 * All there is, in so few words that it can be looked through each time somebody looks: of hundreds, what is well may be
 * a minute old, and a few seconds otherwise.
 */
export interface OverviewService {
  accounts(): Promise<readonly AccountOutline[]>;
  /** Expected seconds between a change and its detection, as of a minute ago at most; null while that is not known. */
  expectedDelay(account: string): Promise<number | null>;
  subscriptions(): Promise<readonly SubscriptionOutline[]>;
}
