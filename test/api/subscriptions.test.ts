import { describe, expect, it } from "vitest";
import { at, makeEvent, makeSubscription, subscriptionId } from "./support/fixtures.js";
import { createHarness, json } from "./support/harness.js";

const webhook = { type: "webhook", url: "https://example.com/hook" };
const path = `/v1/subscriptions/${subscriptionId}`;

function withSubscription() {
  const harness = createHarness();
  harness.state.subscriptions.set(subscriptionId, makeSubscription());
  return harness;
}

describe("POST /v1/subscriptions", () => {
  it.each([
    [webhook, null],
    [
      { type: "slack", url: "https://hooks.slack.com/services/T/B/X" },
      { quiet: "2m", max: "15m" },
    ],
    [
      { type: "email", to: ["ana@smith.example"] },
      { quiet: "2m", max: "15m" },
    ],
  ])("creates %j and shows the secret once", async (channel, digest) => {
    const { send } = createHarness();
    const response = await send("POST", "/v1/subscriptions", { body: { events: ["favorite.*"], channel } });
    expect(response.status).toBe(201);
    const created = await json(response);
    expect(created.secret).toMatch(/^whsec_/);
    expect(created.channel).toMatchObject(channel);
    if (digest) expect(created.digest).toMatchObject(digest);
    else expect(created.digest).toBeNull();
    expect(response.headers.get("location")).toBe(`/v1/subscriptions/${created.id}`);
    const shown = await send("GET", `/v1/subscriptions/${created.id}`);
    expect(await shown.text()).not.toContain("whsec_");
  });

  it.each([
    [{ channel: webhook }, "events"],
    [{ events: [], channel: webhook }, "events"],
    [{ events: ["sandwich.eaten"], channel: webhook }, "events[0]"],
    [{ events: ["*"] }, "channel"],
    [{ events: ["*"], channel: { type: "pigeon" } }, "channel.type"],
    [{ events: ["*"], channel: { type: "webhook", url: "not a url" } }, "channel.url"],
    [{ events: ["*"], channel: { type: "webhook", url: "ftp://example.com" } }, "channel.url"],
    [{ events: ["*"], channel: { type: "webhook", url: "https://a:b@example.com" } }, "channel.url"],
    [{ events: ["*"], channel: { ...webhook, headers: { Host: "x" } } }, "channel.headers.Host"],
    [{ events: ["*"], channel: { ...webhook, headers: { "X-A": "\n" } } }, "channel.headers.X-A"],
    [{ events: ["*"], channel: { ...webhook, retries: 3 } }, "channel.retries"],
    [{ events: ["*"], channel: { type: "email", to: ["nobody"] } }, "channel.to[0]"],
    [{ events: ["*"], channel: webhook, digest: { every: "soon" } }, "digest.every"],
    [{ events: ["*"], channel: webhook, digest: { quiet: "1h", max: "5m" } }, "digest"],
    [{ events: ["*"], channel: webhook, digest: { quiet: "soon", max: "5m" } }, "digest.quiet"],
    [{ events: ["*"], channel: webhook, digest: { dailyAt: "25:00" } }, "digest.dailyAt"],
    [{ events: ["*"], channel: webhook, quietHours: { from: "21:00" } }, "quietHours.to"],
    [{ events: ["*"], channel: webhook, filter: { colour: 1 } }, "filter.colour"],
    [{ events: ["*"], channel: webhook, retry: { delays: ["90d"] } }, "retry.delays[0]"],
    [{ events: ["*"], channel: webhook, limits: { concurrency: 0 } }, "limits.concurrency"],
    [{ events: ["*"], channel: webhook, secret: "whsec_mine" }, "secret"],
  ])("names the wrong field of %j", async (body, field) => {
    const response = await createHarness().send("POST", "/v1/subscriptions", { body });
    expect(response.status).toBe(400);
    const { errors } = await json(response);
    expect((errors as { path: string }[]).map((error) => error.path)).toContain(field);
  });

  it.each(["account_not_found", "email_not_configured", "url_not_allowed"] as const)(
    "answers %s with 422",
    async (code) => {
      const { send, state } = createHarness();
      state.refuse["subscriptions.create"] = { kind: "refused", code, detail: "Because of the test." };
      const body = { events: ["*"], channel: webhook };
      const response = await send("POST", "/v1/subscriptions", { body });
      expect(response.status).toBe(422);
      expect(await json(response)).toMatchObject({ code });
    },
  );
});

describe("/v1/subscriptions", () => {
  it("lists", async () => {
    const { send } = withSubscription();
    expect(await json(await send("GET", "/v1/subscriptions"))).toMatchObject({
      data: [{ id: subscriptionId }],
      next: null,
    });
    expect((await send("GET", "/v1/subscriptions?after=made-up")).status).toBe(400);
  });

  it("shows, changes and deletes", async () => {
    const { send } = withSubscription();
    expect(await json(await send("GET", path))).toMatchObject({ id: subscriptionId, enabled: true });
    const changed = await json(
      await send("PATCH", path, { body: { enabled: false, events: ["invoice.*"] } }),
    );
    expect(changed).toMatchObject({ enabled: false, events: ["invoice.*"] });
    expect((await send("DELETE", path)).status).toBe(204);
    expect((await send("DELETE", path)).status).toBe(404);
  });

  it("is paused and resumed, and says so wherever it is shown", async () => {
    const { send, state } = withSubscription();
    state.mailboxes.set(subscriptionId, { waiting: 34, due: 30 });
    const created = await send("POST", "/v1/subscriptions", {
      body: { events: ["*"], channel: webhook, paused: true },
    });
    expect(await json(created)).toMatchObject({ paused: true, mailbox: { status: "paused", waiting: 0 } });
    expect(await json(await send("GET", path))).toMatchObject({
      paused: false,
      mailbox: { status: "sending" },
    });
    for (const [paused, status] of [
      [true, "paused"],
      [false, "sending"],
    ] as const) {
      const expected = { paused, mailbox: { status, waiting: 34, due: 30 } };
      expect(await json(await send("PATCH", path, { body: { paused } }))).toMatchObject(expected);
      expect(await json(await send("GET", path))).toMatchObject(expected);
      expect((await json(await send("GET", "/v1/subscriptions"))).data[0]).toMatchObject(expected);
    }
    expect((await send("PATCH", path, { body: { paused: "yes" } })).status).toBe(400);
  });

  it("says until when the receiver is left alone, why, and what comes of it", async () => {
    const { send, state } = withSubscription();
    const receiver = { failures: 6, opened: 2, openUntil: Date.parse(at(60)), window: 1 };
    const failing = { ...receiver, failingSince: Date.parse(at(-60)) };
    state.mailboxes.set(subscriptionId, { waiting: 34, due: 30, receiver: failing });
    expect((await json(await send("GET", path))).mailbox).toEqual({
      status: "resting",
      waiting: 34,
      due: 30,
      restsUntil: at(60),
      restReason: "failures",
      failures: 6,
      failingSince: at(-60),
      disablesAt: at(5 * 86_400 - 60),
      concurrency: 1,
    });
  });

  it("keeps the limits that a change does not name", async () => {
    const { send, state } = createHarness();
    const limits = { perSecond: 20, concurrency: 2 };
    state.subscriptions.set(subscriptionId, makeSubscription({ limits }));
    const changed = await json(await send("PATCH", path, { body: { limits: { perSecond: 3 } } }));
    expect(changed.limits).toEqual({ perSecond: 3, concurrency: 2 });
  });

  it("does not move a subscription to another account", async () => {
    const response = await withSubscription().send("PATCH", path, { body: { account: "acc_other" } });
    expect(response.status).toBe(400);
    expect((await json(response)).errors).toMatchObject([{ path: "account" }]);
  });

  it("passes the refusal of a change on", async () => {
    const { send, state } = withSubscription();
    state.refuse["subscriptions.update"] = { kind: "refused", code: "url_not_allowed", detail: "Private." };
    expect((await send("PATCH", path, { body: { channel: webhook } })).status).toBe(422);
  });

  it.each([
    ["GET", "", undefined],
    ["PATCH", "", {}],
    ["DELETE", "", undefined],
    ["POST", "/test", undefined],
    ["POST", "/rotate-secret", undefined],
    ["GET", "/deliveries", undefined],
  ])("%s …%s names a subscription that does not exist", async (method, rest, body) => {
    const response = await createHarness().send(method, `/v1/subscriptions/sub_nobody${rest}`, { body });
    expect(response.status).toBe(404);
    expect((await json(response)).detail).toContain("sub_nobody");
  });
});

describe("what can be done with a subscription", () => {
  it("is tested with a sample event", async () => {
    const response = await withSubscription().send("POST", `${path}/test`);
    expect(response.status).toBe(200);
    expect(await json(response)).toEqual({ at: at(0), durationMs: 31, outcome: "delivered", status: 200 });
  });

  it.each([
    [undefined, 86_400],
    [{}, 86_400],
    [{ graceSeconds: 60 }, 60],
    [{ graceSeconds: 0 }, 0],
  ])("gets a new secret with %j", async (body, seconds) => {
    const response = await withSubscription().send("POST", `${path}/rotate-secret`, { body });
    expect(response.status).toBe(200);
    const answer = await json(response);
    expect(answer.secret).toMatch(/^whsec_/);
    expect(answer.previousValidUntil).toBe(at(seconds));
  });

  it.each([
    [{ graceSeconds: -1 }, "graceSeconds"],
    [{ grace: 1 }, "grace"],
  ])("refuses a rotation with %j", async (body, field) => {
    const response = await withSubscription().send("POST", `${path}/rotate-secret`, { body });
    expect(response.status).toBe(400);
    expect((await json(response)).errors).toMatchObject([{ path: field }]);
  });

  it("is previewed on past events, newest first, and nothing is stored", async () => {
    const { send, state } = createHarness();
    const events = [makeEvent({ key: "1" }), makeEvent({ key: "2", seconds: 5 })];
    state.events.push(...events, makeEvent({ key: "3", type: "invoice.paid" }));
    const body = { events: ["favorite.*"], channel: webhook };
    const response = await send("POST", "/v1/subscriptions/preview", { body });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(`{"data":[${events[1]?.body},${events[0]?.body}],"next":null}`);
    expect(state.subscriptions.size).toBe(0);
  });
});

describe("credentials of a channel", () => {
  const hooked = {
    type: "webhook",
    url: "https://example.com/hook?key=hush-hush",
    headers: { Authorization: "Bearer hush-hush" },
  } as const;
  const shown = {
    url: "https://example.com/hook?[hidden]",
    headers: { Authorization: "[hidden]" },
  };
  const slack = { type: "slack", url: "https://hooks.slack.com/services/T/B/hush-hush" };

  it("are shown to whoever sets them, and hidden from then on", async () => {
    const { send } = createHarness();
    for (const channel of [hooked, slack]) {
      const response = await send("POST", "/v1/subscriptions", { body: { events: ["*"], channel } });
      const created = await json(response);
      expect(created.channel).toMatchObject(channel);
      const got = await (await send("GET", `/v1/subscriptions/${created.id}`)).text();
      const listed = await (await send("GET", "/v1/subscriptions")).text();
      expect(got + listed).not.toContain("hush-hush");
      expect(got).toContain("[hidden]");
    }
  });

  it("stay as they are when they are sent back hidden", async () => {
    const { send, state } = createHarness();
    const response = await send("POST", "/v1/subscriptions", { body: { events: ["*"], channel: hooked } });
    const { id } = await json(response);
    const more = { headers: { ...shown.headers, "X-More": "more" } };
    const channel = { type: "webhook", url: shown.url, ...more };
    const changed = await send("PATCH", `/v1/subscriptions/${id}`, { body: { channel } });
    expect(changed.status).toBe(200);
    expect((await json(changed)).channel).toMatchObject(shown);
    expect(state.subscriptions.get(String(id))?.channel).toMatchObject({
      ...hooked,
      headers: { ...hooked.headers, "X-More": "more" },
    });
  });

  it("are refused when they stand for nothing", async () => {
    const { send } = withSubscription();
    const headers = { "X-New": "[hidden]" };
    for (const [method, at] of [
      ["POST", "/v1/subscriptions"],
      ["PATCH", path],
    ] as const) {
      const named = { ...webhook, headers };
      const first = await send(method, at, { body: { events: ["*"], channel: named } });
      expect(await json(first)).toMatchObject({ status: 400, errors: [{ path: "channel.headers.X-New" }] });
      const unnamed = { type: "slack", url: "https://hooks.slack.com/[hidden]" };
      const second = await send(method, at, { body: { events: ["*"], channel: unnamed } });
      expect(await json(second)).toMatchObject({ status: 400, errors: [{ path: "channel.url" }] });
    }
  });
});
