import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { expect } from "vitest";
import { startSlackCatcher } from "../../../src/simulator/catchers/slack.js";
import { startSmtpCatcher } from "../../../src/simulator/catchers/smtp.js";
import { startWebhookCatcher } from "../../../src/simulator/catchers/webhook.js";
import { type Json, type RunningService, startService, temporaryFolder } from "../service.js";
import { crawlApi, crawlDashboard, provokeErrors, type Seen } from "./crawl.js";
import { dumpFiles, dumpRedis } from "./dump.js";
import { createMarkers } from "./markers.js";
import { createPlanter } from "./plant.js";
import { startEchoServer } from "./receivers.js";
import { challenged, expired, refused, troublesOf } from "./troubles.js";
import { startPlantedUpstream } from "./upstream.js";

export const markers = createMarkers();
const planter = createPlanter(markers);
const { plant } = markers;
const cookiesOf = (name: string) =>
  `gallery_dashboard_session=${plant(`${name}: session`)}; wsid=${plant(`${name}: wsid`)}`;

const open: { close(): Promise<unknown> }[] = [];
const opened = <T extends { close(): Promise<unknown> }>(one: T): T => {
  open.push(one);
  return one;
};
/** What the story left behind. */
export interface Told {
  /** What only the answer that made it may tell. */
  readonly shownOnce: string[];
  readonly answers: Seen[];
  readonly received: { where: string; text: string }[];
  readonly logs: { where: string; text: string }[];
  /** Every key of Redis, and every file of the data folder. */
  stored: { key: string; values: Buffer[] }[];
  files: { key: string; values: Buffer[] }[];
  events: Json[];
  /** What came of polls between which nothing changed but the secrets. */
  readonly rotation: Json[];
}

const told: Told = {
  shownOnce: [],
  answers: [],
  received: [],
  logs: [],
  stored: [],
  files: [],
  events: [],
  rotation: [],
};

async function untilQuiet(count: () => number): Promise<void> {
  for (let before = -1; before !== count(); await sleep(250)) before = count();
}

async function poll(service: RunningService, account: string): Promise<Json> {
  const { status, body } = await service.call("POST", `/v1/accounts/${account}/poll?wait=true`);
  told.answers.push({ where: "poll", status, text: JSON.stringify(body) });
  return body;
}

async function renew(service: RunningService, account: string, name: string): Promise<number> {
  const path = `/v1/accounts/${account}/session`;
  const { status, body } = await service.call("PUT", path, { cookies: cookiesOf(name) });
  told.answers.push({ where: `session ${name}`, status, text: JSON.stringify(body) });
  return status;
}

async function eventsOf(service: RunningService): Promise<Json[]> {
  const all: Json[] = [];
  for (let after = ""; ; ) {
    const { body } = await service.call("GET", `/v1/events?order=asc&limit=200${after}`);
    all.push(...body.data);
    if (body.next === null) return all;
    after = `&after=${body.next}`;
  }
}

/** Makes pixiehook store, state, deliver, log and show all that it can, and keeps what came of it. */
export async function tellStory(): Promise<Told> {
  const folder = await temporaryFolder();
  open.push({ close: folder.dispose });
  const upstream = opened(await startPlantedUpstream(planter, markers));
  const [hooks, slack, mail] = [
    await startWebhookCatcher(),
    await startSlackCatcher(),
    await startSmtpCatcher(),
  ];
  const [failing, refusing] = [await startEchoServer(500), await startEchoServer(403)];
  for (const one of [hooks, slack, mail, failing, refusing]) opened(one);

  const secretKey = randomBytes(32).toString("base64");
  told.shownOnce.push(secretKey);
  const settings = {
    PIXIEHOOK_DATA_DIR: folder.path,
    PIXIEHOOK_SECRET_KEY: secretKey,
    PIXIEHOOK_API_TOKEN: `token-${plant("API token")}`,
    PIXIESET_GALLERY_URL: `${upstream.origin}/gallery/api/v1`,
    PIXIESET_STUDIO_URL: `${upstream.origin}/studio/api/v1`,
    PIXIESET_LOGIN_URL: `${upstream.origin}/login`,
    SMTP_URL: mail.url.replace("//", `//alerts:${plant("SMTP password")}@`),
    EMAIL_FROM: "pixiehook <alerts@example.com>",
    PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
    LOG_LEVEL: "trace",
  };
  const start = async (more: Record<string, string>) => {
    const service = await startService({ ...settings, ...more });
    const { child } = service;
    open.push({ close: async () => ((child.exitCode ?? child.signalCode) ? null : service.end("SIGKILL")) });
    return service;
  };
  const end = async (service: RunningService, where: string) => {
    expect(await service.end("SIGTERM")).toBe(0);
    told.logs.push({ where, text: service.output() });
  };

  let service = await start({ LOG_FORMAT: "json" });
  const polling = { requestsPerMinute: 6_000, minIntervalSeconds: 0.5, maxIntervalMinutes: 1 };
  const login = { email: "studio@x.co", password: plant("login password") };
  const body = { name: "Smith Studio", polling, collections: ["1", "2"], floodThreshold: 10_000 };
  const create = async (session: object) => {
    const answer = await service.call("POST", "/v1/accounts", { ...body, session });
    told.answers.push({ where: "account", status: answer.status, text: JSON.stringify(answer.body) });
    return answer;
  };
  upstream.trouble = refused(markers);
  expect((await create({ cookies: cookiesOf("refused") })).status).toBe(422);
  expect((await create(login)).status).toBe(422);
  upstream.trouble = (path) => (path === "/login" ? { status: 204 } : null);
  expect((await create(login)).status).toBe(201);
  const {
    body: { id: account },
  } = await create({ cookies: cookiesOf("first") });

  const subscribe = async (channel: object, events: string[], more: object = {}) => {
    const limits = { perSecond: 1_000, concurrency: 50 };
    const wanted = { account, events, channel, digest: null, limits, ...more };
    const created = await service.call("POST", "/v1/subscriptions", wanted);
    expect(created.status, JSON.stringify(created.body)).toBe(201);
    told.shownOnce.push(created.body.secret, created.body.secret.slice("whsec_".length));
    return created.body.id as string;
  };
  const webhook = (url: string, name: string) => ({
    type: "webhook",
    url: `${url}/hook?key=${plant(`${name}: query of the URL`)}`,
    headers: {
      Authorization: `Bearer ${plant(`${name}: authorization`)}`,
      "X-Api-Key": plant(`${name}: other header`),
    },
  });
  const slackAt = (url: string, name: string) => ({
    type: "slack",
    url: `${url}/services/T${plant(`${name}: team`)}/B0/${plant(`${name}: path`)}`,
  });
  const hook = await subscribe(webhook(hooks.url, "webhook"), ["*"]);
  await subscribe(webhook(failing.url, "failing"), ["favorite.updated"], { retry: { delays: ["1s"] } });
  await subscribe(slackAt(slack.url, "Slack"), ["*"], { digest: { quiet: "500ms", max: "1s" } });
  await subscribe(slackAt(refusing.url, "refusing Slack"), ["invoice.*"]);
  await subscribe({ type: "email", to: ["anna@example.com"] }, [
    "favorite.*",
    "invoice.*",
    "session.*",
    "source.*",
  ]);

  // A silent baseline; then what is secret rotates, and nothing else.
  await poll(service, account);
  markers.rotate();
  told.rotation.push(await poll(service, account), ...(await eventsOf(service)));

  // Things happen. What is gone is told when it was missing twice.
  upstream.stage = 1;
  markers.rotate();
  await poll(service, account);
  await sleep(600);
  markers.rotate();
  await poll(service, account);
  await untilQuiet(() => hooks.received.length);
  told.events = await eventsOf(service);
  markers.rotate();
  told.rotation.push(await poll(service, account), ...(await eventsOf(service)).slice(told.events.length));

  for (const round of [0, 1]) {
    upstream.trouble = troublesOf(round, markers, planter);
    const { failed } = await poll(service, account);
    expect(failed.length).toBeGreaterThanOrEqual(13);
    await poll(service, account);
  }
  upstream.trouble = null;
  await poll(service, account);

  // The other ways to write a log; a session that ends, is refused, comes back, and meets a challenge.
  const rotated = await service.call("POST", `/v1/subscriptions/${hook}/rotate-secret`, {});
  told.shownOnce.push(rotated.body.secret, rotated.body.secret.slice("whsec_".length));
  await end(service, "log in JSON");
  service = await start({ LOG_FORMAT: "pretty" });
  upstream.trouble = expired(markers);
  await poll(service, account);
  upstream.trouble = refused(markers);
  expect(await renew(service, account, "refused again")).toBe(422);
  upstream.trouble = null;
  expect(await renew(service, account, "second")).toBe(200);
  upstream.trouble = challenged(markers);
  await poll(service, account);
  await untilQuiet(() => hooks.received.length + failing.requests());

  for (const id of [
    hook,
    ...(await service.call("GET", "/v1/subscriptions")).body.data.map((s: Json) => s.id),
  ]) {
    const { status, body: tried } = await service.call("POST", `/v1/subscriptions/${id}/test`);
    told.answers.push({ where: `test of ${id}`, status, text: JSON.stringify(tried) });
  }
  const patched = await service.call("PATCH", `/v1/subscriptions/${hook}`, { description: "All" });
  told.answers.push({
    where: "changed subscription",
    status: patched.status,
    text: JSON.stringify(patched.body),
  });
  told.events = await eventsOf(service);
  told.answers.push(...(await crawlApi(service)));
  told.answers.push(...(await provokeErrors(service, account, cookiesOf("in errors"))));
  told.answers.push(...(await crawlDashboard(service)));

  const client = new Redis(join(folder.path, "redis", "redis.sock"), { protocol: 2 });
  told.stored = await dumpRedis(client);
  client.disconnect();
  await end(service, "log for people");
  told.files = await dumpFiles(folder.path);
  told.received.push(
    ...hooks.received.map(({ body: text, path }) => ({ where: `webhook ${path}`, text })),
    ...slack.received.map(({ body: text }) => ({ where: "Slack message", text })),
    ...mail.received.map(({ raw, mail: { text, html } }) => ({
      where: "mail",
      text: `${raw}\n${text}\n${html}`,
    })),
  );
  return told;
}

export async function endStory(): Promise<void> {
  for (const one of open.splice(0).reverse()) await one.close();
}
