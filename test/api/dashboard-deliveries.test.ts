import { describe, expect, it } from "vitest";
import type { Delivery } from "../../src/domain/delivery.js";
import type { Subscription } from "../../src/domain/subscription.js";
import { createBrowser } from "./support/browser.js";
import {
  accountId,
  at,
  makeAccount,
  makeDelivery,
  makeEvent,
  makeSubscription,
  subscriptionId,
} from "./support/fixtures.js";

const path = `/subscriptions/${subscriptionId}`;

async function withDelivery(delivery: Partial<Delivery> = {}, subscription: Partial<Subscription> = {}) {
  const browser = createBrowser();
  const { state } = browser;
  state.accounts.set(accountId, makeAccount({ timezone: "Europe/Berlin" }));
  state.subscriptions.set(subscriptionId, makeSubscription({ description: "Studio CRM", ...subscription }));
  const events = ["1", "2", "3"].map((key) => makeEvent({ key }));
  state.events.push(...events);
  const made = makeDelivery(events[0]?.id ?? "", delivery);
  state.deliveries.set(made.id, made);
  await browser.signIn();
  const page = async (address: string) => (await browser.get(address)).text();
  return { ...browser, page, events, delivery: made, own: `/deliveries/${made.id}` };
}

const pending = { status: "pending", attempts: [], attemptCount: 0, nextAttemptAt: at(4) } as const;

describe("a row of deliveries", () => {
  it("says what it was about", async () => {
    const { page, state, delivery, own } = await withDelivery();
    const html = await page(path);
    expect(html).toContain('<span class="sentence">Favorite added: SW-1.jpg</span>');
    expect(html).toContain(`<details id="${delivery.id}">`);
    expect(html).toContain(`href="${own}"`);
    state.events.length = 0;
    expect(await page(path)).toContain("Favorite added (the event is not kept any more)");
  });

  it("counts the events of a digest, and asks for one of each alone", async () => {
    const { page, state, events, delivery } = await withDelivery();
    const ids = events.map(({ id }) => id);
    state.deliveries.set(delivery.id, { ...delivery, digest: true, events: ids, closedAt: at(1) });
    state.calls.length = 0;
    expect(await page(path)).toContain("3 events: Favorite added: SW-1.jpg …");
    expect(state.calls.filter((call) => call.startsWith("events."))).toEqual(["events.getMany"]);
  });
});

describe("a delivery with many attempts and long answers", () => {
  it("is cut in the list, and told whole on its own page", async () => {
    const attempt = { at: at(1), durationMs: 84, outcome: "retry", status: 500 } as const;
    const attempts = Array.from({ length: 20 }, (_, n) => ({
      ...attempt,
      responseBody: `answer ${n} ${"x".repeat(4_000)}`,
    }));
    const { page, own } = await withDelivery({ status: "failed", attempts, attemptCount: 24 });
    const list = await page(path);
    expect(list).toContain("The newest 10 of 24 attempts.");
    expect(list).toContain("answer 10 ");
    expect(list).not.toContain("answer 9 ");
    expect(list.length).toBeLessThan(40_000);
    const whole = await page(own);
    expect(whole).toContain("The newest 20 of 24 attempts.");
    expect(whole).toContain(`answer 0 ${"x".repeat(4_000)}`);
  });
});

describe("a delivery that waits", () => {
  const open = { heldUntil: Date.parse(at(600)) };
  const held = { waiting: 1, due: 1, receiver: open };
  const cases: [why: string, Partial<Delivery>, Partial<Subscription>, said: string][] = [
    ["off", {}, { enabled: false }, "It waits: the subscription is off."],
    ["paused", {}, { paused: true }, "It waits until the subscription is resumed."],
    [
      "quiet",
      {},
      { quietHours: { from: "09:00", to: "11:30", except: [] } },
      "It waits for the quiet hours to end, on 20 Nov 2026, 10:30:00 UTC.",
    ],
    ["later", { nextAttemptAt: at(60) }, {}, "It goes out on 20 Nov 2026, 10:01:00 UTC."],
    [
      "failed",
      { nextAttemptAt: at(60), attemptCount: 1 },
      {},
      "It failed, and is tried again on 20 Nov 2026, 10:01:00 UTC.",
    ],
    [
      "collecting",
      { digest: true, nextAttemptAt: at(60) },
      {},
      "It collects events and goes out on 20 Nov 2026, 10:01:00 UTC.",
    ],
    [
      "in line",
      { line: "invoice 1" },
      { ordered: true },
      "It waits in line: what happened to the same thing",
    ],
    ["due", {}, {}, "It goes out in a moment."],
  ];
  it.each(cases)("says why: %s", async (_why, delivery, subscription, said) => {
    const { page, own } = await withDelivery({ ...pending, ...delivery }, subscription);
    expect(await page(path)).toContain(`<p>${said}`);
    expect(await page(own)).toContain(said);
  });

  it("says why: the receiver rests, or others go first", async () => {
    const { page, own, state } = await withDelivery(pending);
    state.mailboxes.set(subscriptionId, held);
    const until = "It waits until 20 Nov 2026, 10:10:00 UTC";
    expect(await page(own)).toContain(`${until}: the receiver asked for a pause.`);
    const receiver = { failures: 5, openUntil: Date.parse(at(600)) };
    state.mailboxes.set(subscriptionId, { ...held, receiver });
    expect(await page(own)).toContain(`${until}: the receiver failed 5 times in a row and is given a rest.`);
    state.mailboxes.set(subscriptionId, { waiting: 9, due: 7 });
    expect(await page(own)).toContain("It is due and goes out in its turn: 7 messages are due.");
  });
});

describe("the page of a delivery", () => {
  it("shows every attempt and what is sent, of headers the names alone", async () => {
    const channel = {
      type: "webhook",
      url: "https://example.com/hook",
      format: "standard",
      headers: { "X-Key": "very-secret" },
      asymmetric: false,
    } as const;
    const attempts = [
      { at: at(1), durationMs: 15_000, outcome: "retry", error: "no answer within 15 s" },
      { at: at(2), durationMs: 84, outcome: "delivered", status: 200, responseBody: "<i>fine</i>" },
    ] as const;
    const { page, own, events } = await withDelivery({ attempts, attemptCount: 2 }, { channel });
    const html = await page(own);
    expect(html).toContain("<h1>Favorite added: SW-1.jpg</h1>");
    expect(html).toContain("No answer within 15 s");
    expect(html).toContain("&lt;i&gt;fine&lt;/i&gt;");
    expect(html).toContain("webhook-signature, X-Key");
    expect(html).not.toContain("very-secret");
    expect(html).toContain(`href="/events/${events[0]?.id}#json"`);
    expect(html).toContain(`<a href="${path}">Studio CRM</a>`);
  });

  it("names the events of a digest, a hundred at most", async () => {
    const { page, own, state, events, delivery } = await withDelivery();
    const ids = [...events.map(({ id }) => id), ...Array.from({ length: 147 }, (_, n) => `evt_${n}`)];
    state.deliveries.set(delivery.id, { ...delivery, digest: true, events: ids, closedAt: at(1) });
    const html = await page(own);
    expect(html).toContain("The 150 events");
    expect(html).toContain("And 50 more");
    expect(html.match(/<li>/g)?.length).toBeLessThanOrEqual(102);
    expect(html).toContain(`href="/events/${events[2]?.id}"`);
  });

  it("sends it again and comes back to it", async () => {
    const { own, delivery, post, formToken, state } = await withDelivery();
    const form = await formToken();
    const send = (fields: Record<string, string>) => post(`${own}/redeliver`, { form, ...fields });
    expect((await send({ back: "delivery" })).headers.get("location")).toBe(own);
    expect(state.deliveries.get(delivery.id)?.status).toBe("pending");
    expect((await send({})).headers.get("location")).toBe(path);
    expect((await send({ back: "https://elsewhere.example" })).headers.get("location")).toBe(path);
  });

  it("is not there for a delivery that is not", async () => {
    const { get } = await withDelivery();
    expect((await get("/deliveries/dlv_nothing")).status).toBe(404);
  });
});
