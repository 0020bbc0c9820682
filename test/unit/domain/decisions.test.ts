import { describe, expect, test } from "vitest";
import { judgeAttempt } from "../../../src/domain/backoff.js";
import { findEventType } from "../../../src/domain/catalog.js";
import type { PixiehookEvent } from "../../../src/domain/event.js";
import { recoveringWith } from "../../../src/domain/health.js";
import { accountOf, deliveryId, eventId, sourceId, subscriptionOf } from "../../../src/domain/ids.js";
import { accountRestMs, nextPoll, wantedResources } from "../../../src/domain/polling.js";
import { newSource, type SourceState } from "../../../src/domain/source.js";
import {
  digestFor,
  subscriptionInputSchema,
  subscriptionPatchSchema,
  wantsEvent,
} from "../../../src/domain/subscription.js";

describe("what becomes of a delivery", () => {
  const context = { attempt: 1, delays: ["10s", "1m"], now: 0, random: 0.5 };
  const retry = {
    kind: "retry",
    error: "500",
    afterMs: null,
    holdMailbox: false,
    overloaded: false,
  } as const;

  test("the ladder is climbed with a fifth of jitter, then it is over", () => {
    expect(judgeAttempt(retry, context)).toMatchObject({ status: "pending", nextAttemptAt: 10_000 });
    expect(judgeAttempt(retry, { ...context, random: 0 })).toMatchObject({ nextAttemptAt: 8_000 });
    expect(judgeAttempt(retry, { ...context, random: 0.999999 })).toMatchObject({ nextAttemptAt: 12_000 });
    expect(judgeAttempt(retry, { ...context, attempt: 2 })).toMatchObject({ nextAttemptAt: 60_000 });
    expect(judgeAttempt(retry, { ...context, attempt: 3 })).toEqual({ status: "failed", disable: null });
  });

  test("a receiver's Retry-After can make the wait longer, up to a day, and not shorter", () => {
    const asked = { ...retry, afterMs: 30_000, holdMailbox: true };
    expect(judgeAttempt(asked, context)).toEqual({
      status: "pending",
      nextAttemptAt: 30_000,
    });
    expect(judgeAttempt({ ...asked, afterMs: 5 }, context)).toMatchObject({ nextAttemptAt: 10_000 });
    const long = { ...asked, afterMs: 10 * 86_400_000 };
    expect(judgeAttempt(long, context)).toMatchObject({ nextAttemptAt: 86_400_000 });
  });

  test("a receiver that is gone disables, a final failure does not", () => {
    expect(judgeAttempt({ kind: "gone", error: "410" }, context)).toEqual({
      status: "failed",
      disable: "410",
    });
    expect(judgeAttempt({ kind: "failed", error: "400" }, context)).toEqual({
      status: "failed",
      disable: null,
    });
  });

  test("a refused address is tried again: names change", () => {
    expect(judgeAttempt({ kind: "blocked", error: "private" }, context)).toMatchObject({ status: "pending" });
  });
});

describe("ids", () => {
  const account = "acc_0123456789abcdef";
  const change = {
    resource: "favorites",
    scope: "1",
    key: "k",
    epoch: 1,
    revision: 1,
    type: "favorite.added",
  };

  test("of the same change are the same, of another one differ", () => {
    expect(eventId(account, change)).toBe(eventId(account, { ...change }));
    for (const other of [
      { revision: 2 },
      { epoch: 2 },
      { key: "l" },
      { scope: "2" },
      { type: "favorite.removed" },
    ]) {
      expect(eventId(account, { ...change, ...other })).not.toBe(eventId(account, change));
    }
  });

  test("carry their owner", () => {
    expect(accountOf(eventId(account, change))).toBe(account);
    expect(accountOf(sourceId(account, "invoices", null))).toBe(account);
    expect(subscriptionOf(deliveryId("sub_0123456789abcdef", "evt_1"))).toBe("sub_0123456789abcdef");
    for (const wrong of ["", "evt_", "evt_short", "dlv_0123456789abcdef", "acc_0123456789abcdef"]) {
      expect(accountOf(wrong)).toBeNull();
      expect(subscriptionOf(wrong)).toBeNull();
    }
  });
});

describe("what is polled", () => {
  const account = {
    id: "acc_1",
    resources: null,
    polling: { requestsPerMinute: 30, minIntervalSeconds: 60, maxIntervalMinutes: 720 },
  };
  const subscription = (events: string[], more: object = {}) => ({
    account: null,
    events,
    enabled: true,
    ...more,
  });

  test("is what some subscription could match, and the listing that leads there", () => {
    expect(wantedResources(account, [])).toEqual(["collections"]);
    expect(wantedResources(account, [subscription(["favorite.*", "invoice.paid"])])).toEqual([
      "collections",
      "favorites",
      "invoices",
    ]);
  });

  test("is not what only other accounts or switched-off subscriptions want", () => {
    const others = [
      subscription(["favorite.*"], { account: "acc_2" }),
      subscription(["client.*"], { enabled: false }),
    ];
    expect(wantedResources(account, others)).toEqual(["collections"]);
  });

  test("comes back when its index says so, soon when something is open, later and later while it fails, rarely when it is not allowed", () => {
    const polled = "2026-11-20T10:00:00.000Z";
    const source = {
      ...newSource({ id: "src_1", account: "acc_1", resource: "invoices", scope: null }, false),
      baselined: true,
      lastPolledAt: polled,
      completeAt: polled,
      contentHash: "x",
    };
    const at = (state: SourceState, outcome: "scan" | "transient" | "forbidden", failing = 0) =>
      nextPoll(account, state, outcome, 0, () => failing).at;
    expect(nextPoll(account, source, "scan", 0, () => 0).appointed).toBe(false);
    expect(at({ ...source, missing: 1 }, "scan")).toBe(5_000);
    expect(at({ ...source, missing: 1, completeAt: null }, "scan")).toBe(300_000);
    expect(at({ ...source, contentHash: null }, "scan")).toBe(300_000);
    expect(at({ ...source, failures: 1 }, "transient")).toBe(120_000);
    expect(at({ ...source, failures: 30 }, "transient")).toBe(900_000);
    expect(at(source, "forbidden")).toBe(6 * 3_600_000);
    // All that fail take a quarter of the budget at most.
    const perMinute = account.polling.requestsPerMinute / 4;
    expect(at({ ...source, failures: 3 }, "transient", 2_000)).toBeCloseTo((2_000 / perMinute) * 60_000);
    expect(at(source, "forbidden", 4_000)).toBeCloseTo((4_000 / perMinute) * 60_000);
    expect(at({ ...source, failures: 3 }, "transient", 1_000_000)).toBe(
      account.polling.maxIntervalMinutes * 60_000,
    );
    const eager = { polling: { ...account.polling, maxIntervalMinutes: 2 } };
    expect(nextPoll(eager, source, "forbidden", 0, () => 0).at).toBe(120_000);
    expect(nextPoll(eager, { ...source, failures: 30 }, "transient", 0, () => 0).at).toBe(120_000);
  });

  test("rests as a whole when the upstream asks for it", () => {
    expect(accountRestMs({ kind: "rate_limited", reason: "", afterMs: 20_000 }, 0)).toBe(20_000);
    expect(accountRestMs({ kind: "rate_limited", reason: "", afterMs: null }, 0)).toBe(30_000);
    expect(accountRestMs({ kind: "gone", reason: "" }, 0)).toBeNull();
  });
});

describe("a subscription", () => {
  const example = findEventType("favorite.added")?.example as unknown as PixiehookEvent;
  const base = { id: "sub_1", account: null, events: ["favorite.*"], filter: null, enabled: true };

  test("wants its types, of its account, while it is enabled", () => {
    expect(wantsEvent(base, example)).toBe(true);
    expect(wantsEvent({ ...base, events: ["favorite.removed", "invoice.*"] }, example)).toBe(false);
    expect(wantsEvent({ ...base, events: ["*"] }, example)).toBe(true);
    expect(wantsEvent({ ...base, account: "acc_other" }, example)).toBe(false);
    expect(wantsEvent({ ...base, enabled: false }, example)).toBe(false);
  });

  test("filters by collection, by client in any case, and by amount", () => {
    const { collection, client } = example.data;
    expect(wantsEvent({ ...base, filter: { collections: [collection?.id ?? ""] } }, example)).toBe(true);
    expect(wantsEvent({ ...base, filter: { collections: ["1"] } }, example)).toBe(false);
    expect(wantsEvent({ ...base, filter: { clients: [client?.email?.toUpperCase() ?? ""] } }, example)).toBe(
      true,
    );
    expect(wantsEvent({ ...base, filter: { clients: ["else@example.com"] } }, example)).toBe(false);
    expect(wantsEvent({ ...base, filter: { amountAtLeast: 1 } }, example)).toBe(false);
  });

  test("is never told of itself", () => {
    const failed = findEventType("delivery.failed")?.example as unknown as PixiehookEvent;
    const about = String(failed.data.object.subscription);
    expect(wantsEvent({ ...base, events: ["*"], id: about }, failed)).toBe(false);
    expect(wantsEvent({ ...base, events: ["*"] }, failed)).toBe(true);
  });

  test("digests only the types that its digest names", () => {
    const digest = { quiet: "2m", max: "15m", events: ["favorite.*"] };
    expect(digestFor({ digest }, "favorite.added")).toBe(digest);
    expect(digestFor({ digest }, "invoice.paid")).toBeNull();
  });

  test("is refused with the field that is wrong", () => {
    const channel = { type: "webhook", url: "https://example.com" };
    const paths = (input: unknown) =>
      subscriptionInputSchema.safeParse(input).error?.issues.map(({ path }) => path.join("."));
    expect(paths({ events: ["favourite.added"], channel })).toEqual(["events.0"]);
    expect(
      paths({ events: ["favorite.*"], channel: { ...channel, headers: { "webhook-id": "x" } } }),
    ).toEqual(["channel.headers.webhook-id"]);
    expect(paths({ events: ["favorite.*"], channel, retry: { delays: ["soon"] } })).toEqual([
      "retry.delays.0",
    ]);
    expect(subscriptionPatchSchema.safeParse({ account: "acc_1" }).success).toBe(false);
  });
});

test("what fails in many collections for one reason is tried again when it is well in one, but not for one that comes and goes", () => {
  const list = (index: number, failures: number, reason = "500") => {
    const key = { id: `src_${index}`, account: "acc_1", resource: "favorites", scope: null } as const;
    return { ...newSource(key, false), status: "failing" as const, failures, reason };
  };
  const alike = Array.from({ length: 12 }, (_, index) => list(index, 3));
  const before = list(0, 3);
  const others = alike.slice(1).map(({ id }) => id);
  expect(recoveringWith(before, [...alike, list(90, 3, "403")])).toEqual(others);
  expect(recoveringWith(list(0, 1), alike)).toEqual([]);
  expect(recoveringWith(before, alike.slice(0, 8))).toEqual([]);
  // They went on failing meanwhile.
  expect(
    recoveringWith(
      list(0, 2),
      [...alike].map((other) => ({ ...other, failures: 9 })),
    ),
  ).toEqual([]);
});
