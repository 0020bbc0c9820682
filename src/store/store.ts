import { type AccountStore, createAccountStore } from "./accounts.js";
import { type Budget, createBudget } from "./budget.js";
import { createBoxMemory } from "./cards.js";
import { type CompanionStore, createCompanionStore } from "./companions.js";
import { createDueSet, type DueSet } from "./due.js";
import { createErrandStore, type ErrandStore } from "./errands.js";
import { createEventLog, type EventLog } from "./event-log.js";
import { createEventStore, type EventStore } from "./events.js";
import { createHintStore, type HintStore } from "./hints.js";
import { createHoldStore, type HoldStore } from "./holds.js";
import { createMailboxStore, type MailboxStore } from "./mailboxes.js";
import { createPresenceStore, type PresenceStore } from "./presence.js";
import { createRates, type Rates } from "./rates.js";
import type { RedisClient } from "./redis.js";
import { createReplayStore, type ReplayStore } from "./replays.js";
import { createRevivalStore, type RevivalStore } from "./revivals.js";
import { createScripts } from "./scripts.js";
import { createSealStore, type SealStore } from "./seals.js";
import type { Vault } from "./secrets.js";
import { type ClockReading, readServerClock, readServers, type ServerFacts } from "./server.js";
import { createSnapshotStore, type SnapshotStore } from "./snapshots.js";
import { createSourceStore, type SourceStore } from "./sources.js";
import { createSubscriptionStore, type SubscriptionStore } from "./subscriptions.js";
import { createTokenStore, type TokenStore } from "./tokens.js";

/** All that is kept, over one connection. */
export interface Store {
  readonly accounts: AccountStore;
  readonly revivals: RevivalStore;
  readonly sources: SourceStore;
  readonly snapshots: SnapshotStore;
  readonly events: EventStore;
  readonly log: EventLog;
  readonly hints: HintStore;
  readonly holds: HoldStore;
  readonly subscriptions: SubscriptionStore;
  readonly mailboxes: MailboxStore;
  readonly replays: ReplayStore;
  readonly budget: Budget;
  readonly rates: Rates;
  readonly tokens: TokenStore;
  readonly seals: SealStore;
  readonly companions: CompanionStore;
  readonly due: DueSet;
  readonly errands: ErrandStore;
  readonly presence: PresenceStore;
  readonly server: ServerReader;
  ping(): Promise<void>;
}

/** What Redis says of itself. */
export interface ServerReader {
  facts(): Promise<ServerFacts[]>;
  clock(now: () => number): Promise<ClockReading>;
}

export function createStore(client: RedisClient, vault: Vault): Store {
  const run = createScripts(client);
  const memory = createBoxMemory();
  return {
    accounts: createAccountStore(client, run, vault),
    revivals: createRevivalStore(client, run, vault),
    sources: createSourceStore(client, run),
    snapshots: createSnapshotStore(client, run),
    events: createEventStore(client, run, memory),
    log: createEventLog(client, run, memory),
    hints: createHintStore(client, run),
    holds: createHoldStore(client, run),
    subscriptions: createSubscriptionStore(client, run, vault),
    mailboxes: createMailboxStore(client, run),
    replays: createReplayStore(client, run),
    budget: createBudget(client, run),
    rates: createRates(client, run),
    tokens: createTokenStore(client, run),
    seals: createSealStore(client, run, vault),
    companions: createCompanionStore(client, run),
    due: createDueSet(client, run),
    errands: createErrandStore(client, run),
    presence: createPresenceStore(client, run),
    server: { facts: () => readServers(client), clock: (now) => readServerClock(client, now) },
    async ping() {
      await client.ping();
    },
  };
}
