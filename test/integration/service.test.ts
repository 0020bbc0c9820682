import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { type Simulation, startSimulation } from "../../src/simulator/run.js";
import {
  type Json,
  type RunningService,
  runCommand,
  startService,
  temporaryFolder,
} from "../support/service.js";

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function simulation(): Promise<Simulation> {
  const made = await startSimulation({ seed: 11, collections: 3 });
  open.push(made);
  return made;
}

async function folder(): Promise<string> {
  const made = await temporaryFolder();
  open.push({ close: made.dispose });
  return made.path;
}

function settingsFor({ simulator, mail }: Simulation, dataDir: string) {
  return {
    PIXIEHOOK_DATA_DIR: dataDir,
    PIXIESET_GALLERY_URL: simulator.galleryUrl,
    PIXIESET_STUDIO_URL: simulator.studioUrl,
    SMTP_URL: mail.url,
    EMAIL_FROM: "pixiehook <alerts@example.com>",
    PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
  };
}

async function start(...args: Parameters<typeof startService>): Promise<RunningService> {
  const service = await startService(...args);
  open.push({
    close: async () => ((service.child.exitCode ?? service.child.signalCode) ? null : service.end("SIGKILL")),
  });
  return service;
}

async function addAccount(service: RunningService, { simulator }: Simulation): Promise<string> {
  const { status, body } = await service.call("POST", "/v1/accounts", {
    name: "Smith Studio",
    session: { cookies: simulator.cookies },
    polling: { requestsPerMinute: 3_000, minIntervalSeconds: 0.2 },
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return body.id;
}

async function subscribe(
  service: RunningService,
  events: string[],
  channel: object,
  more: object = {},
): Promise<Json> {
  const { status, body } = await service.call("POST", "/v1/subscriptions", {
    events,
    channel,
    digest: null,
    ...more,
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

test("the three uses: a webhook URL, a Slack alert on a favorite, an email on a paid invoice", async () => {
  const studio = await simulation();
  const service = await start(settingsFor(studio, await folder()));
  const account = await addAccount(service, studio);
  const hook = await subscribe(service, ["download.created"], {
    type: "webhook",
    url: `${studio.webhooks.url}/hook`,
  });
  await subscribe(service, ["favorite.added"], { type: "slack", url: studio.slack.webhookUrl });
  await subscribe(service, ["invoice.paid"], { type: "email", to: ["anna@example.com"] });
  studio.webhooks.setSecret(hook.secret);
  const baseline = await service.call("POST", `/v1/accounts/${account}/poll?wait=true`);
  expect(baseline.body).toMatchObject({ events: 0, failed: [] });
  expect((await service.call("GET", "/v1/events")).body).toEqual({ data: [], next: null });

  const { favorites, collection } = studio.simulator.addFavorites({ count: 1 });
  const { downloads } = studio.simulator.addDownloads({});
  const { invoice } = studio.simulator.payInvoice({});
  const [webhook, slack, mail] = await Promise.all([
    studio.webhooks.waitFor(({ json }) => (json as Json).type === "download.created", 10_000),
    studio.slack.waitFor(() => true, 10_000),
    studio.mail.waitFor(() => true, 10_000),
  ]);
  expect(webhook).toMatchObject({ verdict: "valid" });
  expect((webhook.json as Json).data.object.id).toBe(String(downloads[0]?.id));
  expect(slack).toMatchObject({ accepted: true, violations: [] });
  expect(slack.message?.text).toContain("favorited");
  expect(mail.mail.subject).toContain(invoice.number);

  const events = (await service.call("GET", "/v1/events?type=favorite.added")).body.data;
  expect(events).toHaveLength(1);
  expect(events[0].data).toMatchObject({
    account: { id: account, name: "Smith Studio" },
    collection: { id: collection.id, name: collection.name },
    object: { id: favorites[0]?.id },
    previous: null,
  });
  const deliveries = await service.call("GET", `/v1/subscriptions/${hook.id}/deliveries`);
  expect(deliveries.body.data[0]).toMatchObject({
    status: "delivered",
    attempts: [{ outcome: "delivered", status: 204 }],
  });
});

test("killed again and again while clients are busy, the service states and delivers every change", async () => {
  const studio = await simulation();
  const settings = settingsFor(studio, await folder());
  let service = await start(settings);
  const account = await addAccount(service, studio);
  const hook = await subscribe(service, ["favorite.added"], {
    type: "webhook",
    url: `${studio.webhooks.url}/hook`,
  });
  studio.webhooks.setSecret(hook.secret);
  await service.call("POST", `/v1/accounts/${account}/poll?wait=true`);

  const wanted = new Set<string>();
  let kills = 0;
  for (let round = 0; round < 5; round++) {
    for (let act = 0; act < 6; act++) {
      for (const { id } of studio.simulator.addFavorites({ count: 2 }).favorites) wanted.add(id);
      await sleep(40 + round * 15);
    }
    expect(await service.end("SIGKILL")).toBe("SIGKILL");
    kills++;
    service = await start(settings);
  }
  const seen = () =>
    new Set(studio.webhooks.received.map(({ json }) => String((json as Json).data.object.id)));
  const deadline = Date.now() + 30_000;
  while (seen().size < wanted.size && Date.now() < deadline) await sleep(100);
  expect([...seen()].sort()).toEqual([...wanted].sort());

  const events = (await service.call("GET", "/v1/events?limit=200")).body.data as Json[];
  expect(events.map(({ data }) => data.object.id).sort()).toEqual([...wanted].sort());
  const ids = studio.webhooks.received.map(({ headers }) => headers["webhook-id"]);
  // Twice comes only what was in flight at a kill: at most the ten deliveries that go out at once.
  expect(ids.length - new Set(ids).size).toBeLessThanOrEqual(10 * kills);
  expect(await service.end("SIGTERM")).toBe(0);
}, 90_000);

test("SIGTERM lets what is in flight finish, and ends with 0 within ten seconds", async () => {
  const studio = await simulation();
  const settings = settingsFor(studio, await folder());
  const service = await start(settings);
  const account = await addAccount(service, studio);
  const hook = await subscribe(service, ["favorite.added"], {
    type: "webhook",
    url: `${studio.webhooks.url}/slow`,
  });
  await service.call("POST", `/v1/accounts/${account}/poll?wait=true`);
  studio.webhooks.answer({ delayMs: 2_000, status: 200 });
  studio.simulator.addFavorites({ count: 1 });
  const began = await waitUntil(async () => {
    const { body } = await service.call("GET", `/v1/subscriptions/${hook.id}/deliveries`);
    return body.data[0]?.id as string | undefined;
  });
  await sleep(300);
  const at = Date.now();
  expect(await service.end("SIGTERM")).toBe(0);
  expect(Date.now() - at).toBeLessThan(10_000);

  const again = await start(settings);
  const { body } = await again.call("GET", `/v1/deliveries/${began}`);
  expect(body).toMatchObject({ status: "delivered", attemptCount: 1 });
  expect(studio.webhooks.received).toHaveLength(1);
  expect(await again.end("SIGTERM")).toBe(0);
}, 60_000);

test("a second service on the same data folder ends with a clear error", async () => {
  const studio = await simulation();
  const settings = settingsFor(studio, await folder());
  await start(settings);
  const second = runCommand(["start"], { PORT: "0", ...settings });
  expect(await second.ended).toBe(1);
  expect(second.output()).toMatch(/pixiehook: .*(in use|another|belongs|holds)/i);
});

test("wrong settings end the start with 78 and one line for each", async () => {
  const { ended, output } = runCommand(["start"], {
    PORT: "many",
    PIXIEHOOK_ALLOWED_NETWORKS: "10.0.0.0/99",
    SMTP_URL: "smtp://mail.example.com",
    PIXIEHOOK_DATADIR: "/tmp/x",
  });
  expect(await ended).toBe(78);
  const lines = output().trim().split("\n");
  expect(lines).toHaveLength(4);
  for (const name of ["PORT", "PIXIEHOOK_ALLOWED_NETWORKS", "EMAIL_FROM", "PIXIEHOOK_DATADIR"]) {
    expect(lines.filter((line) => line.includes(name)).length).toBeGreaterThanOrEqual(1);
  }
});

test("an upstream that rejects or is away is told for what it is, and the service goes on by itself", async () => {
  const studio = await simulation();
  const service = await start(settingsFor(studio, await folder()));
  const account = await addAccount(service, studio);
  await subscribe(service, ["favorite.*", "invoice.*"], {
    type: "webhook",
    url: `${studio.webhooks.url}/hook`,
  });
  await service.call("POST", `/v1/accounts/${account}/poll?wait=true`);

  studio.simulator.setFault({ kind: "500", path: "/favorites" });
  studio.simulator.setFault({ kind: "403", path: "/invoices" });
  const { body } = await service.call("POST", `/v1/accounts/${account}/poll?wait=true`);
  expect(body.failed.length).toBeGreaterThanOrEqual(4);
  for (const { reason } of body.failed) expect(reason).toMatch(/\w+ \w+/);
  const sources = (await service.call("GET", `/v1/accounts/${account}/sources`)).body.data as Json[];
  expect(sources.filter(({ resource }) => resource === "favorites").map(({ status }) => status)).toEqual(
    expect.arrayContaining(["failing"]),
  );
  expect(sources.find(({ resource }) => resource === "invoices")).toMatchObject({ status: "off" });

  studio.simulator.clearFaults();
  studio.simulator.addFavorites({ count: 1 });
  await studio.webhooks.waitFor(({ json }) => (json as Json).type === "favorite.added", 15_000);
}, 60_000);

test("a session that expires is told once; new cookies make polling resume, and nothing is missed", async () => {
  const studio = await simulation();
  const service = await start(settingsFor(studio, await folder()));
  const account = await addAccount(service, studio);
  const types = ["session.*", "favorite.added"];
  await subscribe(service, types, { type: "webhook", url: `${studio.webhooks.url}/hook` });
  await service.call("POST", `/v1/accounts/${account}/poll?wait=true`);

  studio.simulator.expireSession("redirect-login");
  await studio.webhooks.waitFor(({ json }) => (json as Json).type === "session.expired", 10_000);
  const before = studio.simulator.requests.total;
  studio.simulator.addFavorites({ count: 2 });
  await sleep(1_500);
  expect(studio.simulator.requests.total - before).toBeLessThanOrEqual(1);
  const poll = await service.call("POST", `/v1/accounts/${account}/poll`);
  expect(poll).toMatchObject({ status: 409, body: { code: "session_inactive" } });

  const wrong = await service.call("PUT", `/v1/accounts/${account}/session`, { cookies: "PHPSESSID=nobody" });
  expect(wrong).toMatchObject({ status: 422, body: { code: "session_rejected" } });
  const renewed = await service.call("PUT", `/v1/accounts/${account}/session`, {
    cookies: studio.simulator.newSession(),
  });
  expect(renewed).toMatchObject({ status: 200, body: { status: "active" } });
  await studio.webhooks.waitFor(({ json }) => (json as Json).type === "session.restored", 10_000);
  await waitUntil(async () => {
    const added = studio.webhooks.received.filter(({ json }) => (json as Json).type === "favorite.added");
    return added.length === 2 ? true : undefined;
  });
  const types2 = studio.webhooks.received.map(({ json }) => (json as Json).type as string);
  expect(types2.filter((type) => type.startsWith("session."))).toEqual([
    "session.expired",
    "session.restored",
  ]);
}, 60_000);

async function waitUntil<T>(look: () => Promise<T | undefined>, timeoutMs = 15_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error("waited in vain");
    await sleep(50);
  }
}
