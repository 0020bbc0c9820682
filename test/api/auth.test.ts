import { describe, expect, it } from "vitest";
import { createHarness, json, token } from "./support/harness.js";

describe("the token", () => {
  it.each([
    ["none", ""],
    ["another one", "Bearer wrong"],
    ["a prefix of it", `Bearer ${token.slice(0, -1)}`],
    ["it and more", `Bearer ${token}x`],
    ["another scheme", `Basic ${token}`],
    ["no scheme", token],
  ])("refuses %s", async (_name, authorization) => {
    const { send, state } = createHarness();
    for (const path of ["/v1/accounts", "/v1/events/stream", "/v1/nothing-here"]) {
      const response = await send("GET", path, { headers: { authorization } });
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe('Bearer realm="pixiehook"');
      expect(await json(response)).toMatchObject({ code: "unauthorized", status: 401 });
    }
    expect(state.calls).toEqual([]);
  });

  it("opens /v1, whatever the case of the scheme", async () => {
    const { send } = createHarness();
    for (const scheme of ["Bearer", "bearer"]) {
      const headers = { authorization: `${scheme} ${token}` };
      expect((await send("GET", "/v1/accounts", { headers })).status).toBe(200);
    }
  });

  it("is not read from a cookie or the address", async () => {
    const { send } = createHarness();
    const headers = { authorization: "", cookie: `token=${token}; pixiehook=${token}` };
    expect((await send("GET", `/v1/accounts?token=${token}`, { headers })).status).toBe(401);
  });

  it("is checked before a body is read", async () => {
    const response = await createHarness().send("POST", "/v1/accounts", {
      headers: { authorization: "" },
      body: "x".repeat(2_000_000),
    });
    expect(response.status).toBe(401);
  });

  it("never reaches the log", async () => {
    const { send, lines } = createHarness();
    await send("GET", "/v1/accounts");
    expect(JSON.stringify(lines)).not.toContain(token);
  });
});
