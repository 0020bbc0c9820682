import { describe, expect, it } from "vitest";
import { accountId, makeAccount, makeForecast } from "./support/fixtures.js";
import { createHarness, json } from "./support/harness.js";

const path = `/v1/accounts/${accountId}/forecast`;

function withAccount() {
  const harness = createHarness();
  harness.state.accounts.set(accountId, makeAccount());
  return harness;
}

describe("GET /v1/accounts/{id}/forecast", () => {
  it("says what the budget buys and what others would", async () => {
    const { send, state } = withAccount();
    const known = makeForecast({
      keepsMaxInterval: false,
      requestsPerMinuteForMaxInterval: 41.7,
      waiting: 3,
    });
    state.forecasts.set(accountId, known);
    const response = await send("GET", path);
    expect(response.status).toBe(200);
    expect(await json(response)).toEqual(known);
  });

  it("says that nothing is known while nothing is polled", async () => {
    const { send, state } = withAccount();
    const unknown = {
      usedRequestsPerMinute: null,
      expectedDelaySeconds: null,
      keepsMaxInterval: null,
      requestsPerMinuteForMaxInterval: null,
      byResource: [],
      options: [],
    };
    state.forecasts.set(accountId, makeForecast(unknown));
    expect(await json(await send("GET", path))).toMatchObject({ requestsPerMinute: 30, ...unknown });
  });

  it("names an account that does not exist", async () => {
    const response = await createHarness().send("GET", "/v1/accounts/acc_nobody/forecast");
    expect(response.status).toBe(404);
    expect(await json(response)).toMatchObject({ code: "not_found" });
  });
});
