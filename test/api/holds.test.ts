import { describe, expect, it } from "vitest";
import type { Hold } from "../../src/domain/hold.js";
import { accountId, makeAccount } from "./support/fixtures.js";
import { createHarness, json } from "./support/harness.js";

const hold: Hold = {
  id: "hold_1",
  account: accountId,
  source: "src_1",
  resource: "favorites",
  collection: { id: "1", name: "Smith Wedding" },
  count: 412,
  status: "held",
  createdAt: "2026-11-20T10:15:00.000Z",
  resolvedAt: null,
};
const path = `/v1/accounts/${accountId}/holds`;

function withHold() {
  const harness = createHarness();
  harness.state.accounts.set(accountId, makeAccount());
  harness.state.holds.set(hold.id, hold);
  return harness;
}

describe("GET /v1/accounts/{id}/holds", () => {
  it("lists floods", async () => {
    const { account: _account, ...shown } = hold;
    expect(await json(await withHold().send("GET", path))).toEqual({ data: [shown], next: null });
  });

  it("answers 404 for an unknown account", async () => {
    expect((await createHarness().send("GET", path)).status).toBe(404);
  });
});

describe.each([
  ["release", "releasing"],
  ["discard", "discarded"],
])("POST /v1/accounts/{id}/holds/{hold}/%s", (action, status) => {
  it("decides", async () => {
    const response = await withHold().send("POST", `${path}/hold_1/${action}`);
    expect(response.status).toBe(200);
    expect(await json(response)).toMatchObject({ id: "hold_1", status });
  });

  it("answers 404 for an unknown hold", async () => {
    expect((await withHold().send("POST", `${path}/hold_2/${action}`)).status).toBe(404);
  });

  it("answers 409 when it was decided already", async () => {
    const { send, state } = withHold();
    state.refuse["accounts.resolveHold"] = {
      kind: "refused",
      code: "hold_resolved",
      detail: "It is released.",
    };
    const response = await send("POST", `${path}/hold_1/${action}`);
    expect(response.status).toBe(409);
    expect(await json(response)).toMatchObject({ code: "hold_resolved" });
  });
});
