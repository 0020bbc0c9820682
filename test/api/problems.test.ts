import { describe, expect, it } from "vitest";
import { isUnavailable } from "../../src/api/failures.js";
import { createHarness, json, publicUrl } from "./support/harness.js";

describe("problems", () => {
  it("have every member, and the request id of the caller", async () => {
    const headers = { "x-request-id": "my-request.1" };
    const response = await createHarness().send("GET", "/v1/accounts/acc_x", { headers });
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("x-request-id")).toBe("my-request.1");
    expect(await json(response)).toEqual({
      type: `${publicUrl}/docs/errors#not_found`,
      title: "Not found",
      status: 404,
      detail: 'There is no account "acc_x".',
      code: "not_found",
      requestId: "my-request.1",
    });
  });

  it.each(["has spaces in it", "x".repeat(129), "<script>"])("replace the request id %j", async (given) => {
    const response = await createHarness().send("GET", "/healthz", { headers: { "x-request-id": given } });
    expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("404 for an unknown route", async () => {
    const response = await createHarness().send("GET", "/v1/sandwiches");
    expect(response.status).toBe(404);
    expect(await json(response)).toMatchObject({ code: "route_not_found" });
    expect((await createHarness().send("GET", "/nowhere")).status).toBe(404);
  });

  it("is told for an address that begins with two slashes, though pages answer all others", async () => {
    const pages = { fetch: () => new Response("a page", { status: 303 }) };
    const { app } = createHarness({ dashboard: pages });
    const ask = (path: string) => app.request(`http://pixiehook.test${path}`, { method: "POST" });
    const response = await ask("//v1/subscriptions");
    expect(response.status).toBe(404);
    const detail = "There is no route //v1/subscriptions. Leave out all slashes at its beginning but one.";
    expect(await json(response)).toMatchObject({ code: "route_not_found", detail });
    expect((await ask("/v12")).status).toBe(303);
  });

  it("hands every other address to the dashboard, and none of its own", async () => {
    const dashboard = { fetch: (request: Request) => new Response(`page ${new URL(request.url).pathname}`) };
    const { send } = createHarness({ dashboard });
    const page = await send("GET", "/accounts/acc_1");
    expect(await page.text()).toBe("page /accounts/acc_1");
    expect(page.headers.get("x-request-id")).toBeTruthy();
    expect((await send("GET", "/v1/sandwiches")).status).toBe(404);
    expect((await send("POST", "/healthz")).status).toBe(405);
  });

  it.each([
    ["PUT", "/v1/accounts", "GET, HEAD, POST"],
    ["POST", "/v1/accounts/acc_1", "DELETE, GET, HEAD, PATCH"],
    ["GET", "/v1/accounts/acc_1/session", "PUT"],
    ["DELETE", "/v1/events/evt_1", "GET, HEAD"],
    ["OPTIONS", "/v1/events", "GET, HEAD"],
  ])("405 for %s %s", async (method, path, allow) => {
    const response = await createHarness().app.request(path, {
      method,
      headers: { authorization: "Bearer test-token-0123456789" },
    });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe(allow);
    expect(await json(response)).toMatchObject({ code: "method_not_allowed" });
  });

  it.each(["{", "", "nonsense", '{"name":"x"'])("400 for the body %j", async (body) => {
    const response = await createHarness().send("POST", "/v1/accounts", { body });
    expect(response.status).toBe(400);
    expect(await json(response)).toMatchObject({ code: "invalid_json" });
  });

  it.each([null, [], "text", 7])("400 for %j in place of an object", async (body) => {
    const response = await createHarness().send("POST", "/v1/accounts", { body: JSON.stringify(body) });
    expect(response.status).toBe(400);
    expect(await json(response)).toMatchObject({ code: "invalid_request" });
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])(
    "415 for %s",
    async (type) => {
      const headers = { "content-type": type };
      const response = await createHarness().send("POST", "/v1/accounts", { body: "name=x", headers });
      expect(response.status).toBe(415);
      expect(await json(response)).toMatchObject({ code: "unsupported_media_type" });
    },
  );

  it("413 for a body over 1 MiB, whether it says its length or not", async () => {
    const { app, send } = createHarness();
    const body = JSON.stringify({ name: "x", pad: "x".repeat(1_048_576) });
    expect((await send("POST", "/v1/accounts", { body })).status).toBe(413);
    const stream = new Blob([body]).stream();
    const headers = { authorization: "Bearer test-token-0123456789", "content-type": "application/json" };
    const init = { method: "POST", headers, body: stream, duplex: "half" } as RequestInit;
    const response = await app.request("/v1/accounts", init);
    expect(response.status).toBe(413);
    expect(await json(response)).toMatchObject({ code: "payload_too_large" });
  });

  it("503 while Redis is away", async () => {
    const { send, state } = createHarness();
    state.fail = new Error("Connection is closed.");
    const response = await send("GET", "/v1/accounts");
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
    expect(await json(response)).toMatchObject({ code: "unavailable" });
  });

  it("500 keeps the inside inside, and in the log", async () => {
    const { send, state, lines } = createHarness();
    state.fail = new TypeError("secret internals");
    const response = await send("GET", "/v1/accounts", { headers: { "x-request-id": "r-1" } });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("internals");
    const failure = lines.find((line) => line.msg === "request failed");
    expect(failure).toMatchObject({ requestId: "r-1", err: { message: "secret internals" } });
  });

  it("writes one line for a request", async () => {
    const { app, lines } = createHarness();
    await app.request("/unsubscribe/sub_1/very-secret");
    expect(lines).toEqual([
      expect.objectContaining({ msg: "request", method: "GET", path: "/unsubscribe/…", status: 404 }),
    ]);
  });

  it("sets security headers and no CORS header", async () => {
    const response = await createHarness().send("GET", "/v1/accounts", {
      headers: { origin: "https://evil.example" },
    });
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("isUnavailable", () => {
  const named = (name: string) => Object.assign(new Error("x"), { name });
  it.each([
    new Error("Connection is closed."),
    new Error("Command timed out"),
    new Error("Stream isn't writeable and enableOfflineQueue options is false"),
    new Error("connect ECONNREFUSED 127.0.0.1:6379"),
    new Error("MISCONF Errors writing to the AOF file: No space left on device"),
    Object.assign(new Error("x"), { code: "ECONNREFUSED" }),
    named("MaxRetriesPerRequestError"),
    new Error("poll failed", { cause: new Error("Connection is closed.") }),
    new AggregateError([new Error("x"), new Error("read ECONNRESET")]),
    Object.assign(new Error("EXECABORT Transaction discarded because of previous errors."), {
      previousErrors: [new Error("OOM command not allowed when used memory > 'maxmemory'.")],
    }),
    new Error("Too many Cluster redirections. Last error: ReplyError: MOVED 3076 127.0.0.1:7000"),
    new Error("Cluster isn't ready and enableOfflineQueue options is false"),
    new Error("None of startup nodes is available"),
  ])("is true for %s", (error) => expect(isUnavailable(error)).toBe(true));

  it.each([new Error("x"), new TypeError("x is not a function"), "Connection is closed.", null])(
    "is false for %s",
    (error) => expect(isUnavailable(error)).toBe(false),
  );
});
