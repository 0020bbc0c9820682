import { describe, expect, it } from "vitest";
import type { RequestRate } from "../../src/api/limits.js";
import { createBrowser } from "./support/browser.js";
import { createHarness, json } from "./support/harness.js";

const from = (remoteAddress: string) => ({ incoming: { socket: { remoteAddress } } });

/** Asks from an address, as the server would hand it along. */
function ask(
  { app }: ReturnType<typeof createHarness>,
  bearer: string,
  address: string,
  path = "/v1/accounts",
) {
  return app.request(path, { headers: { authorization: `Bearer ${bearer}` } }, from(address));
}

describe("wrong tokens", () => {
  it("are taken twenty times a minute from an address, then 429 says how long to wait", async () => {
    const harness = createHarness();
    const guesses = await Promise.all(Array.from({ length: 30 }, (_, i) => ask(harness, `w${i}`, "9.9.9.9")));
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(20);
    const refused = guesses.find(({ status }) => status === 429);
    expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(50);
    expect(refused && (await json(refused))).toMatchObject({ code: "too_many_failures" });
    expect((await ask(harness, "w", "9.9.9.8")).status).toBe(401);
  });

  it("do not lock out who was let in from there before, and do lock out who was not", async () => {
    const harness = createHarness();
    const input = { name: "x", scope: "read", expiresAt: null } as const;
    const [mine, other] = [
      await harness.services.tokens.create(input),
      await harness.services.tokens.create(input),
    ];
    expect((await ask(harness, mine.secret, "9.9.9.9")).status).toBe(200);
    for (let i = 0; i < 20; i++) await ask(harness, "wrong", "9.9.9.9");
    expect((await ask(harness, mine.secret, "9.9.9.9")).status).toBe(200);
    expect((await ask(harness, other.secret, "9.9.9.9")).status).toBe(429);
  });

  it("are counted together with those at the dashboard's door", async () => {
    const { entrance, app } = createBrowser();
    const harness = createHarness({ entrance });
    for (let i = 0; i < 10; i++) await ask(harness, "wrong", "9.9.9.9");
    const signIn = () =>
      app.request(
        "/sign-in",
        { method: "POST", body: new URLSearchParams({ token: "wrong" }) },
        from("9.9.9.9"),
      );
    for (let i = 0; i < 10; i++) expect((await signIn()).status).toBe(401);
    expect((await ask(harness, "wrong", "9.9.9.9")).status).toBe(429);
    const response = await signIn();
    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(await response.text()).toMatch(/Too many wrong tokens came from this address\. Wait \d+ seconds/);
  });
});

describe("requests of a token", () => {
  const rate = (take: RequestRate["take"]) => createHarness({ requestRate: { perMinute: 60, take } });

  it("are told how many are left, on every answer", async () => {
    const { send } = rate(async () => ({ granted: 1, left: 45, waitMs: 0 }));
    for (const path of ["/v1/accounts", "/v1/accounts/acc_x", "/v1/nothing", "/v1/accounts?limit=x"]) {
      const { headers } = await send("GET", path);
      const told = ["limit", "remaining", "reset"].map((name) => headers.get(`ratelimit-${name}`));
      expect(told, path).toEqual(["60", "45", "15"]);
    }
    expect((await send("GET", "/healthz")).headers.get("ratelimit-limit")).toBeNull();
  });

  it("beyond the rate get 429 and do nothing", async () => {
    const { send, state } = rate(async () => ({ granted: 0, left: 0, waitMs: 1_200 }));
    const response = await send("POST", "/v1/accounts", { body: { name: "x" } });
    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toBe("2");
    expect(response.headers.get("ratelimit-remaining")).toBe("0");
    expect(await json(response)).toMatchObject({
      code: "rate_limited",
      detail: expect.stringContaining("PIXIEHOOK_API_RATE_LIMIT"),
    });
    expect(state.calls).toEqual([]);
  });

  it("are answered as without a limit while the store is away or silent", async () => {
    const away = rate(() => Promise.reject(new Error("Connection is closed.")));
    const silent = rate(() => new Promise(() => undefined));
    expect((await silent.send("GET", "/v1/event-types/favorite.added")).status).toBe(200);
    expect((await away.send("GET", "/v1/event-types/favorite.added")).status).toBe(200);
    away.state.fail = new Error("Connection is closed.");
    expect((await away.send("GET", "/v1/accounts")).status).toBe(503);
  });
});

describe("event streams", () => {
  const open = ({ app }: ReturnType<typeof createHarness>, headers: Record<string, string>, method = "GET") =>
    app.request("/v1/events/stream", { method, headers });
  async function reading(harness: ReturnType<typeof createHarness>) {
    const input = { name: "x", scope: "read", expiresAt: null } as const;
    const { token, secret } = await harness.services.tokens.create(input);
    return { token, headers: { authorization: `Bearer ${secret}` } };
  }

  it("are so many for each token; one that is closed makes room", async () => {
    const harness = createHarness({ streamsPerToken: 2 });
    const { headers } = await reading(harness);
    const streams = [await open(harness, headers), await open(harness, headers)];
    const refused = await open(harness, headers);
    expect(refused.status).toBe(429);
    expect(await json(refused)).toMatchObject({
      code: "too_many_streams",
      detail: "This token has 2 event streams open, which is the most: close one, or let programs share one.",
    });
    const other = await reading(harness);
    expect((await open(harness, other.headers)).status).toBe(200);
    await streams[0]?.body?.cancel();
    const again = await open(harness, headers);
    expect(again.status).toBe(200);
  });

  it("are not taken up by a HEAD, which has no reader", async () => {
    const harness = createHarness({ streamsPerToken: 1 });
    const { headers } = await reading(harness);
    for (let i = 0; i < 3; i++) {
      const response = await open(harness, headers, "HEAD");
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toContain("text/event-stream");
    }
    expect((await open(harness, headers)).status).toBe(200);
  });

  it("end when their token is deleted", async () => {
    const harness = createHarness();
    const { token, headers } = await reading(harness);
    const response = await open(harness, headers);
    const text = response.text();
    await harness.services.tokens.remove(token.id);
    expect(await text).toContain(": connected");
    expect(harness.following()).toBe(0);
  });
});
