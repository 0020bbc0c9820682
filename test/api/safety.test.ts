import { describe, expect, it } from "vitest";
import type { Services } from "../../src/services.js";
import { createBrowser } from "./support/browser.js";
import type { OpenApiDocument } from "./support/conformity.js";
import {
  accountId,
  makeAccount,
  makeDelivery,
  makeEvent,
  makeSubscription,
  subscriptionId,
} from "./support/fixtures.js";
import { createHarness, token } from "./support/harness.js";

const authorization = `Bearer ${token}`;

/** Services every method of which fails in the same way. */
function failing(services: Services, error: Error): Services {
  const fail = (): never => {
    throw error;
  };
  return Object.fromEntries(
    Object.entries(services).map(([name, service]) => {
      const methods = Object.keys(service as object).map((method) => [method, fail]);
      return [name, Object.fromEntries(methods)];
    }),
  ) as unknown as Services;
}

/** Every operation of the document, with a request that its validation lets through. */
async function requests(app: ReturnType<typeof createHarness>["app"]) {
  const document = (await (await app.request("/openapi.json")).json()) as OpenApiDocument;
  return Object.entries(document.paths).flatMap(([template, item]) =>
    Object.entries(item).map(([method, operation]) => {
      const content = (
        operation.requestBody as { content?: Record<string, { example?: unknown }> } | undefined
      )?.content;
      const [type, media] = Object.entries(content ?? {})[0] ?? [];
      const body = type?.includes("json") ? JSON.stringify(media?.example) : null;
      return {
        path: template.replaceAll(/\{.*?\}/g, "x"),
        method: method.toUpperCase(),
        headers: { authorization, ...(type ? { "content-type": type } : {}) },
        body,
      };
    }),
  );
}

describe("an answer", () => {
  // What needs no service, cannot fail with one; a stream has begun when its service fails.
  const calm = /^\/(healthz|readyz|unsubscribe|v1\/event-types|v1\/events\/stream)/;

  it.each([
    ["anything that fails inside", 500, new Error("marker-7f3a9 at /srv/inside.ts")],
    ["a store that is away", 503, new Error("connect ECONNREFUSED /run/marker-7f3a9.sock")],
    ["a store that says why", 503, new Error("MISCONF marker-7f3a9")],
  ])("to any request keeps %s inside", async (_name, status, error) => {
    const { services } = createHarness();
    const { app, lines } = createHarness({ services: failing(services, error) });
    let failed = 0;
    for (const { path, ...init } of await requests(app)) {
      const response = await app.request(path, init);
      const text = await response.text();
      const where = `${init.method} ${path} ${text}`;
      expect(text + JSON.stringify([...response.headers]), where).not.toMatch(/marker|\.ts\b|\bat .*:\d+/);
      if (calm.test(path) || path === "/docs" || path === "/openapi.json") continue;
      expect(response.status, where).toBe(status);
      expect(JSON.parse(text), where).toMatchObject({ code: status === 500 ? "internal" : "unavailable" });
      failed++;
    }
    expect(failed).toBeGreaterThan(30);
    // Each is explained in the log, under the id that was answered.
    const told = lines.filter(({ msg }) => msg === (status === 500 ? "request failed" : "store unavailable"));
    expect(told.length).toBeGreaterThanOrEqual(failed);
    for (const line of told) expect(line.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("of a page keeps it inside, too, and is explained under the id of its request", async () => {
    const browser = createBrowser();
    await browser.signIn();
    const cookie = [...browser.jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const { app, lines } = createHarness({ dashboard: browser.app });
    browser.state.fail = new Error("marker-7f3a9 at /srv/inside.ts");
    for (const path of ["/", "/events", "/accounts/x", "/subscriptions", "/subscriptions/x"]) {
      const response = await app.request(path, {
        headers: { cookie, "x-request-id": `page${path}`.replaceAll("/", ".") },
      });
      expect([500, 503], path).toContain(response.status);
      expect(await response.text(), path).not.toMatch(/marker|\.ts\b/);
    }
    const told = lines.filter(({ msg }) => msg === "page failed");
    expect(told.map(({ requestId }) => requestId)).toContain("page.subscriptions.x");
    expect(told).toHaveLength(5);
  });
});

describe("every answer", () => {
  const promised = {
    "x-content-type-options": /^nosniff$/,
    "x-frame-options": /^DENY$/,
    "content-security-policy": /default-src 'none'.*frame-ancestors 'none'/,
    "referrer-policy": /^(no-referrer|same-origin)$/,
    "cross-origin-resource-policy": /^same-origin$/,
    "cross-origin-opener-policy": /^same-origin$/,
    "cache-control": /./,
    "x-request-id": /^[\w.:-]+$/,
  };

  async function answers() {
    const browser = createBrowser();
    const harness = createHarness({ dashboard: browser.app });
    const { app, state, emit } = harness;
    state.accounts.set(accountId, makeAccount());
    state.subscriptions.set(subscriptionId, makeSubscription());
    const event = makeEvent({ key: "1" });
    emit(event);
    state.deliveries.set("dlv_x", makeDelivery(event.id));
    const html = await (await app.request("/sign-in")).text();
    const assets = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path = ""]) => path);
    const styles = [...(await (await app.request("/docs")).text()).matchAll(/href="(\/docs\/style[^"]+)"/g)];
    const get = (path: string) => ({ path, method: "GET", headers: { authorization }, body: null });
    const all = [
      ...(await requests(app)),
      ...[
        "/",
        "/sign-in",
        "/nowhere",
        "/v1/nothing",
        "/docs",
        "/docs/errors",
        "/openapi.json",
        ...assets,
      ].map(get),
      ...styles.map(([, path = ""]) => get(path)),
      { ...get("/v1/accounts"), headers: { authorization: "Bearer wrong" } },
      { ...get("/v1/accounts"), method: "PUT" },
      { ...get("/sign-in"), method: "POST" },
    ];
    return {
      app,
      all: all.map((request) => ({
        ...request,
        headers: { ...request.headers, origin: "https://evil.example" },
      })),
    };
  }

  it("has security headers, an id, and no CORS header", async () => {
    const { app, all } = await answers();
    for (const { path, ...init } of all) {
      const abort = new AbortController();
      const response = await app.request(path, { ...init, signal: abort.signal });
      const where = `${init.method} ${path} ${response.status}`;
      for (const [name, value] of Object.entries(promised)) {
        expect(response.headers.get(name), `${where} ${name}`).toMatch(value);
      }
      const cors = [...response.headers.keys()].filter((name) => name.startsWith("access-control-"));
      expect(cors, where).toEqual([]);
      abort.abort();
      await response.body?.cancel();
    }
  });

  it("to a preflight is 405 or 404 without a CORS header", async () => {
    const { app, all } = await answers();
    const asked = { origin: "https://evil.example", "access-control-request-method": "POST" };
    for (const path of new Set(all.map((request) => request.path))) {
      for (const headers of [asked, { ...asked, authorization }]) {
        const response = await app.request(path, { method: "OPTIONS", headers });
        // Pages send whoever is not signed in to the sign-in page.
        expect(path.startsWith("/v1") ? [404, 405] : [303, 404, 405], path).toContain(response.status);
        expect([...response.headers.keys()].filter((name) => name.startsWith("access-"))).toEqual([]);
      }
    }
  });
});
