import { afterEach, describe, expect, it, vi } from "vitest";
import type { Heard } from "../../../src/domain/upstream.js";
import { openGate, type Reply, readOf, readOnce, scanOf, startUpstream } from "./upstream-server.js";

const html = (body: string, status = 200, headers = {}): Reply => ({
  status,
  headers: { "content-type": "text/html", ...headers },
  body: `<!DOCTYPE html><html><body>${body}</body></html>`,
});

const ways: readonly [string, Reply, string][] = [
  ["401 with {error, message}", { status: 401, body: { error: "Unauthorized", message: "x" } }, "expired"],
  ["401 with {error:{code}}", { status: 401, body: { error: { code: 401, message: "no" } } }, "expired"],
  [
    "302 to a login page",
    { status: 302, headers: { location: "https://x.example/login?next=1" } },
    "expired",
  ],
  ["303 to the front page", { status: 303, headers: { location: "/" } }, "expired"],
  ["301 to another path", { status: 301, headers: { location: "/api/v2/favorites" } }, "shape_changed"],
  ["200 with a login page", html('<form><input type="password"></form>'), "expired"],
  ["200 with a login page that holds a captcha", html('captcha <input type="password">'), "expired"],
  ["200 with a challenge page", html("Just a moment..."), "challenged"],
  ["419", { status: 419, body: { message: "CSRF token mismatch." } }, "expired"],
  ["403 marked as mitigated", { status: 403, headers: { "cf-mitigated": "challenge" } }, "challenged"],
  ["403 with a challenge page", html("Checking your browser before", 403), "challenged"],
  [
    "503 with a challenge page",
    html('<script src="/cdn-cgi/challenge-platform/x"></script>', 503),
    "challenged",
  ],
  ["403 with JSON", { status: 403, body: { message: "Your plan does not include this" } }, "forbidden"],
  ["403 with a plain page", html("403 Forbidden nginx", 403), "forbidden"],
  ["404", { status: 404, body: { error: "Not found" } }, "gone"],
  ["410", { status: 410 }, "gone"],
  ["400", { status: 400, body: { message: "bad" } }, "rejected"],
  ["422", { status: 422, body: { errors: { page: ["bad"] } } }, "rejected"],
  ["429 without a time", { status: 429 }, "rate_limited"],
  ["408", { status: 408 }, "transient"],
  ["425", { status: 425 }, "transient"],
  ["500", { status: 500, body: "oops" }, "transient"],
  ["502 with a page", html("Bad gateway", 502), "transient"],
  ["503", { status: 503 }, "transient"],
  ["504", { status: 504 }, "transient"],
  ["200 with JSON that is cut off", { body: '{"data":[{"id":1},{"id":' }, "transient"],
  ["200 with JSON cut off in a string", { body: '{"data":[{"id":"ab' }, "transient"],
  [
    "200 with JSON cut off, said to be HTML",
    { body: '{"data":[', headers: { "content-type": "text/html" } },
    "transient",
  ],
  ["200 with garbage", { body: "%%%%" }, "shape_changed"],
  ["200 with broken JSON", { body: '{"data": [1,,2]}' }, "shape_changed"],
  ["200 with nothing", { body: "" }, "shape_changed"],
  ["204", { status: 204 }, "shape_changed"],
  ["200 with null", { body: "null" }, "shape_changed"],
  ["200 with a number", { body: "5" }, "shape_changed"],
  ["200 with {}", { body: {} }, "shape_changed"],
  ["200 with another envelope", { body: { things: [] } }, "shape_changed"],
  ["200 with a count only", { body: { favorites_count: 0, meta: { total: 0 } } }, "shape_changed"],
  [
    "200 that says it is an error, beside an empty list",
    { body: { error: "Oops", data: [] } },
    "shape_changed",
  ],
  ["200 that says success: false", { body: { success: false, data: [] } }, "shape_changed"],
  ["200 that says it is a 401", { body: { error: { code: 401, message: "x" } } }, "expired"],
  ["200 that says Unauthenticated", { body: { message: "Unauthenticated." } }, "expired"],
  ["200 that says it is a 500", { body: { error: { code: 500 }, data: [] } }, "transient"],
];

describe("a response that says no is never an empty list", () => {
  it.each(ways)("%s", async (_name, reply, kind) => {
    expect((await readOnce("favorites", reply)).kind).toBe(kind);
  });

  it("a connection that breaks in the middle of the body is transient", async () => {
    const raw: Reply["raw"] = (response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
      response.write('{"data":[]}');
      setTimeout(() => response.destroy(), 20);
    };
    expect((await readOnce("favorites", { raw })).kind).toBe("transient");
  });

  it("an answer that does not end in time is transient", async () => {
    const raw: Reply["raw"] = (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write('{"data":[');
    };
    const outcome = await readOnce("favorites", { raw }, { timeoutMs: 150 });
    expect(outcome).toMatchObject({
      kind: "transient",
      reason: "Pixieset Galleries gave no whole answer within 150 ms",
    });
  });

  it("a failure on a later page is the outcome of the whole list", async () => {
    const outcome = await readOnce("invoices", ({ query }) =>
      query.get("page") === "1"
        ? { body: { data: [{ id: "in_1" }], meta: { current_page: 1, last_page: 3 } } }
        : { status: 500 },
    );
    expect(outcome.kind).toBe("transient");
  });

  it("nothing of an answer's own words that could be a secret is repeated in the reason", async () => {
    const outcome = await readOnce("favorites", {
      status: 403,
      body: { message: "session abc123=SECRET99 refused" },
    });
    expect(JSON.stringify(outcome)).not.toContain("SECRET99");
  });
});

describe("waiting as long as the upstream says", () => {
  afterEach(() => void vi.useRealTimers());

  it("Retry-After in seconds", async () => {
    expect(await readOnce("favorites", { status: 429, headers: { "retry-after": "17" } })).toMatchObject({
      kind: "rate_limited",
      afterMs: 17_000,
    });
  });

  it("Retry-After as an HTTP date", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-20T10:00:00Z") });
    const headers = { "retry-after": "Fri, 20 Nov 2026 10:00:30 GMT" };
    expect(await readOnce("favorites", { status: 503, headers })).toMatchObject({
      kind: "transient",
      afterMs: 30_000,
    });
  });

  it.each([
    [{ "ratelimit-remaining": "0", "ratelimit-reset": "9" }],
    [{ "x-ratelimit-remaining": "0", "x-ratelimit-reset": "9" }],
    [{ ratelimit: "limit=10, remaining=0, reset=9" }],
    [{ ratelimit: '"default";r=0;t=9' }],
  ])("429 with %j", async (headers) => {
    expect(await readOnce("favorites", { status: 429, headers })).toMatchObject({ afterMs: 9_000 });
  });

  it("every answer is told to the gate, with what it says of the upstream's budget", async () => {
    const heard: Heard[] = [];
    const gate = { ...openGate(), heard: async (answer: Heard) => void heard.push(answer) };
    const headers = { "x-ratelimit-remaining": "3", "x-ratelimit-reset": "60" };
    const limit = { by: "studio", remaining: 3, resetMs: 60_000 };
    let reply: Reply = { headers, body: { data: [{ id: 1 }], meta: { last_page: 1 } } };
    const server = await startUpstream(() => reply);
    await readOf(server.upstream, "invoices", null, gate);
    reply = { status: 503 };
    await readOf(server.upstream, "invoices", null, gate);
    await server.stop();
    expect(heard).toEqual([
      { kind: "ok", afterMs: null, limit },
      { kind: "transient", afterMs: null, limit: null },
    ]);
  });
});

describe("the session", () => {
  it("an expired answer of one list is checked with a probe: a good session makes it forbidden", async () => {
    const server = await startUpstream(({ path }) =>
      path.endsWith("/user") ? { body: { data: { name: "S" } } } : { status: 401, body: {} },
    );
    expect((await readOf(server.upstream, "favorites")).kind).toBe("forbidden");
    expect(server.requests).toHaveLength(3);
    await server.stop();
  });

  it("a refusal that comes once, with a session that is good, costs nothing but two requests", async () => {
    let refused = 0;
    const server = await startUpstream(({ path }) => {
      if (path.endsWith("/user")) return { body: { data: { name: "S" } } };
      return refused++ === 0 ? { status: 401, body: {} } : { body: { favorites: [{ id: 1, photo_id: 2 }] } };
    });
    expect(scanOf(await readOf(server.upstream, "favorites")).records).toHaveLength(1);
    await server.stop();
  });

  it("a page in place of one list, with a session that is good, is a changed shape", async () => {
    const server = await startUpstream(({ path }) =>
      path.endsWith("/user") ? { body: { data: { name: "S" } } } : html("Scheduled work"),
    );
    expect((await readOf(server.upstream, "favorites")).kind).toBe("shape_changed");
    await server.stop();
  });

  it.each([[{}], [{ data: null }], [{ message: "ok" }]])(
    "a probe answered with %j proves nothing",
    async (body) => {
      const server = await startUpstream(() => ({ body }));
      expect((await server.upstream.probe(openGate())).kind).toBe("shape_changed");
      await server.stop();
    },
  );

  it("renewed cookies are stored after the response that set them, and sent with the next", async () => {
    const server = await startUpstream(({ query }) => ({
      headers:
        query.get("page") === "1"
          ? { "set-cookie": ["gallery_dashboard_session=new; Path=/; HttpOnly"] }
          : {},
      body: {
        data: query.get("page") === "1" ? [{ id: 1 }, { id: 2 }] : [{ id: 3 }],
        meta: { last_page: 2 },
      },
    }));
    expect(scanOf(await readOf(server.upstream, "invoices")).pages).toBe(2);
    expect(server.stored.saves).toBe(1);
    expect(server.requests[1]?.headers.cookie).toContain("gallery_dashboard_session=new");
    expect(server.requests[1]?.headers.cookie).toContain("wsid=1");
    await readOf(server.upstream, "favorites");
    expect(server.requests[2]?.headers.cookie).toContain("gallery_dashboard_session=new");
    await server.stop();
  });

  it("no request is made when the gate says no", async () => {
    const server = await startUpstream(() => ({ body: { data: [] } }));
    const gate = { enter: async () => false, signal: new AbortController().signal };
    expect((await server.upstream.probe(gate)).kind).toBe("aborted");
    expect(server.requests).toHaveLength(0);
    await server.stop();
  });

  it("without a session nothing is asked", async () => {
    const server = await startUpstream(() => ({ body: { data: [] } }), { session: null });
    expect((await readOf(server.upstream, "favorites")).kind).toBe("expired");
    expect(server.requests).toHaveLength(0);
    await server.stop();
  });

  it.each([
    [
      "/user with name and e-mail",
      { "/user": { body: { data: { first_name: "Ann", last_name: "S", email: "a@s.co" } } } },
      { name: "Ann S", email: "a@s.co" },
    ],
    [
      "a bare /user",
      { "/user": { body: { name: "Studio", email: "a@s.co" } } },
      { name: "Studio", email: "a@s.co" },
    ],
    [
      "bootstrap where /user is gone",
      {
        "/data/bootstrap": {
          body: { data: { user: { username: "ann", email: "a@s.co" }, profile: { business_name: "Ann's" } } },
        },
      },
      { name: "Ann's", email: "a@s.co" },
    ],
    [
      "the list of collections where both are gone",
      { "/dashboard_listings": { body: { data: { data: { collections: [] } } } } },
      null,
    ],
  ])("is probed by %s", async (_name, answers: Record<string, Reply>, user) => {
    const server = await startUpstream(
      ({ path }) => answers[path.replace("/gallery/api/v1", "")] ?? { status: 404, body: {} },
    );
    expect(await server.upstream.probe(openGate())).toEqual({ kind: "active", user });
    await server.stop();
  });

  it.each([
    ["401", { status: 401 }, "expired"],
    ["a challenge", html("Just a moment", 403), "challenged"],
    ["user: null", { body: { user: null } }, "expired"],
    ["user: null behind an envelope", { body: { data: { user: null, profile: null } } }, "expired"],
    ["a guest behind an envelope", { body: { data: { guest: true } } }, "expired"],
    ["a page", html("log in"), "expired"],
    ["500", { status: 500 }, "transient"],
  ])("a probe that gets %s is not active", async (_name, reply: Reply, kind) => {
    const server = await startUpstream(() => reply);
    expect((await server.upstream.probe(openGate())).kind).toBe(kind);
    expect(server.requests).toHaveLength(1);
    await server.stop();
  });

  it("the headers of a browser's own request are sent", async () => {
    const server = await startUpstream(() => ({ body: { data: [] } }));
    await readOf(server.upstream, "favorites");
    expect(server.requests[0]?.headers).toMatchObject({
      accept: "application/json",
      "x-requested-with": "XMLHttpRequest",
      referer: `${server.origin}/`,
    });
    await server.stop();
  });

  it("a redirect that only adds or drops a slash is asked once more, on the same path", async () => {
    const server = await startUpstream(({ path }) =>
      path.endsWith("/")
        ? { status: 301, headers: { location: path.slice(0, -1) } }
        : { body: { data: [{ id: 1, status: "ok" }], meta: { last_page: 1 } } },
    );
    expect(scanOf(await readOf(server.upstream, "downloads")).records).toHaveLength(1);
    await server.stop();
  });
});
