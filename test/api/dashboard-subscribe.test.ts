import { describe, expect, it } from "vitest";
import { eventGroups } from "../../src/dashboard/event-groups.js";
import { eventTypes, matchesPattern } from "../../src/domain/catalog.js";
import { createBrowser } from "./support/browser.js";
import { accountId, makeAccount, makeSubscription, subscriptionId } from "./support/fixtures.js";

const hook = { channel: "webhook", webhook: "https://example.com/hook", events: "favorite.*" };

async function withAccount() {
  const browser = createBrowser();
  browser.state.accounts.set(accountId, makeAccount());
  await browser.signIn();
  const page = async (path: string) => (await browser.get(path)).text();
  const send = async (fields: Record<string, string | string[]>) =>
    browser.post("/subscriptions", { form: await browser.formToken(), ...fields });
  const created = () => [...browser.state.subscriptions.values()][0];
  return { ...browser, page, send, created };
}

describe("groups of events", () => {
  it("hold every type of the catalogue once", () => {
    const grouped = eventGroups().flatMap(({ types }) => types.map(({ type }) => type));
    expect(grouped.sort()).toEqual(eventTypes.map(({ type }) => type).sort());
    for (const { patterns, types } of eventGroups()) {
      for (const { type } of types) {
        expect(patterns.some((pattern) => matchesPattern(pattern, type))).toBe(true);
      }
    }
  });
});

describe("the form for a new subscription", () => {
  it("offers every account and every type, and is linked from everywhere", async () => {
    const { page } = await withAccount();
    const html = await page("/subscriptions/new");
    expect(html).toContain("Every account");
    for (const { type } of eventTypes) expect(html).toContain(`value="${type}"`);
    for (const path of ["/", "/subscriptions"])
      expect(await page(path)).toContain('href="/subscriptions/new"');
    const link = `/subscriptions/new?account=${accountId}`;
    expect(await page(`/accounts/${accountId}`)).toContain(`href="${link}"`);
    expect(await page(link)).toContain(`<option value="${accountId}" selected="">`);
  });

  it("makes a webhook and shows its secret once", async () => {
    const { send, page, created } = await withAccount();
    const response = await send({ ...hook, account: accountId, description: "Studio CRM" });
    expect(response.status).toBe(201);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.getSetCookie().join()).not.toContain("whsec");
    const html = await response.text();
    expect(html).toContain("Studio CRM is on");
    expect(html).toMatch(/<code id="secret">whsec_\w+<\/code>/);
    expect(html).toContain(`action="/subscriptions/${created()?.id}/subscribed"`);
    expect(created()).toMatchObject({
      account: accountId,
      description: "Studio CRM",
      events: ["favorite.*"],
      channel: { type: "webhook", url: "https://example.com/hook" },
      digest: null,
    });
    expect(await page(`/subscriptions/${created()?.id}`)).not.toContain("whsec_");
  });

  it("makes an email subscription of lines and commas", async () => {
    const { submit, created } = await withAccount();
    const email = "ana@smith.example, ben@smith.example\r\n\r\neva@smith.example,ana@smith.example";
    const html = await submit("/subscriptions", { channel: "email", email, events: "invoice.paid" });
    expect(html).toContain("is on</h1>");
    expect(html).toContain("Send a test to see it arrive");
    const to = ["ana@smith.example", "ben@smith.example", "eva@smith.example"];
    expect(created()?.channel).toEqual({ type: "email", to });
    expect(created()?.account).toBeNull();
    expect(created()?.digest).toMatchObject({ quiet: "2m" });
  });

  it("makes a Slack subscription and does not show its address", async () => {
    const { submit, created } = await withAccount();
    const slack = "https://hooks.slack.com/services/T/B/very-secret";
    const html = await submit("/subscriptions", { channel: "slack", slack, events: "*" });
    expect(html).not.toContain("very-secret");
    expect(created()?.channel).toEqual({ type: "slack", url: slack });
  });

  it.each([
    [
      ["download.* photo_download.*", "download.failed"],
      ["download.*", "photo_download.*"],
    ],
    [["*", "favorite.*"], ["*"]],
    [["invoice.paid", "invoice.paid"], ["invoice.paid"]],
    ["favorite.added", ["favorite.added"]],
  ])("reads %j as %j", async (events, wanted) => {
    const { send, created } = await withAccount();
    await send({ ...hook, events });
    expect(created()?.events).toEqual(wanted);
  });

  it.each([
    ["usual", { quiet: "2m" }],
    ["single", null],
    ["daily", { dailyAt: "07:30" }],
  ])("puts bursts together: %s", async (together, digest) => {
    const { send, created } = await withAccount();
    const email = { channel: "email", email: "ana@smith.example", events: "*" };
    await send({ ...email, together, dailyAt: "07:30" });
    if (digest === null) expect(created()?.digest).toBeNull();
    else expect(created()?.digest).toMatchObject(digest);
  });

  it.each([
    [{ ...hook, channel: "pigeon" }, "Choose where it should go."],
    [{ ...hook, webhook: "" }, "Fill this in"],
    [{ ...hook, webhook: "not a url" }, "This must be an http or https URL."],
    [{ ...hook, webhook: "https://a:b@example.com" }, "This must not carry a user name or password"],
    [{ ...hook, events: [] }, "Tick at least one."],
    [{ ...hook, events: "sandwich.eaten" }, "There is no such event."],
    [{ ...hook, events: eventTypes.map(({ type }) => type) }, "tick whole groups instead"],
    [{ ...hook, together: "daily", dailyAt: "" }, "Give a time of day such as 18:00."],
    [{ ...hook, description: "x".repeat(501) }, "500 characters at most"],
    [
      { channel: "email", email: "ana@smith.example\nnobody", events: "*" },
      "“nobody” is not an email address.",
    ],
    [{ channel: "email", email: " , ", events: "*" }, "Write at least one address."],
  ])("says what is wrong with %j", async (fields, problem) => {
    const { send, state } = await withAccount();
    const response = await send(fields);
    expect(response.status).toBe(422);
    const html = await response.text();
    expect(html).toContain(problem);
    expect(html).toContain('aria-invalid="true"');
    expect(html).toContain("Nothing was saved yet: 1 answer below needs another look.");
    expect(state.subscriptions.size).toBe(0);
  });

  it("keeps what was entered", async () => {
    const { send } = await withAccount();
    const events = ["invoice.* payment.*", "favorite.added"];
    const fields = {
      description: 'A "quoted" name',
      account: accountId,
      together: "daily",
      dailyAt: "09:15",
    };
    const response = await send({ ...hook, ...fields, events, webhook: "nonsense" });
    const html = await response.text();
    expect(html).toContain('value="nonsense"');
    expect(html).toContain('value="A &quot;quoted&quot; name"');
    expect(html).toContain(`<option value="${accountId}" selected="">`);
    expect(html).toContain('value="invoice.* payment.*" checked=""');
    expect(html).toContain('value="favorite.added" checked=""');
    expect(html).toContain('value="daily" checked=""');
    expect(html).toContain('value="09:15"');
  });

  it.each([
    ["url_not_allowed", "example.com is a private address", "Example.com is a private address."],
    ["email_not_configured", "email is not set up: set SMTP_URL", "Email is not set up: set SMTP_URL."],
    ["account_not_found", "There is no account.", "This account is not there any more."],
    ["upstream_unreachable", "Nobody answered.", "Nobody answered."],
  ] as const)("shows the refusal %s and keeps what was entered", async (code, detail, shown) => {
    const { send, state } = await withAccount();
    state.refuse["subscriptions.create"] = { kind: "refused", code, detail };
    const response = await send({ ...hook, account: accountId });
    expect(response.status).toBe(422);
    const html = await response.text();
    expect(html).toContain(shown);
    expect(html).toContain('value="https://example.com/hook"');
  });

  it("takes only a form of this session", async () => {
    const { post, state } = await withAccount();
    expect((await post("/subscriptions", { form: "forged", ...hook })).status).toBe(403);
    expect(state.subscriptions.size).toBe(0);
  });
});

describe("deleting a subscription", () => {
  const path = `/subscriptions/${subscriptionId}`;

  it("asks first", async () => {
    const { page, submit, state } = await withAccount();
    state.subscriptions.set(subscriptionId, makeSubscription({ description: "Old planner" }));
    expect(await page(path)).toContain(`href="${path}/delete"`);
    expect(await page(`${path}/delete`)).toContain("Delete this subscription?");
    expect(state.subscriptions.size).toBe(1);
    expect(await submit(`${path}/delete`)).toContain("Old planner was deleted.");
    expect(state.subscriptions.size).toBe(0);
  });

  it("says when there is none", async () => {
    const { get, post, formToken } = await withAccount();
    expect((await get(`${path}/delete`)).status).toBe(404);
    expect((await post(`${path}/delete`, { form: await formToken() })).status).toBe(404);
  });
});
