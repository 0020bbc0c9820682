import { expect, it } from "vitest";
import { createHarness, json } from "./support/harness.js";

it("GET /v1/diagnostics tells each check with its status and what to do, and the service's clock", async () => {
  const response = await createHarness().send("GET", "/v1/diagnostics");
  expect(response.status).toBe(200);
  const { checks, checkedAt, now } = await json(response);
  expect(checks).toEqual([
    { area: "clock", status: "good", code: "clock", text: "The clocks agree.", remedy: null },
    {
      area: "mail",
      status: "problem",
      code: "mail_login",
      text: "It refuses the login.",
      remedy: "Mend SMTP_URL.",
    },
  ]);
  expect(Date.parse(String(now))).toBeGreaterThan(Date.parse(String(checkedAt)));
});

it("needs the token", async () => {
  const { send, state } = createHarness();
  expect((await send("GET", "/v1/diagnostics", { headers: { authorization: "" } })).status).toBe(401);
  expect(state.calls).toEqual([]);
});
