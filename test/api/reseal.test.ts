import { expect, it } from "vitest";
import { CursorError } from "../../src/services/shared.js";
import { createHarness, json } from "./support/harness.js";

const path = "/v1/reseal";

it("POST /v1/reseal seals a stretch, and the next one from where it ended", async () => {
  const { send, state } = createHarness();
  const lost = [{ what: "session" as const, of: "acc_0123456789abcdef" }];
  state.resealings.push(
    { after: null, answer: { checked: 50, sealed: 49, lost, next: "bmV4dA" } },
    { after: "bmV4dA", answer: { checked: 2, sealed: 0, lost: [], next: null } },
  );
  const first = await send("POST", path);
  expect(first.status).toBe(200);
  expect(await json(first)).toEqual({ checked: 50, sealed: 49, lost, next: "bmV4dA" });
  const second = await send("POST", path, { body: { after: "bmV4dA" } });
  expect(await json(second)).toEqual({ checked: 2, sealed: 0, lost: [], next: null });
});

it("refuses a cursor that it did not give, and a field that it does not know", async () => {
  const { send, state } = createHarness();
  state.fail = new CursorError("the cursor in `after` is not one that this list gave");
  const unknown = await send("POST", path, { body: { after: "x" } });
  expect([unknown.status, (await json(unknown)).code]).toEqual([400, "invalid_cursor"]);
  expect((await send("POST", path, { body: { all: true } })).status).toBe(400);
});

it("is for admins", async () => {
  const { send, state } = createHarness();
  expect((await send("POST", path, { headers: { authorization: "" } })).status).toBe(401);
  expect(state.calls).toEqual([]);
});
