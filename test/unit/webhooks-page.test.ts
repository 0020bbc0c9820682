import { describe, expect, test } from "vitest";
import { webhookOutcome, webhookRequest } from "../../src/channels/webhook.js";
import { explainVerdict } from "../../src/cli/verify/verdict.js";
import type { Message } from "../../src/domain/delivery.js";
import {
  type ChannelSettings,
  isReservedHeader,
  subscriptionInputSchema,
} from "../../src/domain/subscription.js";
import { readPage, useExamples } from "../support/documents.js";
import { example, messageOf } from "./channels/messages.js";

const exampleOf = useExamples();
const name = "docs/webhooks.md";
const page = readPage(name);
const block = (example: string) => exampleOf(name, example);

const event = example("favorite.added");
const digest: Partial<Message> = {
  delivery: { id: "dlv_edgptw3ccmg62rv3z6d3", digest: true, closedAt: "2026-11-20T10:15:01.000Z" },
};
const requestOf = (format: "standard" | "cloudevents", more: Partial<Message> = {}) => {
  const settings: ChannelSettings = {
    type: "webhook",
    url: "https://a.example",
    format,
    headers: {},
    asymmetric: false,
  };
  return webhookRequest(messageOf([event], settings, more), "0.1.0");
};

describe("docs/webhooks.md", () => {
  test.each([
    ["standard-event", requestOf("standard")],
    ["standard-digest", requestOf("standard", digest)],
    ["cloudevents-event", requestOf("cloudevents")],
    ["cloudevents-digest", requestOf("cloudevents", digest)],
  ] as const)("shows the body of %s as the code makes it", (name, { body }) =>
    expect(block(name)).toBe(`${JSON.stringify(JSON.parse(body), null, 2)}\n`),
  );

  test("shows the headers as the code makes them", () => {
    const lines = Object.entries(requestOf("standard").headers).map(([name, value]) => `${name}: ${value}\n`);
    expect(block("headers")).toBe(lines.join(""));
  });

  test("shows what verify says", () => {
    const received = {
      headers: { id: "", timestamp: "", signature: "" },
      body: Buffer.alloc(0),
      missing: 0,
      surplus: 0,
    };
    const rules = { now: new Date(), toleranceSeconds: 300 };
    const facts = {
      received,
      secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      cause: "a line break was added at its end",
      rules,
    };
    const told = [
      { ok: true, timestamp: 1614265330, age: 12, scheme: "v1", position: 1, signatures: 1 } as const,
      { ok: false, code: "no_match", reason: "", age: 12 } as const,
    ].map((verdict) => {
      const { sentence, remedy } = explainVerdict(verdict, facts);
      return remedy === null ? sentence : `${sentence}\n${remedy}`;
    });
    expect(`${told.join("\n\n")}\n`).toBe(block("verify-answers"));
  });

  test("names every header that may not be set", () => {
    const named = /is\nrefused, [^:]*: ([\s\S]*?)\.\n/.exec(page)?.[1]?.match(/`[^`]+`/g) ?? [];
    expect(named.length).toBeGreaterThan(15);
    for (const name of named)
      expect(isReservedHeader(name.replaceAll("`", "").replace("*", "x")), name).toBe(true);
    for (const name of Object.keys(requestOf("standard").headers)) expect(isReservedHeader(name)).toBe(true);
  });

  test("has the waits that a subscription has unless told", () => {
    const input = { events: ["*"], channel: { type: "webhook", url: "https://a.example" } };
    const { retry } = subscriptionInputSchema.parse(input);
    expect(block("delays")).toBe(`${retry.delays.join(" ")}\n`);
  });

  test.each([
    [204, "delivered"],
    [410, "gone"],
    [302, "retry"],
    [404, "retry"],
    [500, "retry"],
  ])("says what follows %i", (status, kind) => {
    const now = new Date();
    expect(webhookOutcome({ kind: "answered", status, headers: {}, body: "" }, now).kind).toBe(kind);
  });

  test.each([
    [429, "| 429, 503 "],
    [503, "| 429, 503 "],
    [502, "| 502, 504 "],
    [504, "| 502, 504 "],
  ])("says that %i slows a mailbox", (status, row) => {
    const outcome = webhookOutcome({ kind: "answered", status, headers: {}, body: "" }, new Date());
    expect(outcome).toMatchObject({ kind: "retry", overloaded: true });
    expect(page.split("\n").find((line) => line.startsWith(row))).toMatch(/slowed/);
  });
});
