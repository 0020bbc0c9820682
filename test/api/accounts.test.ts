import { describe, expect, it } from "vitest";
import { accountId, makeAccount, makeSource } from "./support/fixtures.js";
import { createHarness, json } from "./support/harness.js";

function withAccount() {
  const harness = createHarness();
  harness.state.accounts.set(accountId, makeAccount());
  return harness;
}

describe("POST /v1/accounts", () => {
  it("creates an account and says where it is", async () => {
    const { send, state } = createHarness();
    const response = await send("POST", "/v1/accounts", {
      body: { name: "Smith Studio", session: { cookies: "PIXIESET_SESSION=very-secret" } },
    });
    expect(response.status).toBe(201);
    const text = await response.clone().text();
    const account = await json(response);
    expect(response.headers.get("location")).toBe(`/v1/accounts/${account.id}`);
    expect(account).toMatchObject({ name: "Smith Studio", session: { status: "active" }, timezone: "UTC" });
    expect(text).not.toContain("very-secret");
    expect(text).not.toContain("epoch");
    expect(state.accounts.size).toBe(1);
  });

  it("leaves an account without a session waiting", async () => {
    const { send } = createHarness();
    const response = await send("POST", "/v1/accounts", { body: { name: "Later" } });
    expect(await json(response)).toMatchObject({ session: { status: "unverified", user: null } });
  });

  it.each([
    [{}, "name", "is required"],
    [{ name: "" }, "name", "must not be empty"],
    [{ name: "x", colour: "red" }, "colour", "is not a known field"],
    [{ name: "x", polling: { requestsPerMinute: 0 } }, "polling.requestsPerMinute", "must be at least 0.1"],
    [{ name: "x", polling: { pages: 1 } }, "polling.pages", "is not a known field"],
    [{ name: "x", session: { email: "a@b.example" } }, "session.password", "is required"],
    [{ name: "x", session: { cookies: "a=b", jar: 1 } }, "session.jar", "is not a known field"],
    [{ name: "x", collections: ["1", 2] }, "collections[1]", "must be text, not a number"],
    [{ name: "x", resources: ["sandwiches"] }, "resources[0]", 'must be one of "collections", "downloads"'],
    [{ name: "x", timezone: "Mars/Olympus" }, "timezone", "IANA"],
    [{ name: "x", backfill: "yes" }, "backfill", "must be true or false, not text"],
    [{ name: "x", floodThreshold: 0.5 }, "floodThreshold", "must be a whole number, not 0.5"],
  ])("names the wrong field of %j", async (body, path, message) => {
    const { send, state } = createHarness();
    const response = await send("POST", "/v1/accounts", { body });
    expect(response.status).toBe(400);
    const problem = await json(response);
    expect(problem.code).toBe("invalid_request");
    expect(problem.errors).toContainEqual({ path, message: expect.stringContaining(message) });
    expect(problem.detail).toContain(path);
    expect(state.calls).toEqual([]);
  });

  it.each([
    ["session_rejected", 422],
    ["session_unreadable", 422],
    ["login_not_configured", 422],
    ["upstream_unreachable", 502],
  ] as const)("answers %s with %i", async (code, status) => {
    const { send, state } = createHarness();
    state.refuse["accounts.create"] = { kind: "refused", code, detail: "Because of the test." };
    const response = await send("POST", "/v1/accounts", { body: { name: "x", session: { cookies: "a=b" } } });
    expect(response.status).toBe(status);
    expect(await json(response)).toMatchObject({ code, status, detail: "Because of the test." });
  });
});

describe("GET /v1/accounts", () => {
  it("pages", async () => {
    const { send, state } = createHarness();
    for (const n of [1, 2, 3]) state.accounts.set(`acc_${n}`, makeAccount({ id: `acc_${n}` }));
    const first = await json(await send("GET", "/v1/accounts?limit=2"));
    expect(first.data).toHaveLength(2);
    const second = await json(await send("GET", `/v1/accounts?limit=2&after=${first.next}`));
    expect(second).toMatchObject({ data: [{ id: "acc_3" }], next: null });
  });

  it.each([
    ["limit=0", "limit"],
    ["limit=201", "limit"],
    ["limit=1.5", "limit"],
    ["limit=many", "limit"],
    ["limit=1e2", "limit"],
    ["limit=%20", "limit"],
    ["limit=1&limit=2", "limit"],
    ["after=", "after"],
    ["page=2", "page"],
  ])("refuses ?%s", async (query, path) => {
    const { send } = createHarness();
    const response = await send("GET", `/v1/accounts?${query}`);
    expect(response.status).toBe(400);
    expect((await json(response)).errors).toMatchObject([{ path }]);
  });

  it("refuses a cursor that it did not give", async () => {
    const response = await createHarness().send("GET", "/v1/accounts?after=made-up");
    expect(response.status).toBe(400);
    expect(await json(response)).toMatchObject({ code: "invalid_cursor" });
  });
});

describe("/v1/accounts/{id}", () => {
  it("shows, changes and deletes", async () => {
    const { send } = withAccount();
    const path = `/v1/accounts/${accountId}`;
    expect(await json(await send("GET", path))).toMatchObject({ id: accountId });
    const changed = await send("PATCH", path, { body: { polling: { requestsPerMinute: 5 } } });
    expect(await json(changed)).toMatchObject({ polling: { requestsPerMinute: 5, minIntervalSeconds: 60 } });
    const removed = await send("DELETE", path);
    expect(removed.status).toBe(204);
    expect(await removed.text()).toBe("");
    expect((await send("GET", path)).status).toBe(404);
  });

  it("forgets the credentials with null, and takes no others", async () => {
    const { send, state } = withAccount();
    const known = makeAccount();
    state.accounts.set(accountId, { ...known, session: { ...known.session, renewal: "credentials" } });
    const path = `/v1/accounts/${accountId}`;
    expect(await json(await send("GET", path))).toMatchObject({ session: { renewal: "credentials" } });
    const other = { credentials: { email: "a@b.example", password: "very-secret" } };
    const refused = await send("PATCH", path, { body: other });
    expect(refused.status).toBe(400);
    expect((await json(refused)).errors).toMatchObject([{ path: "credentials" }]);
    const changed = await json(await send("PATCH", path, { body: { credentials: null } }));
    expect(changed).toMatchObject({ session: { status: "active", renewal: "cookies" } });
    expect(changed).not.toHaveProperty("credentials");
  });

  it.each([
    ["session", { session: { cookies: "a=b" } }],
    ["backfill", { backfill: true }],
    ["id", { id: "acc_other" }],
  ])("does not let %s be changed", async (path, body) => {
    const { send } = withAccount();
    const response = await send("PATCH", `/v1/accounts/${accountId}`, { body });
    expect(response.status).toBe(400);
    expect((await json(response)).errors).toEqual([
      { path, message: expect.stringMatching(/^is not a known field: there are name, .*timezone/) },
    ]);
  });

  it.each([
    ["GET", "", undefined],
    ["PATCH", "", {}],
    ["DELETE", "", undefined],
    ["GET", "/sources", undefined],
    ["PUT", "/session", { cookies: "a=b" }],
    ["POST", "/poll", undefined],
  ])("%s …%s names an account that does not exist", async (method, rest, body) => {
    const { send } = createHarness();
    const response = await send(method, `/v1/accounts/acc_nobody${rest}`, { body });
    expect(response.status).toBe(404);
    expect(await json(response)).toMatchObject({
      code: "not_found",
      detail: expect.stringContaining("acc_nobody"),
    });
  });
});

describe("GET /v1/accounts/{id}/sources", () => {
  it("shows sources without their insides, page by page", async () => {
    const { send, state } = withAccount();
    const wedding = { id: "90516387", name: "Smith Wedding 2025" };
    state.sources.set(accountId, [
      makeSource("invoices", null),
      makeSource("favorites", wedding, { status: "failing", failures: 3, reason: "HTTP 500" }),
    ]);
    const path = `/v1/accounts/${accountId}/sources`;
    const first = await json(await send("GET", `${path}?limit=1`));
    expect(first.data).toMatchObject([{ resource: "invoices", collection: null, expectedDelaySeconds: 45 }]);
    const second = await json(await send("GET", `${path}?limit=1&after=${first.next}`));
    expect(second).toMatchObject({
      data: [{ collection: wedding, failures: 3, reason: "HTTP 500" }],
      next: null,
    });
    expect(second.data[0]).not.toHaveProperty("contentHash");
    expect((await send("GET", `${path}?after=made-up`)).status).toBe(400);
    const failing = await json(await send("GET", `${path}?status=failing`));
    expect(failing).toMatchObject({ data: [{ collection: wedding }], next: null });
    expect((await send("GET", `${path}?status=well`)).status).toBe(400);
  });
});

describe("the budget of an account", () => {
  it("stands beside what was set, also when it is slowed down", async () => {
    const { send, state } = withAccount();
    const budget = {
      requestsPerMinute: 30,
      pace: 0.25,
      effectiveRequestsPerMinute: 7.5,
      restingUntil: "2026-11-20T11:00:00.000Z",
      usedLastMinute: 4,
    };
    state.accounts.set(accountId, makeAccount({ budget }));
    const body = await json(await send("GET", `/v1/accounts/${accountId}`));
    expect(body).toMatchObject({ polling: { requestsPerMinute: 30 }, budget });
  });
});
