import { describe, expect, it } from "vitest";
import type { IdempotencyStore, StoredAnswer } from "../../src/api/idempotency.js";
import { type PixiehookEvent, thawEvent } from "../../src/domain/event.js";
import type { Refusal } from "../../src/services/shared.js";
import { createBrowser } from "./support/browser.js";
import { at, makeSubscription, subscriptionId } from "./support/fixtures.js";
import { createHarness, json } from "./support/harness.js";

const path = "/v1/event-types/favorite.added/trigger";

function withSubscription(options: Parameters<typeof createHarness>[0] = {}) {
  const harness = createHarness(options);
  harness.state.subscriptions.set(subscriptionId, makeSubscription());
  return harness;
}

describe("POST /v1/event-types/{type}/trigger", () => {
  it("states samples, and says which and for whom", async () => {
    const { send, state } = withSubscription();
    const body = { subscriptions: [subscriptionId], count: 3 };
    const response = await send("POST", path, { body });
    expect(response.status).toBe(202);
    expect(await json(response)).toEqual({
      events: state.events.map(({ id }) => id),
      subscriptions: [subscriptionId],
    });
    expect(state.events).toHaveLength(3);
  });

  it("needs no body: one sample, for those who listen", async () => {
    const { send, state } = withSubscription();
    const response = await send("POST", path);
    expect(await json(response)).toEqual({ events: [state.events[0]?.id], subscriptions: [] });
  });

  it.each([
    ["favorite.add", "Did you mean favorite.added"],
    ["favorite.*", "favorite.removed"],
    ["sandwich.eaten", "GET /v1/event-types lists them all"],
  ])("answers 404 for %s and says what is near", async (type, words) => {
    const response = await withSubscription().send("POST", `/v1/event-types/${type}/trigger`);
    expect(response.status).toBe(404);
    const { detail } = await json(response);
    expect(detail).toContain(JSON.stringify(type));
    expect(detail).toContain(words);
  });

  it.each([
    [{ subscriptions: "all" }, "subscriptions"],
    [{ subscriptions: Array.from({ length: 101 }, () => subscriptionId) }, "subscriptions"],
    [{ count: 0 }, "count"],
    [{ count: 51 }, "count"],
    [{ account: "" }, "account"],
    [{ type: "favorite.added" }, "type"],
  ])("refuses %j", async (body, field) => {
    const { send, state } = withSubscription();
    const response = await send("POST", path, { body });
    expect(response.status).toBe(400);
    expect((await json(response)).errors).toMatchObject([{ path: field }]);
    expect(state.events).toEqual([]);
  });

  it.each([
    ["subscription_disabled", 409],
    ["account_not_found", 422],
    ["account_missing", 422],
    ["subscription_not_found", 422],
    ["not_wanted", 422],
  ] as const satisfies readonly (readonly [Refusal["code"], number])[])(
    "answers %s with %i",
    async (code, status) => {
      const { send, state } = withSubscription();
      state.refuse["samples.trigger"] = { kind: "refused", code, detail: "Because of the test." };
      const response = await send("POST", path, { body: {} });
      expect(response.status).toBe(status);
      expect(await json(response)).toMatchObject({ code, detail: "Because of the test." });
    },
  );

  it("is asked for the same samples again, with the same key, where the answer was lost", async () => {
    const lost: IdempotencyStore = {
      get: async (): Promise<StoredAnswer | null> => null,
      put: async () => undefined,
      lock: async () => async () => undefined,
    };
    const { send } = withSubscription({ idempotency: lost });
    const ask = async (key: string) =>
      (await json(await send("POST", path, { headers: { "idempotency-key": key } }))).events;
    const first = await ask("one");
    expect(await ask("one")).toEqual(first);
    expect(await ask("two")).not.toEqual(first);
  });
});

describe("the dashboard", () => {
  it("marks samples, in the list and by themselves", async () => {
    const browser = createBrowser();
    await browser.signIn();
    const page = async (address: string) => (await browser.get(address)).text();
    const { services, state } = browser;
    await services.samples.trigger("favorite.added", {
      account: null,
      subscriptions: [],
      count: 1,
      key: null,
    });
    expect(await page("/events")).toContain("Sample, nothing happened");
    const html = await page(`/events/${state.events[0]?.id}`);
    expect(html).toContain("Somebody sent this sample to see what arrives. Nothing happened.");
    const { type, data } = thawEvent(state.events[0]?.body ?? "");
    const { sample: _, ...detected } = data.detected;
    const real: PixiehookEvent = { id: "evt_real", type, timestamp: at(5), data: { ...data, detected } };
    state.events.push({ id: "evt_real", type, body: JSON.stringify(real) });
    expect(await page("/events/evt_real")).not.toMatch(/sample/i);
  });
});
