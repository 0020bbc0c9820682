import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startSentinels, type TestSentinels } from "../support/redis-sentinel.js";
import { type Certificates, createCertificates, speaksTls } from "../support/redis-tls.js";
import { refusedStart, startWholePath, type WholePath } from "../support/whole-path.js";

let certificates: Certificates;
let redis: TestSentinels;
let path: WholePath;
let settings: Record<string, string>;
/** Where the server was built without TLS, all but that is tried. */
const encrypted = await speaksTls();

beforeAll(async () => {
  certificates = await createCertificates();
  const { options, ca, caFile } = certificates;
  redis = await startSentinels(encrypted ? { options, tls: { tls: { ca } } } : {});
  settings = {
    REDIS_SENTINELS: redis.sentinels,
    REDIS_SENTINEL_PASSWORD: "of-the-sentinels",
    REDIS_PASSWORD: "of-the-nodes",
    ...(encrypted ? { REDIS_TLS: "true", REDIS_TLS_CA: caFile } : {}),
  };
  path = await startWholePath(settings);
}, 60_000);
afterAll(async () => {
  await path?.close();
  await redis?.close();
  await certificates?.dispose();
});

test("when the master dies and the sentinels choose another one, work goes on by itself, and nothing is lost", async () => {
  path.act(3);
  await path.arrived("the events came");
  await sleep(300);
  await redis.servers[0].kill();
  path.act(3);
  await redis.follows(1);
  await path.arrived("the events of the outage came", 30_000);
  path.act(3);
  await path.arrived("the events after it came", 30_000);
  expect([...new Set(path.objects())].sort()).toEqual([...path.wanted].sort());
  expect(path.events()).toHaveLength(9);
  expect(path.troubles()).toEqual([]);
  expect((await path.call("GET", "/v1/accounts")).status).toBe(200);
  expect((await fetch(`${path.service.url}/readyz`)).status).toBe(200);
}, 90_000);

test("a start with a wrong password says at once whose it is", async () => {
  const wrong = ["REDIS_PASSWORD", "REDIS_SENTINEL_PASSWORD"];
  const said = await Promise.all(wrong.map((name) => refusedStart({ ...settings, [name]: "another" })));
  for (const text of said) {
    expect(text).toMatch(/Redis refused us \(.*(WRONGPASS|NOAUTH|invalid password)/);
    expect(text).toContain("check REDIS_USERNAME and REDIS_PASSWORD, and those of the sentinels");
    expect(text).not.toContain("another");
  }
}, 30_000);
