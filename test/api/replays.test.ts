import { describe, expect, it } from "vitest";
import { createBrowser } from "./support/browser.js";
import { at, makeDelivery, makeEvent, makeSubscription, subscriptionId } from "./support/fixtures.js";
import { createHarness, json } from "./support/harness.js";

const path = `/v1/subscriptions/${subscriptionId}`;
const body = { since: at(-3_600), only: "failed" };

function withSubscription() {
  const harness = createHarness();
  harness.state.subscriptions.set(subscriptionId, makeSubscription());
  return harness;
}

describe("POST /v1/subscriptions/{id}/replay", () => {
  it("begins one, and says how many events it sends", async () => {
    const { send } = withSubscription();
    const response = await send("POST", `${path}/replay`, { body });
    expect(response.status).toBe(202);
    expect(await json(response)).toEqual({
      id: expect.stringMatching(/^rpl_[0-9a-z]{36}$/),
      subscription: subscriptionId,
      since: at(-3_600),
      until: at(5),
      only: "failed",
      status: "running",
      count: 3,
      matched: 0,
      queued: 0,
      skipped: 0,
      createdAt: at(5),
      finishedAt: null,
    });
  });

  it("reads times in any zone, and dates", async () => {
    const { send, state } = withSubscription();
    const times = { since: "2026-11-19", until: "2026-11-20T10:00:00+02:00" };
    await send("POST", `${path}/replay`, { body: { ...times, only: "all" } });
    expect(state.replays).toMatchObject([
      { since: "2026-11-19T00:00:00.000Z", until: "2026-11-20T08:00:00.000Z", only: "all" },
    ]);
  });

  it.each([
    [{ only: "failed" }, "since"],
    [{ since: "yesterday", only: "failed" }, "since"],
    [{ since: at(0) }, "only"],
    [{ since: at(0), only: "delivered" }, "only"],
    [{ since: at(0), until: at(0), only: "all" }, "until"],
    [{ ...body, force: true }, "force"],
  ])("refuses %j", async (wrong, field) => {
    const { send, state } = withSubscription();
    const response = await send("POST", `${path}/replay`, { body: wrong });
    expect(response.status).toBe(400);
    expect((await json(response)).errors).toMatchObject([{ path: field }]);
    expect(state.replays).toEqual([]);
  });

  it.each(["replay_running", "subscription_disabled"] as const)("answers 409 for %s", async (code) => {
    const { send, state } = withSubscription();
    state.refuse["replays.begin"] = { kind: "refused", code, detail: "Because of the test." };
    const response = await send("POST", `${path}/replay`, { body });
    expect(response.status).toBe(409);
    expect(await json(response)).toMatchObject({ code, detail: "Because of the test." });
  });
});

describe("/v1/subscriptions/{id}/replays", () => {
  it("lists, shows and cancels", async () => {
    const { send } = withSubscription();
    const { id } = await json(await send("POST", `${path}/replay`, { body }));
    const list = await json(await send("GET", `${path}/replays`));
    expect(list).toMatchObject({ data: [{ id }], next: null });
    expect(await json(await send("GET", `${path}/replays/${id}`))).toMatchObject({ id, status: "running" });
    const ended = await send("POST", `${path}/replays/${id}/cancel`);
    expect(ended.status).toBe(200);
    expect(await json(ended)).toMatchObject({ id, status: "cancelled", finishedAt: at(6) });
  });

  it("answers 409 when it has ended", async () => {
    const { send, state } = withSubscription();
    state.refuse["replays.cancel"] = { kind: "refused", code: "replay_ended", detail: "It is done." };
    const response = await send("POST", `${path}/replays/rpl_1/cancel`);
    expect(response.status).toBe(409);
    expect(await json(response)).toMatchObject({ code: "replay_ended" });
  });

  it.each([
    ["POST", `/v1/subscriptions/sub_nothing/replay`, "sub_nothing"],
    ["GET", `/v1/subscriptions/sub_nothing/replays`, "sub_nothing"],
    ["GET", `${path}/replays/rpl_nothing`, "rpl_nothing"],
    ["POST", `${path}/replays/rpl_nothing/cancel`, "rpl_nothing"],
  ])("%s %s names what does not exist", async (method, address, named) => {
    const request = address.endsWith("/replay") ? { body } : {};
    const response = await withSubscription().send(method, address, request);
    expect(response.status).toBe(404);
    expect((await json(response)).detail).toContain(named);
  });
});

describe("who got an event", () => {
  it("is listed over all subscriptions, empty when nobody wanted it", async () => {
    const { send, state } = createHarness();
    const [wanted, unwanted] = [makeEvent({ key: "1" }), makeEvent({ key: "2" })];
    state.events.push(wanted, unwanted);
    const delivery = makeDelivery(wanted.id, { replay: "rpl_1" });
    state.deliveries.set(delivery.id, delivery);
    const got = await json(await send("GET", `/v1/events/${wanted.id}/deliveries`));
    expect(got).toMatchObject({ data: [{ id: delivery.id, replay: "rpl_1" }], next: null });
    expect((await json(await send("GET", `/v1/events/${unwanted.id}/deliveries`))).data).toEqual([]);
    expect((await send("GET", "/v1/events/evt_nothing/deliveries")).status).toBe(404);
  });

  it("narrows the list of events", async () => {
    const { send, state } = createHarness();
    const events = ["1", "2", "3"].map((key) => makeEvent({ key }));
    state.events.push(...events);
    const [one, two] = events.map(({ id }) => id);
    state.matched.set(one ?? "", 0).set(two ?? "", 4);
    const ids = async (query: string) =>
      (await json(await send("GET", `/v1/events${query}`))).data.map((event) => (event as { id: string }).id);
    expect(await ids("?matched=false")).toEqual([one]);
    expect(await ids("?matched=true")).toEqual([two]);
    expect(await ids("")).toHaveLength(3);
    expect((await send("GET", "/v1/events?matched=maybe")).status).toBe(400);
  });
});

describe("the dashboard", () => {
  async function signedIn() {
    const browser = createBrowser();
    browser.state.subscriptions.set(subscriptionId, makeSubscription());
    await browser.signIn();
    return { ...browser, page: async (address: string) => (await browser.get(address)).text() };
  }
  const address = `/subscriptions/${subscriptionId}`;

  it("sends again from a form, shows how far that has come, and stops it", async () => {
    const { page, submit, state } = await signedIn();
    expect(await page(address)).toContain(`action="${address}/replay"`);
    const begun = await submit(`${address}/replay`, { only: "missing", hours: "168" });
    expect(begun).toContain("3 events are sent again now.");
    expect(begun).toContain("0 of 3 events so far");
    expect(begun).not.toContain(`action="${address}/replay"`);
    expect(state.replays).toMatchObject([{ only: "missing", since: at(5 - 7 * 86_400) }]);
    const stopped = await submit(`${address}/replays/${state.replays[0]?.id}/cancel`);
    expect(stopped).toContain("Stopped. What is in the mailbox is still sent.");
    expect(stopped).toContain(`action="${address}/replay"`);
  });

  it("says why not, and offers nothing for one that is off", async () => {
    const { page, submit, state, post } = await signedIn();
    expect(await submit(`${address}/replay`, { only: "nonsense", hours: "24" })).toContain("Choose what");
    state.refuse["replays.begin"] = { kind: "refused", code: "replay_running", detail: "One runs already." };
    expect(await submit(`${address}/replay`, { only: "all", hours: "1" })).toContain("One runs already.");
    expect((await post(`${address}/replay`, { only: "all", hours: "1" })).status).toBe(403);
    expect(state.replays).toEqual([]);
    state.subscriptions.set(subscriptionId, makeSubscription({ enabled: false }));
    expect(await page(address)).not.toContain(`action="${address}/replay"`);
  });

  it("says who was told of an event, and who was not", async () => {
    const { page, state } = await signedIn();
    const [told, untold, waits] = ["1", "2", "3"].map((key) => makeEvent({ key }));
    if (!told || !untold || !waits) throw new Error("no events");
    state.events.push(told, untold, waits);
    state.matched.set(untold.id, 0);
    const delivery = makeDelivery(told.id);
    state.deliveries.set(delivery.id, delivery);
    expect(await page(`/events/${told.id}`)).toContain(`href="${address}"><bdi>Webhook to example.com`);
    expect(await page(`/events/${untold.id}`)).toContain("Nobody: no subscription wanted it");
    expect(await page(`/events/${waits.id}`)).toContain("Nobody so far");
    expect((await page("/events")).match(/nobody was told/g)).toHaveLength(1);
    expect((await page("/events/evt_nothing")).toLowerCase()).toContain("there is no");
  });
});
