import { describe, expect, it } from "vitest";
import { createHarness, json } from "./support/harness.js";

const anonymous = { headers: { authorization: "" } };

describe("addresses for machines", () => {
  it("/healthz needs nothing", async () => {
    const { send, state } = createHarness();
    state.fail = new Error("Connection is closed.");
    const response = await send("GET", "/healthz", anonymous);
    expect(response.status).toBe(200);
    expect(await json(response)).toEqual({ status: "ok", version: "1.2.3" });
  });

  it("/readyz says what is wrong", async () => {
    const { send, state } = createHarness();
    expect((await send("GET", "/readyz", anonymous)).status).toBe(200);
    state.ready = { ok: false, problems: ["The clock has not run for a minute."] };
    const response = await send("GET", "/readyz", anonymous);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
    expect(await json(response)).toEqual({ ok: false, problems: ["The clock has not run for a minute."] });
  });

  it("/readyz answers 503 even when nothing can be told", async () => {
    const { send, state } = createHarness();
    state.fail = new Error("Connection is closed.");
    const response = await send("GET", "/readyz", anonymous);
    expect(response.status).toBe(503);
    expect(await json(response)).toMatchObject({ ok: false });
  });

  it("/metrics speaks Prometheus", async () => {
    const response = await createHarness().send("GET", "/metrics", anonymous);
    expect(response.headers.get("content-type")).toContain("text/plain; version=0.0.4");
    expect(await response.text()).toContain("pixiehook_events_total 3");
  });
});
