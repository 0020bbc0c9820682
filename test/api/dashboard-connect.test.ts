import { describe, expect, it } from "vitest";
import { createBrowser } from "./support/browser.js";
import { accountId, makeAccount, makeSubscription } from "./support/fixtures.js";

const secret = "PIXIESET_SESSION=very-secret";
/** The step that a page says it is at, and those that are done. */
const progress = (html: string) => ({
  at: /<li aria-current="step">([^<]*)</.exec(html)?.[1],
  done: [...html.matchAll(/<li class="done">([^<]*)</g)].map(([, step]) => step),
});
const steps = ["Connect your account", "Say who hears of what", "Send a test"] as const;

async function firstVisit(options: Parameters<typeof createBrowser>[0] = {}) {
  const browser = createBrowser(options);
  await browser.signIn();
  const page = async (path: string) => (await browser.get(path)).text();
  return { ...browser, page };
}

describe("the first visit", () => {
  it.each([
    ["a webhook", { channel: "webhook", webhook: "https://example.com/hook" }],
    ["email", { channel: "email", email: "ana@smith.example" }],
  ])("leads from the account over %s to a test", async (_name, channel) => {
    const { page, submit, state } = await firstVisit();
    for (const path of ["/", "/accounts/new"])
      expect(progress(await page(path))).toEqual({ at: steps[0], done: [] });
    const subscribe = await submit("/accounts", {
      name: "Smith Studio",
      timezone: "Europe/London",
      cookies: secret,
    });
    expect(subscribe).toContain("Smith Studio is connected. The first reading runs now and is silent.");
    expect(subscribe).toContain("<h1>New subscription</h1>");
    expect(progress(subscribe)).toEqual({ at: steps[1], done: [steps[0]] });
    const [account] = state.accounts.values();
    expect(account?.timezone).toBe("Europe/London");
    expect(subscribe).toMatch(new RegExp(`<option value="${account?.id}" selected="">Smith Studio`));
    expect(progress(await page("/")).at).toBe(steps[1]);
    // As the form says of itself.
    expect(subscribe).toContain('<input type="hidden" name="first" value="1"/>');
    const first = { first: "1" };
    const refused = await submit("/subscriptions", { ...channel, ...first, events: [] });
    expect(progress(refused).at).toBe(steps[1]);
    const subscribed = await submit("/subscriptions", {
      ...channel,
      ...first,
      events: ["favorite.*"],
      together: "usual",
    });
    expect(progress(subscribed)).toEqual({ at: steps[2], done: steps.slice(0, 2) });
    const [subscription] = state.subscriptions.keys();
    const tested = await submit(`/subscriptions/${subscription}/subscribed`, first);
    expect(tested).toContain("The test arrived");
    expect(progress(tested).at).toBe(steps[2]);
    expect(progress(await page("/")).at).toBeUndefined();
  });

  it("is over where there is a subscription: another account leads to its page", async () => {
    const { submit, page, state } = await firstVisit();
    state.accounts.set(accountId, makeAccount());
    const subscription = makeSubscription();
    state.subscriptions.set(subscription.id, subscription);
    expect(progress(await page("/subscriptions/new")).at).toBeUndefined();
    const form = await page("/accounts/new");
    expect(form).toContain("<h1>Add an account</h1>");
    expect(progress(form).at).toBeUndefined();
    expect(await submit("/accounts", { name: "Harbour", cookies: secret })).toContain("<h1>Harbour</h1>");
  });

  it("shows whoever may only look no form", async () => {
    const { services, signIn, page, get } = await firstVisit();
    const { secret: token } = await services.tokens.create({ name: "Wall", scope: "read", expiresAt: null });
    await signIn(token);
    const html = await page("/");
    expect(html).toContain("Whoever signs in with an admin token can connect one.");
    expect(html).not.toContain("cookies");
    expect((await get("/accounts/new")).status).toBe(403);
  });
});

describe("a form that is refused", () => {
  const problem = (html: string, field: string) =>
    new RegExp(`<p class="problem" id="${field}-problem">([^<]*)</p>`).exec(html)?.[1];

  it("keeps what was typed but the cookies, and says what is wrong beside each field", async () => {
    const { post, formToken, state } = await firstVisit();
    const form = await formToken();
    const send = (fields: Record<string, string>) => post("/accounts", { form, ...fields });
    const response = await send({ name: "", timezone: "Europe/Atlantis", cookies: "" });
    expect(response.status).toBe(422);
    const html = await response.text();
    expect(problem(html, "name")).toContain("Give it a name");
    expect(problem(html, "timezone")).toContain("no such time zone");
    expect(problem(html, "cookies")).toContain("Paste the cookies");
    expect(html).toContain('value="Europe/Atlantis"');
    expect(html).toMatch(/<textarea[^>]*aria-invalid="true" aria-describedby="cookies-problem"><\/textarea>/);
    const named = await (await send({ name: '"><script>', timezone: "UTC", cookies: "" })).text();
    expect(named).toContain('value="&quot;&gt;&lt;script&gt;"');
    expect(problem(named, "name")).toBeUndefined();
    expect(state.calls).not.toContain("accounts.create");
  });

  it("says beside the cookies why Pixieset did not accept them, and never shows them", async () => {
    const { post, formToken, state } = await firstVisit();
    const detail = "Pixieset does not accept this session: sign in there again.";
    state.refuse["accounts.create"] = { kind: "refused", code: "session_rejected", detail };
    const fields = {
      form: await formToken(),
      name: "Smith Studio",
      timezone: "Asia/Calcutta",
      cookies: secret,
    };
    const response = await post("/accounts", fields);
    expect(response.status).toBe(422);
    const html = await response.text();
    expect(problem(html, "cookies")).toBe(detail);
    expect(html).toContain('value="Smith Studio"');
    expect(html).toContain('value="Asia/Calcutta"');
    expect(html).not.toContain("very-secret");
  });
});

describe("how to get cookies", () => {
  it("is said for each browser, with pictures of our own that stand in words, too", async () => {
    const { page, get } = await firstVisit();
    const html = await page("/accounts/new");
    const names = [...html.matchAll(/<details class="browser"[^>]*><summary>([^<]*)</g)].map(
      ([, name]) => name,
    );
    expect(names).toEqual(["Chrome, Edge or Brave", "Firefox", "Safari"]);
    const images = [...html.matchAll(/<img src="(\/assets\/(?!icon)[^"]+)" alt="([^"]*)"/g)];
    expect(images.length).toBe(6);
    for (const [, , alt = ""] of images) expect(alt.length).toBeGreaterThan(40);
    const files = [...html.matchAll(/(?:src|srcset)="(\/assets\/[^"]+\.svg)"/g)].map(([, path = ""]) => path);
    for (const path of new Set(files)) {
      const file = await get(path);
      expect(file.status, path).toBe(200);
      expect(path).toMatch(/-[0-9a-f]{12}\.svg$/);
      expect(file.headers.get("content-type")).toBe("image/svg+xml");
      expect(file.headers.get("cache-control")).toContain("immutable");
      expect(await file.text()).not.toMatch(/style|<script/);
    }
    expect(Buffer.byteLength(html)).toBeLessThan(40_000);
  });

  it("is other for a simulated studio, which is offered where there is none", async () => {
    const real = await (await firstVisit()).page("/");
    expect(real).toContain('<code id="command">npm run demo</code>');
    expect(real).not.toContain("This is a simulated studio");
    const html = await (await firstVisit({ simulated: true })).page("/");
    expect(html).toContain("This is a simulated studio");
    expect(html).toContain('<code id="command">npm run simulator</code>');
    expect(html).not.toContain("Copy as fetch");
    expect(html).not.toContain('class="browser"');
  });
});
