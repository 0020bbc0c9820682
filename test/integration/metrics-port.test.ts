import { pino } from "pino";
import { expect, test } from "vitest";
import { startService } from "../../src/cli/run-service.js";
import { readConfig } from "../../src/config.js";
import { startTestRedis } from "../support/redis.js";
import type { Json } from "../support/service.js";

test("a process without the API tells how it is where it was told to, and answers nothing else there", async () => {
  const redis = await startTestRedis();
  const lines: Json[] = [];
  const log = pino({ level: "info" }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const settings = {
    REDIS_URL: redis.url,
    PIXIEHOOK_SECRET_KEY: Buffer.alloc(32, 1).toString("base64"),
    PIXIEHOOK_API_TOKEN: "a-token-for-this-test-alone",
  };
  const start = (more: object, roles: "deliver"[]) =>
    startService(readConfig({ ...settings, ...more }), roles, { log });
  const worker = await start({ PIXIEHOOK_METRICS_PORT: "0" }, ["deliver"]);
  const silent = await start({}, ["deliver"]);
  try {
    const served = lines.filter(({ msg }) => msg === "metrics are served");
    expect(served).toHaveLength(1);
    const ask = (path: string) =>
      fetch(`http://127.0.0.1:${served[0].port}${path}`, {
        headers: { authorization: "Bearer a-token-for-this-test-alone" },
      });
    expect(await (await ask("/metrics")).text()).toContain('pixiehook_workers{role="deliver"} 2\n');
    expect([(await ask("/healthz")).status, (await ask("/readyz")).status]).toEqual([200, 200]);
    for (const path of ["/", "/v1/accounts", "/openapi.json"]) expect((await ask(path)).status).toBe(404);
  } finally {
    await Promise.all([worker.close(), silent.close()]);
    await redis.assertNoConnections();
    await redis.close();
  }
});
