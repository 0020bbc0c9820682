import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { readConfig } from "../../src/config.js";
import { type Simulation, startSimulation } from "../../src/simulator/run.js";
import { useExamples } from "../support/documents.js";
import { type Json, type RunningService, startService } from "../support/service.js";
import { openShell } from "./support/shell.js";

const example = useExamples();
const page = "docs/operations.md";
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function simulation(): Promise<Simulation> {
  const made = await startSimulation({ seed: 3, collections: 1 });
  open.push(made);
  return made;
}

async function start({ simulator }: Simulation, dataDir: string, more: Record<string, string> = {}) {
  const service = await startService({
    PIXIEHOOK_DATA_DIR: dataDir,
    PIXIESET_GALLERY_URL: simulator.galleryUrl,
    PIXIESET_STUDIO_URL: simulator.studioUrl,
    PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
    ...more,
  });
  const isOver = () => service.child.exitCode !== null || service.child.signalCode !== null;
  open.push({ close: () => (isOver() ? null : service.end("SIGKILL")) });
  return service;
}

async function made(service: RunningService, path: string, body: object): Promise<Json> {
  const answer = await service.call("POST", path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
}

/** An account with its first look done, and a subscription whose secret the receiver knows. */
async function fill(service: RunningService, studio: Simulation) {
  const account = await made(service, "/v1/accounts", {
    name: "Smith Studio",
    session: { cookies: studio.simulator.cookies },
    polling: { requestsPerMinute: 3_000, minIntervalSeconds: 0.2 },
  });
  const channel = { type: "webhook", url: `${studio.webhooks.url}/hook` };
  const subscription = await made(service, "/v1/subscriptions", { events: ["favorite.added"], channel });
  studio.webhooks.setSecret(subscription.secret);
  await service.call("POST", `/v1/accounts/${account.id}/poll?wait=true`);
  return { account: account.id as string, subscription: subscription.id as string };
}

/** Polls with the stored session, and delivers what it finds with the stored address and secret. */
async function works(service: RunningService, studio: Simulation, account: string): Promise<void> {
  const { favorites } = studio.simulator.addFavorites({ count: 1 });
  const polled = await service.call("POST", `/v1/accounts/${account}/poll?wait=true`);
  expect(polled.body.failed, JSON.stringify(polled.body)).toEqual([]);
  const id = favorites[0]?.id;
  const caught = await studio.webhooks.waitFor(({ json }) => (json as Json).data.object?.id === id, 10_000);
  expect(caught.verdict).toBe("valid");
}

test("a backup of a service that runs is restored elsewhere, and then gets a new secret key", async () => {
  const studio = await simulation();
  const shell = openShell({});
  open.push(shell);
  const before = await start(studio, join(shell.folder, "data"));
  const { account, subscription } = await fill(before, studio);
  await works(before, studio, account);
  const events = (await before.call("GET", "/v1/events")).body;
  // The log reaches the disk within a second.
  await sleep(1_100);
  await shell.run(example(page, "backup"));
  await before.end("SIGKILL");

  const elsewhere = openShell({});
  open.push(elsewhere);
  const packed = "pixiehook-backup.tar.gz";
  cpSync(join(shell.folder, packed), join(elsewhere.folder, packed));
  await elsewhere.run(example(page, "restore"));
  await elsewhere.run(example(page, "new-key"));
  const [, keys = ""] = readFileSync(join(elsewhere.folder, ".env"), "utf8").trim().split(/=(.*)/s);
  expect(readConfig({ PIXIEHOOK_SECRET_KEY: keys }).secretKeys).toHaveLength(2);
  const data = join(elsewhere.folder, "data");
  const restored = await start(studio, data, { PIXIEHOOK_SECRET_KEY: keys });
  expect(restored.token).toBe(before.token);
  expect((await restored.call("GET", "/v1/events")).body).toEqual(events);
  await works(restored, studio, account);

  const environment = { PIXIEHOOK: restored.url, TOKEN: restored.token };
  const told = await elsewhere.run(example(page, "seal-anew"), { environment });
  const [id, answer = ""] = told.trim().split(/ (.*)/s);
  expect(id).toBe(subscription);
  studio.webhooks.setSecret(JSON.parse(answer).secret);
  const cookies = { cookies: studio.simulator.cookies };
  expect((await restored.call("PUT", `/v1/accounts/${account}/session`, cookies)).status).toBe(200);
  await restored.end("SIGTERM");

  const [newest = ""] = keys.split(",");
  await works(await start(studio, data, { PIXIEHOOK_SECRET_KEY: newest }), studio, account);
}, 60_000);
