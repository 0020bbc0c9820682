import { randomBytes } from "node:crypto";
import { thawEvent } from "../../../src/domain/event.js";
import { idFromBytes } from "../../../src/domain/ids.js";
import type { FakeServices } from "./fake-services.js";
import {
  accountId,
  at,
  makeAccount,
  makeDelivery,
  makeEvent,
  makeSource,
  makeSubscription,
} from "./fixtures.js";

const wedding = { id: "90516387", name: "Smith Wedding 2025" };
const newborn = { id: "90516402", name: "Olivia, newborn" };
const clients = [
  { id: null, name: "Jane Doe", email: "jane@example.com" },
  { id: null, name: "Tom Ellis", email: "tom.ellis@example.com" },
] as const;

/** Fills the fakes with a believable week of a studio, so that pages can be looked at. */
export function tellStory({ state }: FakeServices): void {
  state.accounts.set(accountId, makeAccount({ timezone: "Europe/London", createdAt: at(-500_000) }));
  const second = makeAccount({ id: idFromBytes("acc", randomBytes(10)), name: "Harbour Portraits" });
  const reason = "The upstream answered 401.";
  state.accounts.set(second.id, { ...second, session: { ...second.session, status: "expired", reason } });

  state.sources.set(accountId, [
    makeSource("collections", null, {
      lastPolledAt: at(-20),
      nextPollAt: at(400),
      records: 41,
      expectedDelaySeconds: 210,
    }),
    makeSource("invoices", null, {
      lastPolledAt: at(-45),
      nextPollAt: at(75),
      records: 118,
      expectedDelaySeconds: 60,
    }),
    makeSource("payments", null, {
      lastPolledAt: at(-50),
      nextPollAt: at(70),
      records: 96,
      lastChangedAt: at(-7_200),
    }),
    makeSource("favorites", wedding, {
      lastPolledAt: at(-12),
      nextPollAt: at(48),
      records: 148,
      lastChangedAt: at(-12),
    }),
    makeSource("downloads", wedding, {
      lastPolledAt: at(-31),
      nextPollAt: at(90),
      records: 12,
      lastChangedAt: at(-900),
    }),
    makeSource("favorites", newborn, {
      status: "failing",
      failures: 4,
      reason: "The upstream answered 502 Bad Gateway.",
      lastPolledAt: at(-1_900),
      nextPollAt: at(160),
      expectedDelaySeconds: null,
      records: 22,
    }),
    makeSource("quotes", null, {
      status: "off",
      reason: "Not part of this plan.",
      lastPolledAt: null,
      records: 0,
    }),
  ]);
  state.sources.set(second.id, [
    makeSource("favorites", null, { lastPolledAt: at(-40_000), nextPollAt: null }),
  ]);

  const invoice = {
    id: "in_1",
    number: "INV-0142",
    status: "paid",
    amount: 125_000,
    amountFormatted: "£1,250.00",
    currency: "GBP",
    dueDate: "2026-12-04",
    createdAt: at(-90_000),
  };
  state.events.push(
    makeEvent({
      key: "c1",
      type: "collection.created",
      seconds: -260_000,
      client: null,
      collection: newborn,
      object: { id: newborn.id, name: newborn.name, photoCount: 64 },
    }),
    makeEvent({
      key: "in_0",
      type: "invoice.created",
      seconds: -90_000,
      collection: null,
      object: { ...invoice, status: "draft" },
    }),
    makeEvent({
      key: "d1",
      type: "download.completed",
      seconds: -15_000,
      object: {
        id: "d1",
        kind: "gallery",
        media: null,
        status: "completed",
        count: 148,
        format: "zip",
        bytes: 912_000_000,
        downloadedAt: at(-15_010),
      },
    }),
    makeEvent({
      key: "in_1",
      type: "invoice.paid",
      seconds: -7_200,
      collection: null,
      object: invoice,
      previous: { status: "sent" },
    }),
    makeEvent({
      key: "s1",
      type: "session.expired",
      seconds: -4_000,
      account: second.id,
      client: null,
      collection: null,
      object: { status: "expired", reason },
    }),
    ...[101, 102, 103].map((n) => makeEvent({ key: `0${n}`, seconds: -900 + n, client: clients[1] })),
    makeEvent({ key: "0142", seconds: -75, client: clients[0] }),
    makeEvent({
      key: "0143",
      seconds: -12,
      client: clients[0],
      previous: { note: null },
      type: "favorite.updated",
    }),
  );

  const slack = makeSubscription({
    id: idFromBytes("sub", randomBytes(10)),
    description: "#studio on Slack",
    events: ["favorite.*", "download.*", "invoice.paid"],
    channel: { type: "slack", url: "https://hooks.slack.com/services/T000/B000/secret" },
    digest: { quiet: "2m", max: "15m", events: ["favorite.*", "download.*"] },
    quietHours: { from: "21:00", to: "08:00", except: [] },
  });
  const email = makeSubscription({
    id: idFromBytes("sub", randomBytes(10)),
    events: ["session.*", "source.failing"],
    channel: { type: "email", to: ["ana@smith.example"] },
  });
  const gone = makeSubscription({
    id: idFromBytes("sub", randomBytes(10)),
    description: "Old planner",
    enabled: false,
    disabledReason: "The endpoint answered 410 Gone",
  });
  for (const subscription of [makeSubscription({ description: "Studio CRM" }), slack, email, gone]) {
    state.subscriptions.set(subscription.id, subscription);
  }

  for (const event of [...state.events].reverse()) {
    const { type, timestamp } = thawEvent(event.body);
    const seconds = (Date.parse(timestamp) - Date.parse(at(0))) / 1_000;
    const good = {
      at: at(seconds + 1),
      durationMs: 84,
      outcome: "delivered",
      status: 200,
      responseBody: "ok",
    } as const;
    const bad = {
      at: at(seconds + 1),
      durationMs: 15_000,
      outcome: "retry",
      error: "No answer within 15 s",
    } as const;
    const delivery = makeDelivery(event.id, { type, createdAt: timestamp, attempts: [good] });
    if (type === "invoice.paid") {
      const attempts = [
        bad,
        { ...bad, at: at(seconds + 16), status: 503, error: "HTTP 503" },
        { ...good, at: at(seconds + 330) },
      ];
      state.deliveries.set(delivery.id, { ...delivery, attempts, attemptCount: 3 });
    } else if (type === "session.expired") {
      state.deliveries.set(delivery.id, {
        ...delivery,
        status: "failed",
        attempts: [{ ...bad, outcome: "failed" }],
      });
    } else state.deliveries.set(delivery.id, delivery);
  }
}
