import { describe, expect, it } from "vitest";
import { accountId, at, makeEvent } from "./support/fixtures.js";
import { createHarness, json } from "./support/harness.js";

function withEvents() {
  const harness = createHarness();
  harness.state.events.push(
    makeEvent({ key: "1", seconds: 0 }),
    makeEvent({ key: "2", seconds: 60, client: { id: "77", name: "Bob", email: "bob@example.com" } }),
    makeEvent({
      key: "3",
      seconds: 120,
      type: "invoice.paid",
      collection: null,
      object: { id: "3", amount: 500 },
    }),
  );
  return harness;
}
const ids = (answer: { data: unknown[] }) => answer.data.map((event) => (event as { id: string }).id);

describe("GET /v1/events", () => {
  it("gives the frozen text, newest first", async () => {
    const { send, state } = withEvents();
    const response = await send("GET", "/v1/events");
    expect(response.status).toBe(200);
    const bodies = [...state.events].reverse().map((event) => event.body);
    expect(await response.text()).toBe(`{"data":[${bodies.join(",")}],"next":null}`);
  });

  it("pages in either order", async () => {
    const { send, state } = withEvents();
    const first = await json(await send("GET", "/v1/events?order=asc&limit=2"));
    expect(ids(first)).toEqual([state.events[0]?.id, state.events[1]?.id]);
    const second = await json(await send("GET", `/v1/events?order=asc&limit=2&after=${first.next}`));
    expect(ids(second)).toEqual([state.events[2]?.id]);
    expect(second.next).toBeNull();
  });

  it.each([
    [`account=${accountId}`, [3, 2, 1]],
    ["account=acc_other", []],
    ["type=invoice.paid", [3]],
    ["type=favorite.*", [2, 1]],
    ["type=favorite.added&type=invoice.*", [3, 2, 1]],
    ["type=favorite.added,invoice.paid", [3, 2, 1]],
    ["type=*", [3, 2, 1]],
    ["collection=90516387", [2, 1]],
    ["client=bob@example.com", [2]],
    ["client=77", [2]],
    [`since=${at(60)}`, [3, 2]],
    [`until=${at(60)}`, [2, 1]],
    ["since=2026-11-20T11:01:00%2B01:00", [3, 2]],
    ["since=2026-11-21", []],
  ])("filters by %s", async (query, keys) => {
    const { send, state } = withEvents();
    const response = await send("GET", `/v1/events?${query}`);
    expect(response.status).toBe(200);
    expect(ids(await json(response))).toEqual(keys.map((key) => state.events[key - 1]?.id));
  });

  it.each([
    ["type=sandwich.eaten", "type[0]"],
    ["since=yesterday", "since"],
    ["since=2026-11-20T10:00:00", "since"],
    ["until=2026-13-01", "until"],
    [`since=${at(60)}&until=${at(0)}`, "until"],
    ["order=random", "order"],
    ["acount=acc_1", "acount"],
    ["limit=500", "limit"],
  ])("refuses ?%s", async (query, path) => {
    const response = await withEvents().send("GET", `/v1/events?${query}`);
    expect(response.status).toBe(400);
    expect((await json(response)).errors).toMatchObject([{ path }]);
  });

  it("says what a time looks like", async () => {
    const { errors } = await json(await withEvents().send("GET", "/v1/events?since=yesterday"));
    expect(errors).toMatchObject([
      { path: "since", message: expect.stringContaining("2026-11-20T10:15:00Z") },
    ]);
  });

  it("refuses a cursor that it did not give", async () => {
    const response = await withEvents().send("GET", "/v1/events?after=made-up");
    expect(await json(response)).toMatchObject({ status: 400, code: "invalid_cursor" });
  });
});

describe("GET /v1/events/{id}", () => {
  it("gives the frozen text", async () => {
    const { send, state } = withEvents();
    const [event] = state.events;
    const response = await send("GET", `/v1/events/${event?.id}`);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.text()).toBe(event?.body);
  });

  it("names an event that does not exist", async () => {
    const response = await withEvents().send("GET", "/v1/events/evt_nothing");
    expect(response.status).toBe(404);
    expect((await json(response)).detail).toContain("evt_nothing");
  });
});
