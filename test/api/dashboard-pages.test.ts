import { describe, expect, it } from "vitest";
import { newReplay } from "../../src/domain/replay.js";
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
import { tellStory } from "./support/story.js";

async function withStory() {
  const browser = createBrowser();
  tellStory(browser);
  await browser.signIn();
  const page = async (path: string) => (await browser.get(path)).text();
  return { ...browser, page };
}

describe("the home page", () => {
  it("guides the first visit", async () => {
    const { get, signIn, submit, state } = createBrowser();
    await signIn();
    expect(await (await get("/")).text()).toContain("Welcome to pixiehook");
    const html = await submit("/accounts", { name: "Smith Studio", cookies: "PIXIESET_SESSION=very-secret" });
    expect(html).toContain("Smith Studio is connected");
    expect(html).not.toContain("very-secret");
    expect(state.accounts.size).toBe(1);
  });

  it("says what needs a person, and where to go", async () => {
    const { page } = await withStory();
    const html = await page("/");
    expect(html).toContain("2 things need you");
    expect(html).toContain(
      "Harbour Portraits: Pixieset no longer accepts the session. Paste fresh cookies to go on.",
    );
    expect(html).toMatch(/href="\/accounts\/acc_\w+#session"/);
    expect(html).toContain("Old planner was switched off: The endpoint answered 410 Gone.");
    expect(html).toContain("Favorites of Olivia, newborn could not be read 4 times in a row");
  });

  it("says that everything works when it does", async () => {
    const { get, signIn, state } = createBrowser();
    state.accounts.set(accountId, makeAccount());
    await signIn();
    const html = await (await get("/")).text();
    expect(html).toContain("Everything is working");
    expect(html).toContain("Signed in as Ana Smith.");
    state.ready = { ok: false, problems: ["The clock has not run for a minute."] };
    expect(await (await get("/")).text()).toContain("The clock has not run for a minute.");
  });

  it("says how soon changes are found", async () => {
    expect(await (await withStory()).page("/")).toContain("Changes are found in about 4 min.");
  });

  it("writes what others wrote as text", async () => {
    const { page, state } = await withStory();
    state.events.push(makeEvent({ key: "<script>alert(1)</script>", seconds: 1 }));
    const html = await page("/");
    expect(html).toContain("&lt;script&gt;alert(1)");
    expect(html).not.toContain("<script>alert(1)");
  });

  it("never shows a Slack address", async () => {
    const { page, state } = await withStory();
    const pages = [
      "/",
      "/subscriptions",
      ...[...state.subscriptions.keys()].map((id) => `/subscriptions/${id}`),
    ];
    for (const path of pages) expect(await page(path)).not.toContain("B000/secret");
  });
});

describe("events", () => {
  it("filters, and keeps the filters on the next page", async () => {
    const { page, state } = await withStory();
    const invoices = await page("/events?type=invoice.*");
    expect(invoices).toContain("INV-0142");
    expect(invoices).not.toContain("SW-0142.jpg");
    expect(await page("/events?client=nobody")).toContain("No event fits.");
    expect(await page("/events?since=2026-11-20&until=2026-11-20")).toContain("SW-0142.jpg");
    for (let n = 0; n < 60; n++) state.events.push(makeEvent({ key: `n${n}`, seconds: n }));
    const first = await page("/events?type=favorite.*");
    const older = /href="(\/events\?[^"]*after=[^"]*)"/.exec(first)?.[1]?.replaceAll("&amp;", "&") ?? "";
    expect(older).toContain("type=favorite.*");
    expect(await page(older)).toContain("SW-0142.jpg");
  });

  it("forgives an address that someone typed", async () => {
    const { get } = await withStory();
    for (const query of ["type=nothing.real", "since=yesterday", "after=made-up", "color=red"]) {
      expect((await get(`/events?${query}`)).status, query).toBe(200);
    }
  });

  it("shows one with before, after and its text", async () => {
    const { page, state } = await withStory();
    const paid = state.events.find((event) => event.type === "invoice.paid");
    const html = await page(`/events/${paid?.id}`);
    expect(html).toContain("<del>sent</del>");
    expect(html).toContain("<ins>paid</ins>");
    expect(html).toContain(`&quot;id&quot;: &quot;${paid?.id}&quot;`);
  });
});

describe("a subscription", () => {
  const path = `/subscriptions/${subscriptionId}`;

  it("shows deliveries with their attempts, by status", async () => {
    const { page } = await withStory();
    const html = await page(path);
    expect(html).toContain("No answer within 15 s");
    expect(html).toContain("Failed (503), tried again");
    const failed = await page(`${path}?status=failed`);
    expect(failed).toContain("session.expired");
    expect(failed).not.toContain("favorite.added");
    // The list is narrowed; how the subscription does is not.
    expect(failed).not.toContain("Failing");
  });

  it("is tested, switched and sends again", async () => {
    const { submit, state } = await withStory();
    expect(await submit(`${path}/test`)).toContain("The test was delivered in 31 ms.");
    expect(await submit(`${path}/disable`)).toContain("Nothing is sent to it.");
    expect(state.subscriptions.get(subscriptionId)?.enabled).toBe(false);
    expect(await submit(`${path}/enable`)).toContain("It is on.");
    const failed = [...state.deliveries.values()].find((delivery) => delivery.status === "failed");
    expect(await submit(`/deliveries/${failed?.id}/redeliver`)).toContain("It is sent again now.");
    expect(state.deliveries.get(failed?.id ?? "")?.status).toBe("pending");
  });

  it("passes refusals on", async () => {
    const { submit, state } = await withStory();
    const delivery = makeDelivery("evt_1");
    state.deliveries.set(delivery.id, delivery);
    const refusal = { kind: "refused", code: "delivery_pending", detail: "It is due soon." } as const;
    state.refuse["deliveries.redeliver"] = refusal;
    expect(await submit(`/deliveries/${delivery.id}/redeliver`)).toContain("It is due soon.");
  });

  it("has a state that people understand", async () => {
    const { page, state } = await withStory();
    state.subscriptions.set(subscriptionId, makeSubscription({ enabled: false }));
    expect(await page(path)).toContain("Switch on");
  });
});

describe("a mailbox that does not send", () => {
  const path = `/subscriptions/${subscriptionId}`;
  const time = (seconds: number) => Date.parse(at(seconds));
  const open = { failures: 6, opened: 2, openUntil: time(300), window: 1 };
  const notice = (html: string) => /<p class="(notice [^"]*)" id="mailbox">([^<]*)</.exec(html)?.slice(1);

  it("rests, and says until when, why, and what comes then", async () => {
    const { page, state } = await withStory();
    const receiver = { ...open, failingSince: time(-60) };
    state.mailboxes.set(subscriptionId, { waiting: 1_234, due: 1_200, receiver });
    const said =
      "Resting until 10:05:00 UTC: the receiver failed 6 times in a row. One delivery is tried then. 1,234 deliveries wait.";
    expect(notice(await page(path))).toEqual(["notice bad", said]);
    expect(await page(path)).toContain("1,234 deliveries wait, 1,200 of them due");
    const home = await page("/");
    expect(home).toContain(`<li class="bad"><span>Studio CRM. ${said}</span><a href="${path}" id=`);
    expect(home).toMatch(/<h1>3 things need you, \d to know of<\/h1>/);
    expect(await page("/subscriptions")).toContain("Resting");
    state.mailboxes.set(subscriptionId, { waiting: 1, due: 1, receiver: { heldUntil: time(86_400) } });
    expect(notice(await page(path))?.[1]).toBe(
      "Resting until 21 Nov 2026, 10:00:00 UTC: the receiver asked for a pause. 1 delivery waits.",
    );
  });

  it("needs a person when its receiver has failed for ten minutes, and nobody while it failed once", async () => {
    const { page, state } = await withStory();
    const set = (receiver: object) =>
      state.mailboxes.set(subscriptionId, { waiting: 0, due: 0, receiver: { failures: 1, ...receiver } });
    set({ failingSince: time(-60) });
    expect(notice(await page(path))).toBeUndefined();
    expect(await page("/")).not.toContain("Studio CRM. ");
    expect(await page(path)).toContain("Failing");
    set({ failingSince: time(-3_600) });
    expect(notice(await page(path))?.[0]).toBe("notice bad");
    set({ failingSince: time(-26 * 3_600), warnedAt: time(-2 * 3_600) });
    const said = "Failing for 26 h; will be switched off on 24 Nov 2026, 08:00:00 UTC if it goes on.";
    expect(notice(await page(path))).toEqual(["notice bad", said]);
    expect(await page("/")).toContain("3 things need you");
    expect(await page("/")).toContain(`<li class="bad"><span>Studio CRM. ${said}`);
  });

  it("is paused and resumed", async () => {
    const { page, submit, state } = await withStory();
    state.mailboxes.set(subscriptionId, { waiting: 34, due: 2 });
    expect(await submit(`${path}/pause`)).toContain("It is paused.");
    expect(state.subscriptions.get(subscriptionId)?.paused).toBe(true);
    const paused = await page(path);
    expect(notice(paused)).toEqual(["notice warn", "Paused: 34 deliveries wait."]);
    expect(paused).toContain(`action="${path}/resume"`);
    expect(paused).not.toContain(`action="${path}/pause"`);
    expect(await page("/")).toContain("Studio CRM. Paused: 34 deliveries wait.");
    expect(await submit(`${path}/resume`)).toContain("It goes on, slowly at first.");
    expect(state.subscriptions.get(subscriptionId)?.paused).toBe(false);
    expect(notice(await page(path))).toBeUndefined();
  });

  it("has a button for what waits, but for a digest that is open, and says when it is sent", async () => {
    const { page, submit, state } = await withStory();
    state.deliveries.clear();
    const waiting = makeDelivery("evt_1", { status: "pending", nextAttemptAt: at(60) });
    const open = makeDelivery("evt_2", { status: "pending", digest: true, nextAttemptAt: at(60) });
    for (const delivery of [waiting, open]) state.deliveries.set(delivery.id, delivery);
    const html = await page(path);
    expect(html).toMatch(new RegExp(`action="/deliveries/${waiting.id}/redeliver".*?>Send now<`));
    expect(html).not.toContain(`/deliveries/${open.id}/redeliver`);
    expect(html).toContain(`next try <time datetime="${at(60)}"`);
    const ask = () => submit(`/deliveries/${waiting.id}/redeliver`);
    expect(await ask()).toContain("It is sent again now.");
    await submit(`${path}/pause`);
    expect(await page(path)).not.toContain("next try");
    expect(await ask()).toContain("It is sent again when the subscription is resumed.");
    await submit(`${path}/resume`);
    state.mailboxes.set(subscriptionId, { waiting: 1, due: 1, receiver: { heldUntil: time(60) } });
    expect(await ask()).toContain("when the pause is over that the receiver asked for");
    // It is due at once, and waits for the rest to end all the same.
    expect(await page(path)).toContain(`next try <time datetime="${at(60)}"`);
  });
});

describe("what is over", () => {
  it("says of a test, to which its message leads, that nothing happened", async () => {
    const { page } = await withStory();
    expect(await page("/events/evt_testd8a46437cb053161")).toContain("Nothing happened");
    expect(await page("/events/evt_nothing")).toContain("It may have been deleted");
  });

  it("a replay that has ended says since when it looked, whenever that is", async () => {
    const { page, state } = await withStory();
    const told = { id: "rpl_1", subscription: subscriptionId, now: at(0), lastMade: 0 };
    const replay = newReplay({ since: "2026-11-18T08:00:00.000Z", until: null, only: "failed" }, told);
    state.replays.push({ ...replay, status: "done", queued: 2, finishedAt: at(1) });
    expect(await page(`/subscriptions/${subscriptionId}`)).toContain(
      "What failed since 18 Nov 2026, 08:00:00 UTC, 2 events.",
    );
  });
});

describe("/live", () => {
  it("sends new events as rows, from after the newest that the page shows", async () => {
    const stop = new AbortController();
    const browser = createBrowser({ signal: stop.signal });
    tellStory(browser);
    await browser.signIn();
    const newest = browser.state.events.at(-1);
    const missed = makeEvent({ key: "missed", seconds: 3 });
    browser.emit(missed);
    const response = await browser.get(`/live?after=${newest?.id}`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes(missed.id)) text += (await reader?.read())?.value ?? "";
    expect(text).toContain(`<li class="event" data-event="${missed.id}">`);
    expect(text).toContain(`id: ${missed.id}\n`);
    stop.abort();
    for (let end = false; !end; ) end = (await reader?.read())?.done ?? true;
    expect(browser.following()).toBe(0);
  });
});
