import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { pino } from "pino";
import { afterEach, expect, test } from "vitest";
import { createProber } from "../../src/channels/probe.js";
import { examineHere } from "../../src/cli/doctor/here.js";
import { readConfig } from "../../src/config.js";
import type { DiagnosticsParts } from "../../src/operations/diagnostics/service.js";
import { createDiagnosticsService } from "../../src/operations/diagnostics/service.js";
import { createMailboxSurvey } from "../../src/operations/mailboxes.js";
import { joinIn } from "../../src/operations/presence.js";
import { createWakeUps } from "../../src/queues/wake-ups.js";
import { queuePrefix } from "../../src/store/keys.js";
import { createVault } from "../../src/store/secrets.js";
import { createStore } from "../../src/store/store.js";
import { makeSubscription } from "../api/support/fixtures.js";
import { closedPort, startHttp, startSmtp, startTcp } from "../contract/channels/receivers.js";
import { redisServer } from "../support/redis-binary.js";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const entry of open.splice(0).reverse()) await entry.close();
});

/** A Redis that was set up by somebody who knows nothing of pixiehook. */
async function startRedis(...settings: string[]) {
  const folder = await mkdtemp(join(tmpdir(), "pixiehook-diagnostics-"));
  open.push({ close: () => rm(folder, { recursive: true, force: true }) });
  const path = await redisServer();
  const socket = join(folder, "r.sock");
  const place = ["--port", "0", "--unixsocket", socket, "--dir", folder, "--save", ""];
  const child = spawn(path, [...place, ...settings], { stdio: "ignore" });
  const ended = once(child, "exit");
  open.push({
    async close() {
      child.kill("SIGKILL");
      await ended;
    },
  });
  const client = new Redis(socket, { protocol: 2, retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on("error", () => undefined);
  open.push({ close: () => client.disconnect() });
  await client.ping();
  return { client, socket, child, ended };
}

async function setUp(client: Redis, more: Partial<DiagnosticsParts> = {}) {
  const log = pino({ level: "silent" });
  const store = createStore(client, createVault([Buffer.alloc(32, 1)]));
  const wakeUps = createWakeUps(client, queuePrefix, log);
  open.push({ close: () => wakeUps.close(0) });
  let probers = 0;
  const parts: DiagnosticsParts = {
    store,
    wakeUps,
    surveyMailboxes: createMailboxSurvey({ store, now: more.now ?? Date.now }),
    createProber() {
      probers += 1;
      return createProber({ allowedNetworks: ["127.0.0.0/8"], smtp: null, timeoutMs: 400 });
    },
    now: Date.now,
    dataDir: "/nowhere/at/all",
    redis: "url",
    ...more,
  };
  const service = createDiagnosticsService(parts);
  const ask = async () => (await service.run()).checks.map(({ level, code }) => `${level} ${code}`);
  return { store, log, service, ask, probers: () => probers };
}

test("a Redis with the wrong settings, and no worker anywhere", async () => {
  const { client } = await startRedis("--maxmemory-policy", "allkeys-lru");
  const used = Number(/used_memory:(\d+)/.exec(await client.info())?.[1]);
  await client.config("SET", "maxmemory", String(Math.round(used * 1.1)));
  const { ask } = await setUp(client);
  expect(await ask()).toEqual([
    "good redis",
    "problem redis_evicts",
    "problem redis_not_persistent",
    expect.stringMatching(/redis_memory_(short|full)$/),
    "good clock",
    "problem workers_missing",
  ]);
});

test("processes are told by their roles and clocks, and are gone when they leave", async () => {
  const { client } = await startRedis("--appendonly", "yes");
  const slow = () => Date.now() - 45_000;
  const { store, log, service } = await setUp(client);
  const parts = { store, log, upstreamClock: () => ({ aheadMs: 120_000, at: Date.now() }) };
  const leave = [
    await joinIn(["api", "poll"], { ...parts, ownClock: Date.now }),
    await joinIn(["fan-out", "deliver", "clock"], { ...parts, ownClock: slow }),
  ];
  const { checks } = await service.run();
  const texts = checks.map(({ text }) => text);
  expect(texts).toContain("All parts run, in 2 processes, and are in time.");
  expect(texts).toContain("A worker's clock is 45 s behind that of Redis.");
  expect(texts).toContain("The service's clock is 2 min behind Pixieset's.");
  await leave[1]?.();
  expect((await store.presence.list()).map(({ roles }) => roles)).toEqual([["api", "poll"]]);
  await leave[0]?.();
  expect(await store.presence.list()).toEqual([]);
});

test("receivers that are down or hang, and whoever asks again within ten seconds gets the same answer", async () => {
  const { client } = await startRedis("--appendonly", "yes");
  const up = await startHttp((_request, response) => response.end("ok"));
  const hanging = await startTcp(() => {});
  open.push(up, hanging);
  let at = Date.now();
  const { store, ask, probers, service } = await setUp(client, { now: () => at });
  const urls = [
    `${up.url}/a?key=s3cret`,
    `${up.url}/b/s3cret`,
    `http://127.0.0.1:${await closedPort()}/`,
    `https://127.0.0.1:${hanging.port}/`,
  ];
  for (const url of urls) {
    const { channel } = makeSubscription();
    const settings = { id: `sub_${urls.indexOf(url)}`, channel: { ...channel, url } as typeof channel };
    await store.subscriptions.create(makeSubscription(settings), { current: "whsec_x", previous: [] });
  }
  const began = Date.now();
  const [first, second] = await Promise.all([service.run(), service.run()]);
  expect(second).toBe(first);
  const told = first.checks.filter(({ area }) => area === "receivers");
  expect(told.map(({ code }) => code)).toEqual(["receivers", "receiver_unreachable", "receiver_unreachable"]);
  expect(told[0]?.text).toBe("1 of 3 receivers can be reached.");
  expect(JSON.stringify(first)).not.toContain("s3cret");
  expect(Date.now() - began).toBeLessThan(2_000);
  expect([up.connections(), up.received.length, probers()]).toEqual([1, 0, 1]);
  at += 9_000;
  await ask();
  expect(probers()).toBe(1);
  at += 2_000;
  await ask();
  expect([up.connections(), probers()]).toEqual([2, 2]);
});

test("what hangs is told as that when the time is up, and without Redis nothing else is blamed", async () => {
  const { client, child, ended } = await startRedis("--appendonly", "yes");
  const smtp = await startSmtp();
  open.push(smtp);
  const never = () => new Promise<never>(() => {});
  const slow = { receiver: never, mailServer: never, close: () => undefined };
  const hung = await setUp(client, { createProber: () => slow, deadlineMs: 100 });
  expect(await hung.ask()).toContain("problem mail_unknown");
  child.kill("SIGKILL");
  await ended;
  const away = await setUp(client, {
    createProber: () => createProber({ allowedNetworks: [], smtp, timeoutMs: 400 }),
    deadlineMs: 500,
  });
  expect(await away.ask()).toEqual(["problem redis_away", "good mail"]);
});

test("where no service runs the doctor looks at what it needs, and makes nothing", async () => {
  const { socket } = await startRedis("--appendonly", "no");
  const other = await startTcp(() => {});
  const hanging = await startTcp(() => {});
  open.push(other, hanging);
  const folder = await mkdtemp(join(tmpdir(), "pixiehook-nothing-"));
  open.push({ close: () => rm(folder, { recursive: true, force: true }) });
  const settings = {
    PORT: String(other.port),
    PIXIEHOOK_DATA_DIR: join(folder, "data"),
    SMTP_URL: `smtp://ana:hunter2@127.0.0.1:${await closedPort()}`,
    EMAIL_FROM: "ana@studio.example",
    PIXIEHOOK_SECRET_KEY: Buffer.alloc(32, 1).toString("base64"),
  };
  const codesOf = async (more: Record<string, string>) => {
    const { findings } = await examineHere(readConfig({ ...settings, ...more }));
    expect(JSON.stringify(findings)).not.toContain("hunter2");
    return findings.map(({ level, code }) => `${level} ${code}`);
  };
  expect(await codesOf({ REDIS_URL: `unix://${socket}` })).toEqual([
    "problem port_taken",
    "good redis",
    "problem redis_not_persistent",
    "problem mail_connection",
  ]);
  const none = {
    REDIS_URL: `redis://:hunter2@127.0.0.1:${await closedPort()}`,
    PORT: String(await closedPort()),
  };
  expect(await codesOf(none)).toEqual(["good port", "problem redis_away", "problem mail_connection"]);
  const cluster = { REDIS_CLUSTER_NODES: `127.0.0.1:${await closedPort()}`, PORT: "0" };
  const [away] = (await examineHere(readConfig({ ...settings, ...cluster }))).findings;
  expect(away?.code).toBe("redis_away");
  expect(away?.text).not.toContain("slots cache");
  expect(away?.remedy).toContain("REDIS_CLUSTER_NODES");
  const unread = { REDIS_URL: "rediss://127.0.0.1:1", REDIS_TLS_CA: join(folder, "ca.pem"), PORT: "0" };
  expect(await codesOf(unread)).toEqual(["problem redis_settings", "problem mail_connection"]);
  expect(await codesOf({ PORT: "0" })).toEqual([
    "good redis_server",
    "notice data_none",
    "problem mail_connection",
  ]);
  expect(await readdir(folder)).toEqual([]);
});
