import { describe, expect, it } from "vitest";
import { createHarness, json } from "./support/harness.js";

type Harness = ReturnType<typeof createHarness>;

async function make({ send }: Harness, body: object = { name: "reporting", scope: "read" }) {
  const made = await json(await send("POST", "/v1/tokens", { body }));
  const headers = { authorization: `Bearer ${made.token}` };
  return { id: String(made.id), text: String(made.token), headers, made };
}

describe("tokens", () => {
  it("are shown once, and listed with no more than a hint", async () => {
    const harness = createHarness();
    const response = await harness.send("POST", "/v1/tokens", { body: { name: "x", scope: "admin" } });
    expect(response.status).toBe(201);
    const made = await json(response);
    expect(made.token).toMatch(/^pxh_[\w-]{43}$/);
    expect(response.headers.get("location")).toBe(`/v1/tokens/${made.id}`);
    expect(String(made.token).endsWith(String(made.hint))).toBe(true);
    for (const path of ["/v1/tokens", `/v1/tokens/${made.id}`]) {
      expect(await (await harness.send("GET", path)).text()).not.toContain(made.token);
    }
    const { data } = await json(await harness.send("GET", "/v1/tokens"));
    expect(data).toMatchObject([{ id: made.id, scope: "admin", expiresAt: null }, { id: "tok_first" }]);
  });

  it("open what their scope lets them, and read opens every GET and previews", async () => {
    const harness = createHarness();
    const { headers } = await make(harness);
    const { app, send } = harness;
    const document = (await (await app.request("/openapi.json")).json()) as {
      paths: Record<string, Record<string, Record<string, unknown>>>;
    };
    let seen = 0;
    for (const [template, item] of Object.entries(document.paths)) {
      if (!template.startsWith("/v1/") || template.endsWith("/stream")) continue;
      for (const [method, operation] of Object.entries(item)) {
        const readable = method === "get" || template === "/v1/subscriptions/preview";
        const where = `${method} ${template}`;
        expect(operation["x-required-scope"], where).toBe(readable ? "read" : "admin");
        expect(operation.description, where).toContain("Needs a token of scope");
        const body = method === "get" ? {} : { body: {} };
        const response = await send(method.toUpperCase(), template.replaceAll(/\{.*?\}/g, "x"), {
          headers,
          ...body,
        });
        if (readable) expect([200, 400, 404], where).toContain(response.status);
        else {
          expect(response.status, where).toBe(403);
          expect(await json(response)).toMatchObject({
            code: "scope_missing",
            detail: expect.stringContaining("needs a token of scope admin"),
          });
        }
        seen++;
      }
    }
    expect(seen).toBeGreaterThan(30);
    const refused = await send("PUT", "/v1/nothing", { headers });
    expect(refused.status).toBe(403);
  });

  it("of scope admin open everything", async () => {
    const harness = createHarness();
    const { headers } = await make(harness, { name: "x", scope: "admin" });
    const response = await harness.send("POST", "/v1/accounts", { headers, body: { name: "Smith" } });
    expect(response.status).toBe(201);
  });

  it("open nothing once they are deleted", async () => {
    const harness = createHarness();
    const { id, headers } = await make(harness, { name: "x", scope: "admin" });
    expect((await harness.send("DELETE", `/v1/tokens/${id}`, { headers })).status).toBe(204);
    expect((await harness.send("GET", "/v1/accounts", { headers })).status).toBe(401);
    for (const method of ["GET", "DELETE"]) {
      expect((await harness.send(method, `/v1/tokens/${id}`)).status).toBe(404);
    }
  });

  it("open nothing once they have expired, and say so to whoever holds them", async () => {
    const harness = createHarness();
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const { id, text, headers } = await make(harness, { name: "x", scope: "read", expiresAt });
    expect((await harness.send("GET", "/v1/accounts", { headers })).status).toBe(200);
    const token = harness.state.tokens.get(text);
    if (!token) throw new Error("no token");
    harness.state.tokens.set(text, { ...token, expiresAt: "2026-01-01T00:00:00.000Z" });
    const response = await harness.send("GET", "/v1/accounts", { headers });
    expect(response.status).toBe(401);
    expect((await json(response)).detail).toBe(
      `This API token (${id}) expired at 2026-01-01T00:00:00.000Z: make a new one with POST /v1/tokens.`,
    );
  });

  it.each([
    [{ scope: "read" }, "name"],
    [{ name: "x" }, "scope"],
    [{ name: "x", scope: "write" }, "scope"],
    [{ name: " ", scope: "read" }, "name"],
    [{ name: "x", scope: "read", expiresAt: "tomorrow" }, "expiresAt"],
    [{ name: "x", scope: "read", expiresAt: "2020-01-01T00:00:00Z" }, "expiresAt"],
    [{ name: "x", scope: "read", until: "x" }, "until"],
  ])("refuses %j and names the field", async (body, path) => {
    const response = await createHarness().send("POST", "/v1/tokens", { body });
    expect(response.status).toBe(400);
    expect((await json(response)).errors).toMatchObject([{ path }]);
  });

  it("answers 409 for the first one, which is a setting", async () => {
    const { send, state } = createHarness();
    const detail = "The first token is a setting.";
    state.refuse["tokens.remove"] = { kind: "refused", code: "token_is_setting", detail };
    const response = await send("DELETE", "/v1/tokens/tok_first");
    expect(response.status).toBe(409);
    expect(await json(response)).toMatchObject({ code: "token_is_setting", detail });
  });

  it("answers 503 while the store that knows them is away", async () => {
    const harness = createHarness();
    const { headers } = await make(harness);
    harness.state.fail = new Error("Connection is closed.");
    expect((await harness.send("GET", "/v1/event-types", { headers })).status).toBe(503);
    expect((await harness.send("GET", "/v1/event-types")).status).toBe(200);
  });
});
