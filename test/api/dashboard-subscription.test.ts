import { describe, expect, it } from "vitest";
import type { Attempt } from "../../src/domain/delivery.js";
import type { Subscription } from "../../src/domain/subscription.js";
import { createBrowser } from "./support/browser.js";
import {
  accountId,
  at,
  makeAccount,
  makeDelivery,
  makeSource,
  makeSubscription,
  subscriptionId,
} from "./support/fixtures.js";
import { tellStory } from "./support/story.js";

const path = `/subscriptions/${subscriptionId}`;

async function withSubscription(overrides: Partial<Subscription> = {}) {
  const browser = createBrowser();
  browser.state.accounts.set(accountId, makeAccount());
  browser.state.subscriptions.set(subscriptionId, makeSubscription(overrides));
  await browser.signIn();
  const page = async (address: string) => (await browser.get(address)).text();
  return { ...browser, page };
}

/** What stands under a name among the facts, as text. */
function fact(html: string, name: string): string | undefined {
  const found = new RegExp(`<dt>${name}</dt><dd>(.*?)</dd>`).exec(html)?.[1];
  return found?.replaceAll(/<[^>]+>/g, "");
}

const good = (seconds: number, durationMs: number): Attempt => ({
  at: at(seconds),
  durationMs,
  outcome: "delivered",
});
const bad = (seconds: number): Attempt => ({ at: at(seconds), durationMs: 15_000, outcome: "retry" });

describe("the list of subscriptions", () => {
  it("says in words what each wants, and puts problems first", async () => {
    const browser = createBrowser();
    tellStory(browser);
    await browser.signIn();
    const html = await (await browser.get("/subscriptions")).text();
    expect(html).toContain(
      "Slack · Favorites, Download created, Download completed, Download failed and 1 more",
    );
    expect(html).toContain("Webhook · Every event");
    const names = [...html.matchAll(/<span class="sentence">([^<]*)</g)].map(([, name]) => name);
    expect(names[0]).toBe("Old planner");
    expect(html).toContain("pixiehook switched it off: The endpoint answered 410 Gone");
  });
});

describe("how a subscription is set", () => {
  it("goes by names, and leaves out what is as usual", async () => {
    const { page, state } = await withSubscription({
      account: accountId,
      events: ["favorite.*", "invoice.*", "payment.failed"],
      filter: { collections: ["90516387", "7"], clients: ["jane@example.com"], amountAtLeast: 50_000 },
    });
    state.sources.set(accountId, [makeSource("favorites", { id: "90516387", name: "Smith Wedding" })]);
    const html = await page(path);
    expect(fact(html, "Account")).toBe("Smith Studio");
    expect(fact(html, "Wants")).toBe("Favorites, Invoices, Payment failed");
    expect(fact(html, "Only")).toContain("in Smith Wedding, 7; by jane@example.com; amounts from 50,000");
    for (const name of ["Tried again", "Speed", "Order", "Format", "Headers of its own", "Public key"])
      expect(fact(html, name), name).toBeUndefined();
    expect(html).toContain(`href="${path}/edit"`);
  });

  it("tells every option that is not as usual, of headers the names alone", async () => {
    const { page } = await withSubscription({
      channel: {
        type: "webhook",
        url: "https://example.com/hook",
        format: "cloudevents",
        headers: { Authorization: "Bearer very-secret" },
        asymmetric: true,
      },
      publicKey: "whpk_public",
      retry: { delays: ["1m", "2h"] },
      limits: { perSecond: 0.1, concurrency: 2 },
      ordered: true,
      digest: { quiet: "5m", max: "30m", events: ["favorite.*"] },
      quietHours: { from: "21:00", to: "08:00", except: ["invoice.paid"] },
    });
    const html = await page(path);
    expect(fact(html, "Tried again")).toBe("2 more times: after 60 s, 2 h");
    expect(fact(html, "Speed")).toBe("At most one every 10 s, 2 at once");
    expect(fact(html, "Order")).toContain("in order");
    expect(fact(html, "Format")).toBe("CloudEvents");
    expect(fact(html, "Headers of its own")).toBe("Authorization");
    expect(fact(html, "Public key")).toContain("whpk_public");
    expect(fact(html, "Together")).toBe(
      "One message after 5 min of quiet, 30 min at most for Favorites; the rest go out one by one",
    );
    expect(fact(html, "Quiet hours")).toContain("21:00 to 08:00");
    expect(fact(html, "Quiet hours")).toContain("but for Invoice paid");
    expect(html).not.toContain("very-secret");
  });
});

describe("how a subscription does", () => {
  it("is told in words and two charts", async () => {
    const { page, state } = await withSubscription();
    expect(await page(path)).toContain("Nothing was sent yet. Send a test");
    const add = (key: string, attempts: readonly Attempt[], status: "delivered" | "failed" = "delivered") => {
      const delivery = makeDelivery(key, { status, attempts, attemptCount: attempts.length });
      state.deliveries.set(delivery.id, delivery);
    };
    add("evt_1", [good(1, 84)]);
    expect(await page(path)).toContain("The one delivery so far arrived at the first try.");
    for (let n = 2; n <= 28; n++) add(`evt_${n}`, [good(n, n === 20 ? 1_230 : 84)]);
    add("evt_29", [bad(29), good(30, 84)]);
    expect(await page(path)).toContain("All of the last 29 arrived, 28 at the first try.");
    add("evt_30", [bad(31), bad(32)], "failed");
    for (const n of [31, 32]) add(`evt_${n}`, [good(n + 2, 1_230)]);
    const html = await page(path);
    expect(html).toContain("31 of the last 32 arrived, 30 at the first try.");
    expect(html).toContain("The receiver answers in 84 ms as a rule, within 1.2 s in 95 of 100 cases.");
    expect(html.match(/<svg class="chart"/g)).toHaveLength(2);
    expect(html).toContain("<title>20 Nov 2026, 10:00:32 UTC: 1 failed</title>");
  });
});

describe("a test", () => {
  it("shows what the receiver answered, and a reload sends nothing again", async () => {
    const { get, post, formToken, services, state } = await withSubscription();
    const attempt = {
      at: at(0),
      durationMs: 1_900,
      outcome: "retry",
      status: 500,
      error: "the endpoint answered 500",
      responseBody: `<b>locked</b>${"x".repeat(4_000)}`,
    } as const;
    let sent = 0;
    services.subscriptions.test = async () => {
      sent++;
      return attempt;
    };
    const response = await post(`${path}/test`, { form: await formToken() });
    expect(response.headers.get("location")).toBe(path);
    // More than browsers keep in a cookie would be dropped, and the answer with it.
    for (const line of response.headers.getSetCookie()) expect(line.length).toBeLessThan(4_096);
    const html = await (await get(path)).text();
    expect(html).toContain("The test did not arrive: the endpoint answered 500.");
    expect(html).toContain("The receiver answered 500:");
    expect(html).toContain("&lt;b&gt;locked&lt;/b&gt;xxx");
    expect(await (await get(path)).text()).not.toContain("The receiver answered 500:");
    expect(sent).toBe(1);
    expect(state.fail).toBeNull();
  });
});

describe("switching on again", () => {
  it("says why pixiehook had switched it off", async () => {
    const { submit } = await withSubscription({
      enabled: false,
      disabledReason: "The endpoint answered 410.",
    });
    const html = await submit(`${path}/enable`);
    expect(html).toContain("It is on. pixiehook had switched it off: The endpoint answered 410.");
    expect(html).toContain("see “Send again” for what it never got");
  });
});

describe("the signing secret", () => {
  it("is changed after a question, and shown once", async () => {
    const { page, submit, setCookies, services } = await withSubscription();
    const asked: number[] = [];
    const { rotateSecret } = services.subscriptions;
    services.subscriptions.rotateSecret = (id, seconds) => {
      asked.push(seconds);
      return rotateSecret(id, seconds);
    };
    const question = await page(`${path}/rotate`);
    expect(question).toMatch(/value="86400" checked/);
    expect(await submit(`${path}/rotate`, { grace: "5" })).toContain("Choose how long the former one signs");
    expect(asked).toEqual([]);
    const html = await submit(`${path}/rotate`, { grace: "3600" });
    expect(html).toContain('<code id="secret">whsec_bmV3LXNlY3JldA==</code>');
    expect(html).toContain("The former one signs too until 20 Nov 2026, 11:00:00 UTC");
    expect(html).toContain(`data-address="${path}"`);
    expect(await submit(`${path}/rotate`, { grace: "0" })).toContain("does not sign any more");
    expect(asked).toEqual([3_600, 0]);
    expect(setCookies.join()).not.toContain("whsec");
    expect(await page(path)).not.toContain("whsec");
  });

  it("is a public key where it signs with one, and nothing where nothing is signed", async () => {
    const webhook = {
      type: "webhook",
      url: "https://example.com/",
      format: "standard",
      headers: {},
    } as const;
    const asymmetric = { ...webhook, asymmetric: true };
    const { page, submit, state, services } = await withSubscription({
      channel: asymmetric,
      publicKey: "whpk_former",
    });
    const { rotateSecret } = services.subscriptions;
    services.subscriptions.rotateSecret = (id, seconds) => {
      state.subscriptions.set(id, makeSubscription({ channel: asymmetric, publicKey: "whpk_new" }));
      return rotateSecret(id, seconds);
    };
    const html = await submit(`${path}/rotate`, { grace: "86400" });
    expect(html).toContain('<code id="secret">whpk_new</code>');
    expect(html).not.toContain("whsec_");
    const channel = { type: "email" as const, to: ["ana@smith.example"] };
    state.subscriptions.set(subscriptionId, makeSubscription({ channel }));
    expect(await page(path)).not.toContain("/rotate");
    expect(await submit(`${path}/rotate`, { grace: "0" })).toContain("Only webhooks are signed");
  });

  it("is not offered to those who may only look", async () => {
    const { get, post, state, signIn } = await withSubscription();
    state.tokens.set("pxh_read", {
      id: "tok_1",
      name: "only to look",
      scope: "read",
      hint: "read",
      createdAt: at(0),
      expiresAt: null,
      lastUsedAt: null,
    });
    await post("/sign-out", {});
    await signIn("pxh_read");
    expect((await get(`${path}/rotate`)).status).toBe(403);
    const html = await (await get(path)).text();
    expect(html).not.toMatch(/rotate|replay|action="\/(subscriptions|deliveries)/);
  });
});
