import { describe, expect, it } from "vitest";
import { at, makeDelivery, makeEvent, makeSubscription, subscriptionId } from "./support/fixtures.js";
import { createHarness, json } from "./support/harness.js";

function withDeliveries() {
  const harness = createHarness();
  const { state } = harness;
  state.subscriptions.set(subscriptionId, makeSubscription());
  const [one, two] = [makeEvent({ key: "1" }).id, makeEvent({ key: "2" }).id];
  const single = makeDelivery(one);
  const error = { outcome: "retry", status: 503, error: "HTTP 503", nextAttemptAt: at(300) } as const;
  const digest = makeDelivery(two, {
    events: [one, two],
    digest: true,
    status: "failed",
    attempts: [{ at: at(1), durationMs: 9, ...error }],
    closedAt: at(0),
  });
  for (const delivery of [single, digest]) state.deliveries.set(delivery.id, delivery);
  return { ...harness, single, digest };
}
const list = `/v1/subscriptions/${subscriptionId}/deliveries`;

describe("GET /v1/subscriptions/{id}/deliveries", () => {
  it("lists, filters and pages", async () => {
    const { send, single, digest } = withDeliveries();
    const all = await json(await send("GET", list));
    expect(all.data).toMatchObject([{ id: single.id }, { id: digest.id }]);
    const failed = await json(await send("GET", `${list}?status=failed`));
    expect(failed.data).toMatchObject([{ id: digest.id }]);
    const first = await json(await send("GET", `${list}?limit=1`));
    expect(first.next).not.toBeNull();
  });

  it.each([
    ["status=lost", "status"],
    ["limit=0", "limit"],
  ])("refuses ?%s", async (query, path) => {
    const response = await withDeliveries().send("GET", `${list}?${query}`);
    expect(response.status).toBe(400);
    expect((await json(response)).errors).toMatchObject([{ path }]);
  });
});

describe("/v1/deliveries/{id}", () => {
  it("shows one event as `event`, a digest as `events`", async () => {
    const { send, single, digest } = withDeliveries();
    const one = await json(await send("GET", `/v1/deliveries/${single.id}`));
    expect(one).toEqual({
      id: single.id,
      event: single.events[0],
      events: single.events,
      subscription: subscriptionId,
      account: single.account,
      type: "favorite.added",
      status: "delivered",
      attempts: single.attempts,
      attemptCount: 1,
      replay: null,
      createdAt: at(0),
      nextAttemptAt: null,
    });
    const many = await json(await send("GET", `/v1/deliveries/${digest.id}`));
    expect(many).toMatchObject({ event: null, events: digest.events, attempts: [{ error: "HTTP 503" }] });
  });

  it("is sent again", async () => {
    const { send, digest } = withDeliveries();
    const response = await send("POST", `/v1/deliveries/${digest.id}/redeliver`);
    expect(response.status).toBe(200);
    expect(await json(response)).toMatchObject({ status: "pending", nextAttemptAt: at(1) });
  });

  it.each(["delivery_pending", "subscription_disabled"] as const)("answers 409 for %s", async (code) => {
    const { send, state, single } = withDeliveries();
    state.refuse["deliveries.redeliver"] = { kind: "refused", code, detail: "Due soon." };
    const response = await send("POST", `/v1/deliveries/${single.id}/redeliver`);
    expect(response.status).toBe(409);
    expect(await json(response)).toMatchObject({ code });
  });

  it.each([
    ["GET", ""],
    ["POST", "/redeliver"],
  ])("%s …%s names a delivery that does not exist", async (method, rest) => {
    const response = await createHarness().send(method, `/v1/deliveries/dlv_nothing${rest}`);
    expect(response.status).toBe(404);
    expect((await json(response)).detail).toContain("dlv_nothing");
  });
});
