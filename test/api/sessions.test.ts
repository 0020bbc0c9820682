import { describe, expect, it } from "vitest";
import { accountId, makeAccount } from "./support/fixtures.js";
import { createHarness, json } from "./support/harness.js";

function withAccount(options: Parameters<typeof createHarness>[0] = {}) {
  const harness = createHarness(options);
  harness.state.accounts.set(accountId, makeAccount());
  return harness;
}
const session = `/v1/accounts/${accountId}/session`;
const poll = `/v1/accounts/${accountId}/poll`;

describe("PUT /v1/accounts/{id}/session", () => {
  it("answers with the session and never with the cookies", async () => {
    const { send, lines } = withAccount();
    const response = await send("PUT", session, { body: { cookies: "PIXIESET_SESSION=very-secret" } });
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ status: "active", user: { name: "Ana Smith" }, reason: null });
    expect(text + JSON.stringify(lines)).not.toContain("very-secret");
  });

  it("takes credentials, and answers with what renews the session but never with them", async () => {
    const { send, lines } = withAccount();
    const response = await send("PUT", session, { body: { email: "a@b.example", password: "very-secret" } });
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ status: "active", renewal: "credentials" });
    expect(text + JSON.stringify(lines)).not.toContain("very-secret");
  });

  it.each([
    ["session_rejected", 422],
    ["session_unreadable", 422],
    ["login_not_configured", 422],
    ["upstream_unreachable", 502],
  ] as const)("answers %s with %i", async (code, status) => {
    const { send, state } = withAccount();
    state.refuse["accounts.renewSession"] = { kind: "refused", code, detail: "Because of the test." };
    const response = await send("PUT", session, { body: { cookies: "a=b" } });
    expect(response.status).toBe(status);
    expect(await json(response)).toMatchObject({ code });
  });

  it.each([
    [{}, "cookies"],
    [{ cookies: "" }, "cookies"],
    [{ cookies: "a=b", email: "a@b.example" }, "email"],
    [{ email: "a@b.example" }, "password"],
    [{ email: "a", password: "b" }, "email"],
  ])("names the wrong field of %j", async (body, path) => {
    const response = await withAccount().send("PUT", session, { body });
    expect(response.status).toBe(400);
    expect((await json(response)).errors).toMatchObject([{ path }]);
  });
});

describe("POST /v1/accounts/{id}/poll", () => {
  it("answers 202 at once", async () => {
    const response = await withAccount().send("POST", poll);
    expect(response.status).toBe(202);
    expect(await json(response)).toEqual({ sources: 2 });
  });

  it("waits for the report", async () => {
    const { send, state } = withAccount();
    const failed = [{ source: "src_1", reason: "HTTP 500" }];
    state.report = { kind: "done", polled: 2, changed: 1, events: 3, failed };
    const response = await send("POST", `${poll}?wait=true`);
    expect(response.status).toBe(200);
    expect(await json(response)).toEqual({ polled: 2, changed: 1, events: 3, failed });
  });

  it("answers 202 when the wait is over before the work", async () => {
    const { send, state } = withAccount({ pollWaitMs: 20 });
    state.report = null;
    const response = await send("POST", `${poll}?wait=true`);
    expect(response.status).toBe(202);
  });

  it("ends the wait when the client goes away or the program stops", async () => {
    const stop = new AbortController();
    const { send, state } = withAccount({ signal: stop.signal });
    state.report = null;
    const client = new AbortController();
    const first = send("POST", `${poll}?wait=true`, { signal: client.signal });
    setTimeout(() => client.abort(), 20);
    expect((await first).status).toBe(202);
    const second = send("POST", `${poll}?wait=true`);
    setTimeout(() => stop.abort(), 20);
    expect((await second).status).toBe(202);
  });

  it("answers 409 while the session is not active, before or during the wait", async () => {
    const { send, state } = withAccount();
    const refusal = { kind: "refused", code: "session_inactive", detail: "Renew it." } as const;
    state.report = refusal;
    expect((await send("POST", `${poll}?wait=true`)).status).toBe(409);
    state.refuse["accounts.requestPoll"] = refusal;
    const response = await send("POST", poll);
    expect(response.status).toBe(409);
    expect(await json(response)).toMatchObject({ code: "session_inactive", detail: "Renew it." });
  });

  it("refuses another wait", async () => {
    const response = await withAccount().send("POST", `${poll}?wait=soon`);
    expect(response.status).toBe(400);
    expect((await json(response)).errors).toMatchObject([{ path: "wait" }]);
  });
});
