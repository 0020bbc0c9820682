import { type AccountInput, accountInputSchema } from "../../../src/domain/account.js";
import type { BudgetOption } from "../../../src/domain/budget-options.js";
import type { Companion } from "../../../src/domain/companion.js";
import type { Delivery } from "../../../src/domain/delivery.js";
import { freezeEvent, type PixiehookEvent } from "../../../src/domain/event.js";
import type { Hold } from "../../../src/domain/hold.js";
import { deliveryId, eventId, sourceId } from "../../../src/domain/ids.js";
import { type MailboxState, mailboxState } from "../../../src/domain/mailbox.js";
import type { ResourceName } from "../../../src/domain/record.js";
import { newSource, type SourceStatus } from "../../../src/domain/source.js";
import { type Subscription, subscriptionInputSchema } from "../../../src/domain/subscription.js";
import type { AccountView, ForecastView, SourceView } from "../../../src/services/accounts.js";
import type { AccountOutline } from "../../../src/services/overview.js";
import type { SystemView } from "../../../src/services/system.js";

export const accountId = "acc_7d3k9m2p5q8r1s4t";
export const subscriptionId = "sub_4h6j8k1m3n5p7q9r";
const start = Date.parse("2026-11-20T10:00:00.000Z");

/** A moment some seconds after the start of the story. */
export function at(seconds: number): string {
  return new Date(start + seconds * 1_000).toISOString();
}

export function makeAccount(overrides: Partial<AccountView> = {}): AccountView {
  const input: AccountInput = accountInputSchema.parse({ name: "Smith Studio" });
  const { session: _, ...settings } = input;
  const user = { name: "Ana Smith", email: "ana@smith.example" };
  const state = { status: "active", checkedAt: at(0), user, reason: null } as const;
  const session = { ...state, epoch: 1, renewal: "cookies" } as const;
  const { requestsPerMinute } = overrides.polling ?? settings.polling;
  const rates = { requestsPerMinute, effectiveRequestsPerMinute: requestsPerMinute };
  const budget = { ...rates, pace: 1, restingUntil: null, usedLastMinute: 0 };
  const stored = { ...settings, id: accountId, readBy: "server", createdAt: at(0) } as const;
  return { ...stored, session, budget, browser: null, ...overrides };
}

interface EventSketch {
  key: string;
  type?: string;
  account?: string;
  collection?: { id: string; name: string | null } | null;
  client?: { id: string | null; name: string | null; email: string | null } | null;
  object?: PixiehookEvent["data"]["object"];
  previous?: PixiehookEvent["data"]["previous"];
  seconds?: number;
}

export function makeEvent(sketch: EventSketch) {
  const { key, type = "favorite.added", account = accountId, seconds = 0 } = sketch;
  const resource = type.startsWith("invoice")
    ? "invoices"
    : type.startsWith("download")
      ? "downloads"
      : "favorites";
  const revision = sketch.previous ? 2 : 1;
  const scope = sketch.collection === null ? null : "90516387";
  return freezeEvent({
    id: eventId(account, { resource, scope, key, epoch: 1, revision, type }),
    type,
    timestamp: at(seconds),
    data: {
      account: { id: account, name: "Smith Studio" },
      collection:
        sketch.collection === undefined ? { id: "90516387", name: "Smith Wedding 2025" } : sketch.collection,
      client:
        sketch.client === undefined
          ? { id: null, name: "Jane Doe", email: "jane@example.com" }
          : sketch.client,
      object: sketch.object ?? {
        id: key,
        media: { id: `m${key}`, kind: "photo", name: `SW-${key}.jpg` },
        list: { id: "31", name: "Album picks" },
        note: null,
        favoritedAt: at(seconds - 40),
      },
      previous: sketch.previous ?? null,
      detected: {
        at: at(seconds),
        notBefore: at(seconds - 60),
        occurredAt: null,
        resource,
        revision,
        backfill: false,
      },
    },
  });
}

export function makeSource(
  resource: ResourceName,
  scope: { id: string; name: string } | null,
  overrides: Partial<SourceView> = {},
): SourceView {
  const id = sourceId(accountId, resource, scope?.id ?? null);
  return {
    ...newSource({ id, account: accountId, resource, scope }, false),
    status: "active",
    baselined: true,
    lastPolledAt: at(0),
    nextPollAt: at(90),
    expectedDelaySeconds: 45,
    records: 12,
    ...overrides,
  };
}

export function makeOption(requestsPerMinute: number, expectedDelaySeconds: number): BudgetOption {
  const used = { usedRequestsPerMinute: requestsPerMinute, keepsMaxInterval: true };
  return { requestsPerMinute, ...used, expectedDelaySeconds };
}

export function makeForecast(overrides: Partial<ForecastView> = {}): ForecastView {
  return {
    requestsPerMinute: 30,
    effectiveRequestsPerMinute: 30,
    sources: 12,
    waiting: 0,
    appointed: 0,
    usedRequestsPerMinute: 30,
    expectedDelaySeconds: 250,
    keepsMaxInterval: true,
    requestsPerMinuteForMaxInterval: 0.1,
    byResource: [{ resource: "favorites", sources: 12, expectedDelaySeconds: 250 }],
    options: [makeOption(15, 500), makeOption(30, 250), makeOption(60, 130), makeOption(120, 70)],
    ...overrides,
  };
}

/** An account in the few words of the overview. */
export function outlineOf(
  account: AccountView,
  sources: readonly SourceView[],
  holds: readonly Hold[],
  companions: readonly Companion[] = [],
): AccountOutline {
  const numberOf = (wanted: SourceStatus) => sources.filter(({ status }) => status === wanted).length;
  const byFailures = sources.toSorted((a, b) => b.failures - a.failures);
  return {
    account,
    browser: account.browser,
    companions,
    sources: {
      waiting: numberOf("waiting"),
      active: numberOf("active"),
      failing: numberOf("failing"),
      off: numberOf("off"),
    },
    worst: byFailures.find(({ status }) => status === "failing") ?? null,
    lastPolledAt:
      sources
        .flatMap(({ lastPolledAt }) => lastPolledAt ?? [])
        .sort()
        .at(-1) ?? null,
    held: holds.filter(({ account: owner, status }) => owner === account.id && status === "held"),
  };
}

export function makeSubscription(overrides: Partial<Subscription> = {}): Subscription {
  const input = subscriptionInputSchema.parse({
    events: ["*"],
    channel: { type: "webhook", url: "https://example.com/hooks/pixieset" },
  });
  const stamps = { createdAt: at(0), updatedAt: at(0) };
  return {
    ...input,
    id: subscriptionId,
    digest: null,
    disabledReason: null,
    publicKey: null,
    ...stamps,
    ...overrides,
  };
}

export function makeMailbox(overrides: Partial<MailboxState> = {}): MailboxState {
  return {
    ...mailboxState(makeSubscription(), { waiting: 0, due: 0 }, null, Date.parse(at(0))),
    ...overrides,
  };
}

export function makeDelivery(event: string, overrides: Partial<Delivery> = {}): Delivery {
  const subscription = overrides.subscription ?? subscriptionId;
  return {
    id: deliveryId(subscription, event),
    subscription,
    account: accountId,
    events: [event],
    type: "favorite.added",
    digest: false,
    group: null,
    line: null,
    status: "delivered",
    attempts: [{ at: at(1), durationMs: 84, outcome: "delivered", status: 200, responseBody: "ok" }],
    attemptCount: 1,
    createdAt: at(0),
    nextAttemptAt: null,
    closedAt: null,
    ladderStart: 0,
    accepted: [],
    refused: [],
    replay: null,
    ...overrides,
  };
}

/** A program that has nothing to do. */
export function makeSystem(overrides: Partial<SystemView> = {}): SystemView {
  const none = { mailboxes: 0, resting: 0, paused: 0, waiting: 0 };
  const idle = { waiting: 0, active: 0, delayed: 0, failed: 0, oldestSeconds: null };
  return {
    at: at(0),
    processes: [{ pid: "4123", roles: ["api", "poll", "fan-out", "deliver", "clock"] }],
    clockLateSeconds: 0,
    queues: ["poll", "fan-out", "deliver", "replay", "clock", "sweep"].map((name) => ({ name, ...idle })),
    mailboxes: { webhook: none, slack: none, email: none },
    fullest: [],
    filled: 0,
    redis: [
      {
        node: null,
        version: "7.2.4",
        usedBytes: 12_400_000,
        limitBytes: null,
        keepsAppendOnlyFile: true,
        eviction: null,
        failedWrite: null,
      },
    ],
    redisAheadMs: 3,
    checks: [{ area: "redis", level: "good", code: "redis", text: "Redis is well.", remedy: null }],
    checkedAt: at(0),
    ...overrides,
  };
}
