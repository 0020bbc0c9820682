import { describe, expect, it } from "vitest";
import { accountId, makeAccount } from "./support/fixtures.js";
import { addCompanion, token as apiToken, createHarness, json } from "./support/harness.js";

function paired() {
  const harness = createHarness();
  const token = addCompanion(harness);
  const headers = { authorization: `Bearer ${token}` };
  const send = (method: string, path: string, body?: unknown) =>
    harness.send(method, `/companion/v1${path}`, { headers, ...(body !== undefined && { body }) });
  return { ...harness, token, send, asOperator: harness.send };
}
const cookie = {
  name: "PHPSESSID",
  value: "x",
  domain: "studio.pixieset.com",
  hostOnly: true,
  path: "/",
  secure: true,
  httpOnly: true,
};
const errand = { id: "err_1", url: "https://x.test/", headers: {}, withinMs: 1_000, maxBodyBytes: 10 };

describe("the door of companions", () => {
  it("is opened by a companion's token and by nothing else", async () => {
    const { app, send, token } = paired();
    expect((await send("GET", "/state")).status).toBe(200);
    const ask = (authorization?: string) =>
      app.request("/companion/v1/state", { headers: authorization === undefined ? {} : { authorization } });
    for (const header of [undefined, "", token, `Basic ${token}`, `Bearer ${apiToken}`, `Bearer ${token}x`]) {
      const response = await ask(header);
      expect(response.status, header).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe('Bearer realm="pixiehook"');
    }
  });

  it("says how long to wait after too many wrong tokens or codes, and after too many requests", async () => {
    const { send, state } = paired();
    const pair = () => send("POST", "/pair", { code: "0000-0000-0000", browser: "x" });
    for (const [by, code] of [
      ["failures", "too_many_failures"],
      ["requests", "rate_limited"],
    ] as const) {
      state.companions.limited = { kind: "limited", by, retryAfterSeconds: 7 };
      const refused = [await send("GET", "/state"), ...(by === "failures" ? [await pair()] : [])];
      for (const response of refused) {
        expect(response.status).toBe(429);
        expect(response.headers.get("retry-after")).toBe("7");
        expect(await json(response)).toMatchObject({ code });
      }
    }
  });

  it("counts wrong codes and tokens by the address of the socket, whatever a header says", async () => {
    const { app, services, token } = paired();
    const seen: string[] = [];
    const { enter, pair } = services.companions;
    Object.assign(services.companions, {
      enter: (text: string, address: string) => {
        seen.push(address);
        return enter(text, address);
      },
      pair: (code: string, browser: string, address: string) => {
        seen.push(address);
        return pair(code, browser, address);
      },
    });
    const from = { incoming: { socket: { remoteAddress: "9.9.9.9" } } };
    const headers = {
      authorization: `Bearer ${token}`,
      "x-forwarded-for": "8.8.8.8",
      "content-type": "application/json",
    };
    await app.request("/companion/v1/state", { headers }, from);
    const body = JSON.stringify({ code: "x", browser: "x" });
    await app.request("/companion/v1/pair", { method: "POST", headers, body }, from);
    expect(seen).toEqual(["9.9.9.9", "9.9.9.9"]);
  });

  it("says 503 while the store is away, and does not call the token wrong", async () => {
    const { send, state } = paired();
    state.fail = new Error("Connection is closed.");
    expect((await send("GET", "/state")).status).toBe(503);
    expect((await send("POST", "/pair", { code: "x", browser: "x" })).status).toBe(503);
  });

  it("answers an address that there is not as the API does, and a wrong method with the right ones", async () => {
    const { send, app } = paired();
    expect(await json(await send("GET", "/nothing"))).toMatchObject({ code: "route_not_found" });
    const wrong = await send("POST", "/state", {});
    expect(wrong.headers.get("allow")).toBe("GET, HEAD");
    const preflight = await app.request("/companion/v1/state", { method: "OPTIONS" });
    expect(preflight.status).toBe(405);
    expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("what a companion asks", () => {
  it("is told of its account, and no more than that", async () => {
    const { send, state } = paired();
    const session = { ...makeAccount().session, status: "expired", reason: "It ended.", epoch: 4 } as const;
    state.accounts.set(accountId, makeAccount({ session }));
    expect(await (await send("GET", "/state")).json()).toEqual({
      account: { id: accountId, name: "Smith Studio" },
      session: { status: "expired", reason: "It ended.", epoch: 4 },
      readBy: "server",
      hosts: {
        gallery: "https://galleries.pixieset.com/api/v1",
        studio: "https://studio.pixieset.com/api/v1",
      },
      signInUrl: "https://galleries.pixieset.com/",
    });
  });

  it("gets 401 when its account or its pairing ended while it asked", async () => {
    const { send, state } = paired();
    state.accounts.clear();
    for (const [method, path, body] of [
      ["GET", "/state", undefined],
      ["PUT", "/session", { cookies: [cookie] }],
      ["POST", "/errands/take", { waitSeconds: 0, signIn: "x" }],
    ] as const) {
      expect((await send(method, path, body)).status, path).toBe(401);
    }
  });

  it.each([
    ["session_rejected", 422],
    ["session_unreadable", 422],
    ["read_by_changed", 409],
    ["upstream_unreachable", 502],
  ] as const)("gets %s as %i for a session that is not taken", async (code, status) => {
    const { send, state } = paired();
    expect((await send("PUT", "/session", { cookies: [cookie] })).status).toBe(200);
    state.refuse["companions.handOver"] = { kind: "refused", code, detail: "Because of the test." };
    const response = await send("PUT", "/session", {});
    expect(response.status).toBe(status);
    expect(await json(response)).toMatchObject({ code, detail: "Because of the test." });
  });

  it("gets an errand, and may answer it once, with a page or why there is none", async () => {
    const { send, state } = paired();
    const wish = { waitSeconds: 0, signIn: "x" };
    expect(await json(await send("POST", "/errands/take", wish))).toMatchObject({ errand: null });
    for (const answer of [{ status: 200, headers: { a: "b" }, body: "{}" }, { failure: "too_slow" }]) {
      state.companions.errand = errand;
      expect(await json(await send("POST", "/errands/take", wish))).toMatchObject({ errand });
      expect((await send("POST", "/errands/err_1/answer", answer)).status).toBe(204);
      expect((await send("POST", "/errands/err_1/answer", answer)).status).toBe(404);
    }
  });

  it("may not wait for longer than 25 seconds, nor hand over what no browser has", async () => {
    const { send, state } = paired();
    const many = Array.from({ length: 501 }, () => cookie);
    for (const [method, path, body, at] of [
      ["POST", "/errands/take", { waitSeconds: 26, signIn: "x" }, "waitSeconds"],
      ["POST", "/errands/take", { waitSeconds: 1, signIn: "" }, "signIn"],
      ["PUT", "/session", { cookies: many }, "cookies"],
      ["PUT", "/session", { cookies: [{ ...cookie, expirationDate: 1 }] }, "cookies[0].expirationDate"],
      ["POST", "/pair", { code: "x", browser: "two\nlines" }, "browser"],
    ] as const) {
      const response = await send(method, path, body);
      expect(response.status).toBe(400);
      expect((await json(response)).errors).toMatchObject([{ path: at }]);
    }
    expect(state.calls.filter((call) => !call.endsWith(".enter"))).toEqual([]);
  });

  it("is not repeated in what is wrong with it, but for the names of fields", async () => {
    const { send } = paired();
    const long = "s3cret-".repeat(2_500);
    for (const [path, body] of [
      ["/session", { cookies: [{ ...cookie, value: long }] }],
      ["/session", { cookies: [{ ...cookie, "s3cret=1": 1 }] }],
      ["/errands/err_1/answer", { status: 200, headers: { "x-s3cret": long }, body: "" }],
      ["/errands/err_1/answer", { status: 200, headers: { sEcret: 7 }, body: "s3cret" }],
    ] as const) {
      const response = await send(path === "/session" ? "PUT" : "POST", path, body);
      expect(response.status).toBe(400);
      expect(await response.text()).not.toMatch(/s[3E]cret/);
    }
  });
});

it("tries one session of a companion at a time", async () => {
  const { send, services } = paired();
  let end: () => void = () => undefined;
  const { handOver } = services.companions;
  Object.assign(services.companions, {
    handOver: async (...given: Parameters<typeof handOver>) => {
      await new Promise<void>((ended) => {
        end = ended;
      });
      return handOver(...given);
    },
  });
  const first = send("PUT", "/session", {});
  const second = await send("PUT", "/session", {});
  expect(second.status).toBe(429);
  expect(await json(second)).toMatchObject({ code: "rate_limited" });
  end();
  expect((await first).status).toBe(200);
  const third = send("PUT", "/session", {});
  await new Promise((resolve) => setTimeout(resolve, 50));
  end();
  expect((await third).status).toBe(200);
});

it("reads no more than two answers of a companion at once", async () => {
  const { app, token } = paired();
  const bodies: ReadableStreamDefaultController<Uint8Array>[] = [];
  const send = () =>
    app.request("/companion/v1/errands/err_1/answer", {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: new ReadableStream<Uint8Array>({ start: (controller) => void bodies.push(controller) }),
      duplex: "half",
    } as RequestInit);
  const reading = [send(), send()];
  const third = await send();
  expect(third.status).toBe(429);
  expect(third.headers.get("retry-after")).toBe("1");
  for (const body of bodies.slice(0, 2)) body.close();
  expect((await Promise.all(reading)).map(({ status }) => status)).toEqual([400, 400]);
});

describe("operators", () => {
  it("make pairing codes, list companions and end them", async () => {
    const { asOperator, state, send } = paired();
    const path = `/v1/accounts/${accountId}`;
    const made = await asOperator("POST", `${path}/pairings`);
    expect(made.status).toBe(201);
    const { code, link } = await json(made);
    expect(link).toBe(`http://pixiehook.test/companion#${code}`);
    const listed = await json(await asOperator("GET", `${path}/companions`));
    expect(listed).toMatchObject({ data: [{ browser: "Chromium on Linux", connected: true }], next: null });
    expect(JSON.stringify(listed)).not.toContain("pxc_");
    const [{ id }] = listed.data as [{ id: string }];
    expect((await asOperator("DELETE", `/v1/accounts/acc_other/companions/${id}`)).status).toBe(404);
    expect((await asOperator("DELETE", `${path}/companions/${id}`)).status).toBe(204);
    expect((await asOperator("DELETE", `${path}/companions/${id}`)).status).toBe(404);
    expect((await send("GET", "/state")).status).toBe(401);
    expect(state.companions.byToken.size).toBe(0);
    for (const [method, at] of [
      ["POST", "pairings"],
      ["GET", "companions"],
    ] as const)
      expect((await asOperator(method, `/v1/accounts/acc_none/${at}`)).status).toBe(404);
  });

  it("need a token of scope admin for all but the list", async () => {
    const { asOperator, services } = paired();
    const { secret } = await services.tokens.create({ name: "x", scope: "read", expiresAt: null });
    const headers = { authorization: `Bearer ${secret}` };
    const path = `/v1/accounts/${accountId}`;
    expect((await asOperator("GET", `${path}/companions`, { headers })).status).toBe(200);
    expect((await asOperator("POST", `${path}/pairings`, { headers })).status).toBe(403);
    expect((await asOperator("DELETE", `${path}/companions/cmp_x`, { headers })).status).toBe(403);
  });
});
