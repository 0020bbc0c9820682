import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../../src/config.js";
import { type Context, createContext } from "../../src/context.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";

const hour = 3_600_000;
const apiToken = "test-token-0123456789";
let redis: TestRedis;
let context: Context;

beforeAll(async () => {
  redis = await startTestRedis();
  const settings = {
    REDIS_URL: redis.url,
    PIXIEHOOK_SECRET_KEY: Buffer.alloc(32, 1).toString("base64"),
    PIXIEHOOK_API_TOKEN: apiToken,
  };
  const overrides = { log: pino({ level: "silent" }), now: () => Date.now() + hour };
  context = await createContext(readConfig(settings), overrides);
});
afterAll(async () => {
  await context.close(1_000);
  await redis.close();
});

test("a token that is over by the shared time is not made, though this machine's clock is behind", async () => {
  const response = await context.api.request("http://pixiehook.test/v1/tokens", {
    method: "POST",
    headers: { authorization: `Bearer ${apiToken}`, "content-type": "application/json" },
    body: JSON.stringify({
      name: "Wall",
      scope: "read",
      expiresAt: new Date(Date.now() + hour / 2).toISOString(),
    }),
  });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain("must lie ahead");
});

test("the dashboard goes by the shared time, too", async () => {
  const response = await context.api.request("http://pixiehook.test/sign-in", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ token: apiToken }),
  });
  const cookie = decodeURIComponent(/=([^;]+)/.exec(response.headers.get("set-cookie") ?? "")?.[1] ?? "");
  const [until] = Buffer.from(cookie.split(".")[0] ?? "", "base64url")
    .toString()
    .split(" ");
  expect(Number(until)).toBeGreaterThan(Date.now() + 30 * 24 * hour + hour / 2);
});
