import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Subscription } from "../../src/domain/subscription.js";
import { anySubscription } from "../support/subscriptions.js";
import { createBrowser } from "./support/browser.js";
import { accountId, at, makeAccount, makeSubscription, subscriptionId } from "./support/fixtures.js";
import { untouched } from "./support/forms.js";

const path = `/subscriptions/${subscriptionId}`;
const webhook = {
  type: "webhook",
  url: "https://example.com/hook?key=in-the-query",
  format: "cloudevents",
  headers: { Authorization: "Bearer in-the-header" },
  asymmetric: false,
} as const;

async function withSubscription(subscription: Subscription) {
  const browser = createBrowser();
  browser.state.accounts.set(accountId, makeAccount());
  browser.state.subscriptions.set(subscription.id, subscription);
  await browser.signIn();
  const open = async () => (await browser.get(`${path}/edit`)).text();
  /** Opens the form, changes some answers and saves. */
  const save = async (changes: Record<string, string | string[]> = {}) =>
    browser.post(`${path}/edit`, { ...untouched(await open(), "subscribe"), ...changes });
  const stored = () => browser.state.subscriptions.get(subscription.id);
  const follow = async (response: Response) =>
    (await browser.get(response.headers.get("location") ?? "")).text();
  return { ...browser, open, save, stored, follow };
}

describe("the form for a subscription that is there", () => {
  it("opened and saved changes nothing", async () => {
    const browser = await withSubscription(makeSubscription());
    const form = await browser.formToken();
    await fc.assert(
      fc.asyncProperty(anySubscription, async (subscription) => {
        browser.state.subscriptions.set(subscription.id, subscription);
        const response = await browser.post(`${path}/edit`, {
          ...untouched(await browser.open(), "subscribe"),
          form,
        });
        expect(response.status).toBe(303);
        expect(browser.stored()).toBe(subscription);
      }),
      { numRuns: 8 },
    );
    expect(await browser.follow(await browser.save())).toContain("Nothing was changed.");
  });

  it("shows no secret and keeps them all", async () => {
    const browser = await withSubscription(makeSubscription({ channel: webhook }));
    const html = await browser.open();
    expect(html).not.toMatch(/in-the-(query|header)/);
    expect(html).toContain("Keep <code>Authorization</code>");
    const response = await browser.save({ description: "Studio CRM" });
    expect(await browser.follow(response)).toContain("It is saved.");
    expect(browser.stored()).toMatchObject({ description: "Studio CRM", channel: webhook });
    await browser.save({ keptHeaders: [], headers: "X-Key: 1" });
    expect(browser.stored()?.channel).toEqual({ ...webhook, headers: { "X-Key": "1" } });
  });

  it.each([
    [{ webhook: "https://example.org/other?[hidden]" }, "write the whole address"],
    [{ keptHeaders: ["X-Gone"] }, "The header “X-Gone” is not stored any more"],
    [{ keptHeaders: ["constructor"] }, "The header “constructor” is not stored any more"],
  ])("does not take what is hidden for what it stands for: %j", async (changes, problem) => {
    const browser = await withSubscription(makeSubscription({ channel: webhook }));
    const response = await browser.save(changes);
    expect(response.status).toBe(422);
    expect(await response.text()).toContain(problem);
    expect(browser.stored()?.channel).toEqual(webhook);
  });

  it("keeps the Slack address while none is typed, and takes another channel", async () => {
    const slack = { type: "slack", url: "https://hooks.slack.com/services/T/B/very-secret" } as const;
    const browser = await withSubscription(makeSubscription({ channel: slack }));
    expect(await browser.open()).not.toContain("very-secret");
    await browser.save({ perSecond: "0.5" });
    expect(browser.stored()).toMatchObject({ channel: slack, limits: { perSecond: 0.5, concurrency: 10 } });
    const email = { type: "email", to: ["ana@smith.example"] };
    await browser.save({ channel: "email", email: "ana@smith.example" });
    expect(browser.stored()).toMatchObject({ channel: email });
    const response = await browser.save({ channel: "webhook", webhook: "https://example.com/hook" });
    expect(await browser.follow(response)).toContain("change the secret to get one");
  });

  it.each([
    ["on", { enabled: true, paused: false }],
    ["paused", { enabled: true, paused: true }],
    ["off", { enabled: false, paused: true }],
  ])("sets it to %s", async (state, wanted) => {
    const before = state === "off" ? { paused: true } : { enabled: false, disabledReason: "It was gone." };
    const browser = await withSubscription(makeSubscription(before));
    if (state !== "off") expect(await browser.open()).toContain("pixiehook switched it off: It was gone.");
    await browser.save({ state });
    expect(browser.stored()).toMatchObject(wanted);
  });

  it("shows the account and does not change it", async () => {
    const browser = await withSubscription(makeSubscription({ account: accountId }));
    const html = await browser.open();
    expect(html).toContain("<span>Smith Studio</span>");
    expect(html).not.toContain('name="account"');
    await browser.save({ account: "", description: "x" });
    expect(browser.stored()).toMatchObject({ account: accountId, description: "x" });
  });

  it("does not save over what somebody else has changed meanwhile, unless it is saved again", async () => {
    const to = ["ana@smith.example", "ben@smith.example"];
    const browser = await withSubscription(makeSubscription({ channel: { type: "email", to } }));
    const fields = untouched(await browser.open(), "subscribe");
    const left = makeSubscription({ channel: { type: "email", to: to.slice(0, 1) }, updatedAt: at(9) });
    browser.state.subscriptions.set(subscriptionId, left);
    const response = await browser.post(`${path}/edit`, fields);
    expect(response.status).toBe(422);
    const html = await response.text();
    expect(html).toContain("Somebody changed this subscription");
    expect(browser.stored()).toBe(left);
    await browser.post(`${path}/edit`, untouched(html, "subscribe"));
    expect(browser.stored()?.channel).toEqual({ type: "email", to });
  });

  it("shows a refusal beside the address and keeps what was entered", async () => {
    const browser = await withSubscription(makeSubscription());
    const detail = "10.0.0.1 is a private address";
    browser.state.refuse["subscriptions.update"] = { kind: "refused", code: "url_not_allowed", detail };
    const response = await browser.save({ webhook: "https://intern.example", clients: "eva@smith.example" });
    expect(response.status).toBe(422);
    const html = await response.text();
    expect(html).toContain("10.0.0.1 is a private address.");
    expect(html).toContain('href="#to-webhook"');
    expect(html).toContain('value="https://intern.example"');
    expect(html).toContain(">eva@smith.example</textarea>");
  });

  it("is not there for a subscription that is not", async () => {
    const { get, post, formToken } = await withSubscription(makeSubscription());
    const other = "/subscriptions/sub_0000000000000000";
    const form = await formToken();
    for (const place of ["edit", "subscribed"]) {
      expect((await get(`${other}/${place}`)).status).toBe(404);
      expect((await post(`${other}/${place}`, { form })).status).toBe(404);
    }
    expect((await post("/subscriptions/preview", { form, of: "sub_0000000000000000" })).status).toBe(404);
  });
});
