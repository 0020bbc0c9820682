import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import type { HttpOutcome } from "../../../src/channels/http.js";
import { retryAfterMs } from "../../../src/channels/outcome.js";
import { publicKeyOf } from "../../../src/channels/sign.js";
import { verifySignature } from "../../../src/channels/verify.js";
import { webhookOutcome, webhookRequest } from "../../../src/channels/webhook.js";
import type { ChannelSettings } from "../../../src/domain/subscription.js";
import { at, example, favorites, messageOf, secret } from "./messages.js";

const settings = {
  type: "webhook",
  url: "https://example.com/hook",
  format: "standard",
  headers: {},
  asymmetric: false,
} as const satisfies ChannelSettings;
const event = example("favorite.added");

describe("webhookRequest", () => {
  it("sends the frozen bytes, signed", () => {
    const message = messageOf([event], settings);
    const { body, headers } = webhookRequest(message, "1.2.3");
    expect(body).toBe(message.bodies[0]);
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": "pixiehook/1.2.3",
      "webhook-id": event.id,
      "webhook-timestamp": "1795169702",
    });
    const received = {
      id: event.id,
      timestamp: "1795169702",
      signature: headers["webhook-signature"] ?? "",
    };
    expect(verifySignature(received, Buffer.from(body), secret, { now: at })).toMatchObject({ ok: true });
  });

  it("is accepted by the standardwebhooks package", () => {
    const { body, headers } = webhookRequest(messageOf([event], settings, { at: new Date() }), "1");
    expect(new Webhook(secret).verify(body, { ...headers })).toMatchObject({ id: event.id });
  });

  it("builds a digest whose bytes do not change between attempts", () => {
    const events = favorites(3);
    const first = webhookRequest(messageOf(events, settings), "1");
    const later = webhookRequest(messageOf(events, settings, { at: new Date(+at + 60_000) }), "1");
    expect(later.body).toBe(first.body);
    expect(later.headers["webhook-id"]).toBe("dlv_test");
    expect(later.headers["webhook-timestamp"]).not.toBe(first.headers["webhook-timestamp"]);
    expect(JSON.parse(first.body)).toEqual({
      id: "dlv_test",
      type: "digest",
      timestamp: "2026-11-20T10:15:01.000Z",
      data: { events },
    });
  });

  it("adds the subscriber's headers and never lets them override ours", () => {
    const headers = {
      Authorization: "Bearer x",
      "Webhook-ID": "forged",
      "User-Agent": "x",
      "CONTENT-TYPE": "x",
    };
    const request = webhookRequest(messageOf([event], { ...settings, headers }), "1");
    expect(request.headers.Authorization).toBe("Bearer x");
    expect(Object.keys(request.headers).map((name) => name.toLowerCase())).toHaveLength(6);
    expect(request.headers["webhook-id"]).toBe(event.id);
  });

  it("signs with ed25519 when asked", () => {
    const request = webhookRequest(messageOf([event], { ...settings, asymmetric: true }), "1");
    const { "webhook-signature": signature = "", "webhook-timestamp": timestamp = "" } = request.headers;
    expect(signature).toMatch(/^v1a,/);
    const verdict = verifySignature(
      { id: event.id, timestamp, signature },
      Buffer.from(request.body),
      publicKeyOf(secret),
      {
        now: at,
      },
    );
    expect(verdict.ok).toBe(true);
  });

  it("speaks CloudEvents 1.0", () => {
    const cloud = { ...settings, format: "cloudevents" } as const;
    const { body, headers } = webhookRequest(messageOf([event], cloud), "1");
    expect(headers["content-type"]).toBe("application/cloudevents+json");
    expect(JSON.parse(body)).toEqual({
      specversion: "1.0",
      id: event.id,
      source: `/accounts/${event.data.account.id}`,
      type: "pixiehook.favorite.added",
      time: event.timestamp,
      datacontenttype: "application/json",
      subject: event.data.object.id,
      data: event.data,
    });
    const events = favorites(2);
    const digest = webhookRequest(messageOf(events, cloud), "1");
    expect(JSON.parse(digest.body)).toMatchObject({
      id: "dlv_test",
      type: "pixiehook.digest",
      time: "2026-11-20T10:15:01.000Z",
      data: { events },
    });
  });
});

describe("webhookOutcome", () => {
  const answered = (status: number, headers: Record<string, string> = {}): HttpOutcome => ({
    kind: "answered",
    status,
    headers,
    body: "said",
  });
  const ladder = { kind: "retry", afterMs: null, holdMailbox: false };

  it.each([200, 201, 202, 204, 299])("%i is delivered", (status) =>
    expect(webhookOutcome(answered(status), at)).toEqual({ kind: "delivered", status, responseBody: "said" }),
  );
  it("410 is gone", () =>
    expect(webhookOutcome(answered(410), at)).toMatchObject({ kind: "gone", status: 410 }));
  it.each([300, 301, 302, 307, 308, 400, 401, 403, 404, 422, 500, 501, 502, 504, 599])(
    "%i takes the ladder",
    (status) =>
      expect(webhookOutcome(answered(status, { "retry-after": "9" }), at)).toMatchObject({
        ...ladder,
        status,
      }),
  );
  it.each([429, 503])("%i holds the mailbox when it says for how long", (status) => {
    const asked = webhookOutcome(answered(status, { "retry-after": "120" }), at);
    expect(asked).toMatchObject({ kind: "retry", afterMs: 120_000, holdMailbox: true });
    expect(webhookOutcome(answered(status), at)).toMatchObject(ladder);
  });
  it("an error takes the ladder, a refused address is blocked", () => {
    expect(webhookOutcome({ kind: "error", reason: "why" }, at)).toEqual({
      ...ladder,
      overloaded: false,
      error: "why",
    });
    expect(webhookOutcome({ kind: "refused", reason: "why" }, at)).toEqual({
      kind: "blocked",
      error: "address refused: why",
    });
  });
});

describe("retryAfterMs", () => {
  it.each([
    ["7", 7_000],
    [" 7 ", 7_000],
    ["999999999", 86_400_000],
    ["Fri, 20 Nov 2026 10:16:02 GMT", 60_000],
    ["Friday, 20-Nov-26 10:16:02 GMT", 60_000],
    ["Fri, 20 Nov 2036 10:16:02 GMT", 86_400_000],
    ["Fri, 20 Nov 2020 10:16:02 GMT", null],
    ["0", null],
    ["-5", null],
    ["1.5", null],
    ["soon", null],
    ["", null],
    [undefined, null],
  ])("%j is %j", (header, ms) => expect(retryAfterMs(header, at)).toBe(ms));
});
