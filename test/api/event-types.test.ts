import { describe, expect, it } from "vitest";
import { eventTypes } from "../../src/domain/catalog.js";
import { createHarness, json } from "./support/harness.js";

describe("/v1/event-types", () => {
  it("lists the whole catalogue in one page", async () => {
    const answer = await json(await createHarness().send("GET", "/v1/event-types"));
    expect(answer.data).toHaveLength(eventTypes.length);
    expect(answer.next).toBeNull();
  });

  it("pages", async () => {
    const { send } = createHarness();
    const first = await json(await send("GET", "/v1/event-types?limit=1"));
    expect(first.next).toBe(eventTypes[0]?.type);
    const second = await json(await send("GET", `/v1/event-types?limit=1&after=${first.next}`));
    expect(second.data).toMatchObject([{ name: eventTypes[1]?.type }]);
    expect((await send("GET", "/v1/event-types?after=made-up")).status).toBe(400);
  });

  it("shows one with its schema and example", async () => {
    const response = await createHarness().send("GET", "/v1/event-types/favorite.added");
    expect(response.status).toBe(200);
    expect(await json(response)).toMatchObject({ name: "favorite.added", resource: "favorites" });
  });

  it("names one that does not exist", async () => {
    const response = await createHarness().send("GET", "/v1/event-types/sandwich.eaten");
    expect(response.status).toBe(404);
    expect((await json(response)).detail).toContain("sandwich.eaten");
  });
});
