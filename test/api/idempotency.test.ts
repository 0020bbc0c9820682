import { describe, expect, it } from "vitest";
import type { IdempotencyStore, StoredAnswer } from "../../src/api/idempotency.js";
import { createHarness, json } from "./support/harness.js";

function createStore() {
  const kept = new Map<string, StoredAnswer>();
  const locked = new Set<string>();
  const store: IdempotencyStore = {
    get: async (key) => kept.get(key) ?? null,
    put: async (key, answer) => void kept.set(key, answer),
    lock: async (key) => {
      if (locked.has(key)) return null;
      locked.add(key);
      return async () => void locked.delete(key);
    },
  };
  return { store, kept, locked };
}
const request = (name = "Smith", key = "key-1") => ({
  body: { name },
  headers: { "idempotency-key": key },
});

describe("Idempotency-Key", () => {
  it("gives the same answer and does the work once", async () => {
    const { store, locked } = createStore();
    const { send, state } = createHarness({ idempotency: store });
    const first = await send("POST", "/v1/accounts", request());
    const again = await send("POST", "/v1/accounts", request());
    expect(again.status).toBe(201);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(again.headers.get("location")).toBe(first.headers.get("location"));
    expect(again.headers.get("content-type")).toBe(first.headers.get("content-type"));
    expect(await again.text()).toBe(await first.text());
    expect(first.headers.get("idempotent-replayed")).toBeNull();
    expect(state.accounts.size).toBe(1);
    expect(locked.size).toBe(0);
  });

  it("is a token's own: another token with the same key gets an answer of its own", async () => {
    const { send, services } = createHarness({ idempotency: createStore().store });
    const { secret } = await services.tokens.create({ name: "x", scope: "admin", expiresAt: null });
    const [one, other] = [request(), request()];
    const first = await json(await send("POST", "/v1/accounts", one));
    const headers = { ...other.headers, authorization: `Bearer ${secret}` };
    const second = await send("POST", "/v1/accounts", { ...other, headers });
    expect(second.headers.get("idempotent-replayed")).toBeNull();
    expect((await json(second)).id).not.toBe(first.id);
  });

  it("refuses the key for another request", async () => {
    const { send } = createHarness({ idempotency: createStore().store });
    await send("POST", "/v1/accounts", request());
    const response = await send("POST", "/v1/accounts", request("Jones"));
    expect(response.status).toBe(422);
    expect(await json(response)).toMatchObject({ code: "idempotency_key_reused" });
  });

  it("answers 409 while the first request runs", async () => {
    const { store } = createStore();
    const { send } = createHarness({ idempotency: { ...store, lock: async () => null } });
    const response = await send("POST", "/v1/accounts", request());
    expect(response.status).toBe(409);
    expect(await json(response)).toMatchObject({ code: "idempotency_in_progress" });
  });

  it("runs two at once only once", async () => {
    const { send, state } = createHarness({ idempotency: createStore().store });
    const answers = await Promise.all([1, 2, 3].map(() => send("POST", "/v1/accounts", request())));
    expect(state.accounts.size).toBe(1);
    for (const answer of answers) expect([201, 409]).toContain(answer.status);
  });

  it("keeps no failure: the same key may try again", async () => {
    const { store, kept } = createStore();
    const { send, state } = createHarness({ idempotency: store });
    state.fail = new Error("Connection is closed.");
    expect((await send("POST", "/v1/accounts", request())).status).toBe(503);
    state.fail = null;
    expect(kept.size).toBe(0);
    expect((await send("POST", "/v1/accounts", request())).status).toBe(201);
  });

  it("answers although the answer could not be kept", async () => {
    const { store } = createStore();
    const put = () => Promise.reject(new Error("Connection is closed."));
    const { send } = createHarness({ idempotency: { ...store, put } });
    expect((await send("POST", "/v1/accounts", request())).status).toBe(201);
  });

  it.each(["has spaces in it", "x".repeat(256)])("refuses the key %j", async (key) => {
    const { send } = createHarness();
    const response = await send("POST", "/v1/accounts", request("Smith", key));
    expect(response.status).toBe(400);
    expect((await json(response)).errors).toMatchObject([{ path: "Idempotency-Key" }]);
  });

  it("means nothing on other methods", async () => {
    const { store, kept } = createStore();
    const { send } = createHarness({ idempotency: store });
    await send("GET", "/v1/accounts", { headers: { "idempotency-key": "k" } });
    expect(kept.size).toBe(0);
  });
});
