import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createBrowser, home, token } from "./support/browser.js";
import { accountId, at, makeAccount } from "./support/fixtures.js";
import { tellStory } from "./support/story.js";

describe("signing in", () => {
  it("asks first, and comes back to the page", async () => {
    const { get, post } = createBrowser();
    const sent = await get("/events?type=invoice.paid");
    expect(sent.status).toBe(303);
    const way = sent.headers.get("location") ?? "";
    expect(way).toBe("/sign-in?next=%2Fevents%3Ftype%3Dinvoice.paid");
    expect(await (await get(way)).text()).toContain('value="/events?type=invoice.paid"');
    const inside = await post("/sign-in", { token, next: "/events?type=invoice.paid" });
    expect(inside.headers.get("location")).toBe("/events?type=invoice.paid");
    expect((await get("/events")).status).toBe(200);
  });

  it.each(["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])(
    "never goes on to %s",
    async (next) => {
      const response = await createBrowser().post("/sign-in", { token, next });
      expect(response.headers.get("location")).toBe("/");
    },
  );

  it("refuses a wrong token, and says where it stands", async () => {
    const { post, jar } = createBrowser();
    const response = await post("/sign-in", { token: "wrong" });
    expect(response.status).toBe(401);
    expect(await response.text()).toContain("This is not the API token");
    expect(jar.size).toBe(0);
  });

  it("keeps a cookie that scripts and other sites cannot use", async () => {
    const open = createBrowser();
    await open.signIn();
    expect(open.setCookies[0]).toMatch(/^pixiehook=.*Max-Age=2592000.*HttpOnly.*SameSite=Strict/);
    expect(open.setCookies[0]).not.toContain(token);
    const secure = createBrowser({ secure: true });
    await secure.signIn();
    expect(secure.setCookies[0]).toMatch(/^__Host-pixiehook=.*Secure/);
  });

  it("ends after 30 days, on sign-out, and with a new token", async () => {
    const browser = createBrowser();
    await browser.signIn();
    browser.wait(29 * 86_400);
    expect((await browser.get("/")).status).toBe(200);
    browser.wait(2 * 86_400);
    expect((await browser.get("/")).status).toBe(303);
    await browser.signIn();
    await browser.submit("/sign-out");
    expect((await browser.get("/")).status).toBe(303);
    await browser.signIn();
    const other = createBrowser({ apiToken: "another-token" });
    for (const [name, value] of browser.jar) other.jar.set(name, value);
    expect((await other.get("/")).status).toBe(303);
  });

  it("takes no forged or changed cookie", async () => {
    const { get, signIn, jar } = createBrowser();
    await signIn();
    const real = jar.get("pixiehook") ?? "";
    for (const forged of ["", "x", "x.y", `${real}x`, `A${real}`, real.replace(".", "")]) {
      jar.set("pixiehook", forged);
      expect((await get("/")).status, forged).toBe(303);
    }
  });

  it("answers 401 to the live stream, so that browsers stop asking", async () => {
    expect((await createBrowser().get("/live")).status).toBe(401);
  });
});

describe("signing in with a token that was made", () => {
  const input = { name: "Ana", scope: "admin", expiresAt: null } as const;

  it("opens the dashboard, until the token is deleted", async () => {
    const browser = createBrowser();
    const { token: made, secret } = await browser.services.tokens.create(input);
    expect((await browser.post("/sign-in", { token: ` ${secret} ` })).status).toBe(303);
    expect(browser.setCookies[0]).not.toContain(secret);
    expect((await browser.get("/")).status).toBe(200);
    await browser.services.tokens.remove(made.id);
    expect((await browser.get("/")).status).toBe(303);
    expect((await browser.get("/live")).status).toBe(401);
    expect((await browser.post(`/accounts/${accountId}/poll`, {})).status).toBe(303);
  });

  it("opens it until the token expires", async () => {
    const browser = createBrowser();
    const { secret } = await browser.services.tokens.create({ ...input, expiresAt: at(600) });
    await browser.post("/sign-in", { token: secret });
    browser.wait(590);
    expect((await browser.get("/")).status).toBe(200);
    browser.wait(10);
    expect((await browser.get("/")).status).toBe(303);
    const again = await browser.post("/sign-in", { token: secret });
    expect(again.status).toBe(401);
    expect(await again.text()).toContain("This token expired at 2026-11-20T10:10:00.000Z.");
  });

  it("lets a token that may only read look at everything, and change nothing", async () => {
    const browser = createBrowser();
    tellStory(browser);
    const { secret } = await browser.services.tokens.create({ ...input, scope: "read" });
    await browser.signIn(secret);
    const { state, get } = browser;
    const ids = (path: string, all: ReadonlyMap<string, unknown>) =>
      [...all.keys()].map((id) => `${path}/${id}`);
    const pages = [
      ...["/", "/events", `/events/${state.events[0]?.id}`, "/subscriptions"],
      ...[...ids("/accounts", state.accounts), ...ids("/subscriptions", state.subscriptions)],
    ];
    for (const path of pages) {
      const page = await get(path);
      const html = await page.text();
      expect(page.status, path).toBe(200);
      expect(html).toContain("Only looking");
      expect([...html.matchAll(/<form method="post" action="([^"]*)"/g)].map(([, to]) => to)).toEqual([
        "/sign-out",
      ]);
      expect(html).not.toMatch(/href="[^"]*\/(new|edit|delete)["?]/);
    }
  });

  it("refuses every form of a token that may only read, also with what belongs to its session", async () => {
    const browser = createBrowser();
    tellStory(browser);
    const { secret } = await browser.services.tokens.create({ ...input, scope: "read" });
    await browser.signIn(secret);
    const [id] = browser.state.subscriptions.keys();
    const form = await browser.formToken();
    const before = browser.state.calls.length;
    for (const path of ["/accounts", "/subscriptions", `/subscriptions/${id}/pause`, "/nowhere"]) {
      const answer = await browser.post(path, { form });
      expect(answer.status, path).toBe(403);
      expect(await answer.text()).toContain("This needs an admin token");
    }
    expect((await browser.get("/subscriptions/new")).status).toBe(403);
    expect(new Set(browser.state.calls.slice(before))).toEqual(new Set(["tokens.get"]));
    await browser.post("/sign-out", { form });
    expect((await browser.get("/")).status).toBe(303);
  });

  it("keeps sessions from before there were other tokens", async () => {
    const browser = createBrowser();
    await browser.signIn();
    const key = createHmac("sha256", token).update("pixiehook dashboard").digest();
    const text = `${Date.parse(at(0)) + 86_400_000} nonce`;
    const signature = createHmac("sha256", key).update(`session\n${text}`).digest("base64url");
    browser.jar.set("pixiehook", `${Buffer.from(text).toString("base64url")}.${signature}`);
    expect((await browser.get("/")).status).toBe(200);
  });
});

describe("forms", () => {
  const path = `/accounts/${accountId}/poll`;
  async function signedIn() {
    const browser = createBrowser();
    browser.state.accounts.set(accountId, makeAccount());
    await browser.signIn();
    return { ...browser, form: await browser.formToken() };
  }

  it.each([
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
  ])("refuse %j", async (headers) => {
    const { post, form, state } = await signedIn();
    const response = await post(path, { form }, headers);
    expect(response.status).toBe(403);
    expect(state.calls).not.toContain("accounts.requestPoll");
  });

  it("judge old browsers by their Origin", async () => {
    const { request, form } = await signedIn();
    const send = (origin: string) =>
      request("POST", path, {
        body: new URLSearchParams({ form }),
        headers: { origin, host: "pixiehook.test" },
      });
    expect((await send("https://evil.example")).status).toBe(403);
    expect((await send("null")).status).toBe(403);
    expect((await send(home)).status).toBe(303);
  });

  it.each(["multipart/form-data", "multipart/form-data; boundary=x"])(
    "are refused as %s without parts, and nothing has failed",
    async (type) => {
      const { request, signIn } = createBrowser();
      await signIn();
      const headers = { "content-type": type, "sec-fetch-site": "same-origin" };
      for (const path of ["/sign-in", "/subscriptions", "/sign-out"]) {
        const response = await request("POST", path, { body: "nothing", headers });
        expect(response.status, path).toBe(400);
      }
    },
  );

  it("need the token of this session", async () => {
    const { post, state } = await signedIn();
    for (const form of ["", "wrong"]) expect((await post(path, { form })).status).toBe(403);
    expect((await post(path, {})).status).toBe(403);
    const other = createBrowser();
    await other.signIn();
    expect((await post(path, { form: await other.formToken() })).status).toBe(403);
    expect(state.calls).not.toContain("accounts.requestPoll");
  });
});

describe("pages", () => {
  it("load nothing but our own, by content-hashed names", async () => {
    const { get } = createBrowser();
    const response = await get("/sign-in");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe-inline");
    const html = await response.text();
    expect(html).not.toMatch(/ style="| on[a-z]+="|<style/);
    const files = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path = ""]) => path);
    expect(files).toHaveLength(4);
    for (const path of files) {
      const file = await get(path);
      expect(file.status, path).toBe(200);
      expect(file.headers.get("cache-control")).toContain("immutable");
    }
  });

  it("say what is wrong when the store is away, without its insides", async () => {
    const { get, signIn, state } = createBrowser();
    await signIn();
    state.fail = new Error("Connection is closed.");
    const response = await get("/");
    expect(response.status).toBe(503);
    const html = await response.text();
    expect(html).toContain("The store cannot be reached.");
    expect(html).not.toContain("Connection is closed");
  });

  it("answer 404 in the same frame", async () => {
    const { get, signIn } = createBrowser();
    await signIn();
    for (const path of ["/nowhere", "/events/evt_x", "/accounts/acc_x", "/subscriptions/sub_x"]) {
      const response = await get(path);
      expect(response.status, path).toBe(404);
      expect(await response.text()).toContain("Not found");
    }
  });
});
