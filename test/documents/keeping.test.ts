import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { readConfig } from "../../src/config.js";
import type { CaughtWebhook } from "../../src/simulator/catchers/webhook.js";
import { type Simulation, startSimulation } from "../../src/simulator/run.js";
import { useExamples } from "../support/documents.js";
import { type Json, type RunningService, startService } from "../support/service.js";
import { openShell, type Shell } from "./support/shell.js";

const example = useExamples();
const page = "docs/operations.md";
const packed = "pixiehook-backup.tar.gz";
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function simulation(): Promise<Simulation> {
  const made = await startSimulation({ seed: 3, collections: 1 });
  open.push(made);
  return made;
}

function shellOf(): Shell & { readonly data: string } {
  const shell = openShell({});
  open.push(shell);
  return { ...shell, data: join(shell.folder, "data") };
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

/**
 * An account with its first look done; `works` gets everything and knows the secret, `tired` fails with an hour to its
 * next try, `refused` fails for good.
 */
async function fill(service: RunningService, studio: Simulation) {
  const account = await made(service, "/v1/accounts", {
    name: "Smith Studio",
    session: { cookies: studio.simulator.cookies },
    resources: ["favorites"],
    polling: { requestsPerMinute: 3_000, minIntervalSeconds: 0.2 },
  });
  const subscribe = async (name: string, more: object = {}) => {
    const channel = { type: "webhook", url: `${studio.webhooks.url}/${name}` };
    const subscription = await made(service, "/v1/subscriptions", {
      events: ["favorite.added"],
      channel,
      limits: { perSecond: 1_000 },
      ...more,
    });
    studio.webhooks.setSecret(subscription.secret, `/${name}`);
    return subscription.id as string;
  };
  for (const path of ["/tired", "/refused"])
    studio.webhooks.answer({ path, status: 500, times: Number.POSITIVE_INFINITY });
  const subscriptions = [
    await subscribe("works"),
    await subscribe("tired", { retry: { delays: ["1h"] } }),
    await subscribe("refused", { retry: { delays: [] } }),
  ] as const;
  await service.call("POST", `/v1/accounts/${account.id}/poll?wait=true`);
  return { account: account.id as string, subscriptions };
}

const objectOf = ({ json }: CaughtWebhook): unknown => (json as Json).data.object?.id;
const at = (path: string) => (caught: CaughtWebhook) => caught.path === path;

/** Something happens, is found with the stored session, and is delivered to the stored address. Its object. */
async function happens(
  service: RunningService,
  studio: Simulation,
  account: string,
): Promise<number | string> {
  const { favorites } = studio.simulator.addFavorites({ count: 1 });
  const polled = await service.call("POST", `/v1/accounts/${account}/poll?wait=true`);
  expect(polled.body.failed, JSON.stringify(polled.body)).toEqual([]);
  const id = favorites[0]?.id ?? "";
  const caught = await studio.webhooks.waitFor((one) => at("/works")(one) && objectOf(one) === id, 10_000);
  expect(caught.verdict).toBe("valid");
  return id;
}

const eventIds = async (service: RunningService): Promise<string[]> =>
  (await service.call("GET", "/v1/events?order=asc&limit=200&type=favorite.added")).body.data.map(
    ({ id }: Json) => id,
  );

/** The deliveries of a subscription, as far as they do not speak of the moment. */
async function deliveriesOf(service: RunningService, subscription: string): Promise<Json[]> {
  const { body } = await service.call("GET", `/v1/subscriptions/${subscription}/deliveries`);
  return body.data.map(({ id, status, events, nextAttemptAt, attempts }: Json) => ({
    ...{ id, status, events, nextAttemptAt },
    attempts: attempts.length,
  }));
}

async function until(holds: () => Promise<boolean>, withinMs = 10_000): Promise<void> {
  for (const end = Date.now() + withinMs; !(await holds()); await sleep(50))
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${holds}`);
}

test("a backup taken while all goes on is restored elsewhere: what was there is there, what came later is found once", async () => {
  const studio = await simulation();
  const shell = shellOf();
  const before = await start(studio, shell.data);
  const { account, subscriptions } = await fill(before, studio);
  const [, tired, refused] = subscriptions;
  for (let i = 0; i < 2; i++) await happens(before, studio, account);
  await until(async () => {
    const [one, other] = await Promise.all([tired, refused].map((id) => deliveriesOf(before, id)));
    return [...(one ?? []), ...(other ?? [])].filter(({ attempts }) => attempts === 1).length === 4;
  });
  const kept = await Promise.all(subscriptions.map((id) => deliveriesOf(before, id)));
  expect(kept.map((deliveries) => deliveries.map(({ status }) => status))).toEqual([
    ["delivered", "delivered"],
    ["pending", "pending"],
    ["failed", "failed"],
  ]);
  // The log reaches the disk within a second.
  await sleep(1_100);
  await shell.run(example(page, "backup"));
  const events = await eventIds(before);
  for (let i = 0; i < 2; i++) await happens(before, studio, account);
  const all = await eventIds(before);
  expect(all).toHaveLength(4);
  await before.end("SIGKILL");
  const third = studio.simulator.addFavorites({ count: 1 }).favorites[0]?.id;

  const elsewhere = shellOf();
  cpSync(join(shell.folder, packed), join(elsewhere.folder, packed));
  await elsewhere.run(example(page, "restore"));
  const caughtBefore = studio.webhooks.received.length;
  const restored = await start(studio, elsewhere.data);
  expect(restored.token).toBe(before.token);
  expect((await restored.call("GET", `/v1/accounts/${account}`)).body.session.status).toBe("active");
  expect((await eventIds(restored)).slice(0, 2)).toEqual(events);
  const again = await Promise.all(subscriptions.map((id) => deliveriesOf(restored, id)));
  expect(again.map((deliveries) => deliveries.filter(({ events: [id] }) => events.includes(id)))).toEqual(
    kept,
  );

  await restored.call("POST", `/v1/accounts/${account}/poll?wait=true`);
  await studio.webhooks.waitFor((one) => at("/works")(one) && objectOf(one) === third, 10_000);
  const found = await eventIds(restored);
  // The ids are the same; what two polls found before may come in another order out of one.
  expect(new Set(found)).toEqual(new Set([...all, found.find((id) => !all.includes(id))]));
  expect(found).toHaveLength(5);
  const works = studio.webhooks.received.slice(caughtBefore).filter(at("/works"));
  expect(works.map(({ verdict }) => verdict)).not.toContain("invalid");
  const names = works.map(({ headers }) => headers["webhook-id"]);
  expect([...names].sort(), "what was delivered before the backup stays delivered").toEqual(
    found.filter((id) => !events.includes(id)).sort(),
  );
}, 60_000);

test("a service at work gets another secret key, by the commands of the page, and loses nothing", async () => {
  const studio = await simulation();
  const shell = shellOf();
  let service = await start(studio, shell.data);
  const { account, subscriptions } = await fill(service, studio);
  const happened = [await happens(service, studio, account)];
  // From here on something happens all the time, whether somebody looks or not.
  const life = setInterval(() => {
    happened.push(...studio.simulator.addFavorites({ count: 1 }).favorites.map(({ id }) => id));
  }, 100);
  open.push({ close: () => clearInterval(life) });
  const restart = async (keys: string) => {
    await service.end("SIGTERM");
    service = await start(studio, shell.data, { PIXIEHOOK_SECRET_KEY: keys });
  };

  await shell.run(example(page, "new-key"));
  const [, keys = ""] = readFileSync(join(shell.folder, ".env"), "utf8").trim().split(/=(.*)/s);
  expect(readConfig({ PIXIEHOOK_SECRET_KEY: keys }).secretKeys).toHaveLength(2);
  await restart(keys);
  const environment = { PIXIEHOOK_PUBLIC_URL: service.url, PIXIEHOOK_API_TOKEN: service.token };
  const told = await shell.run(example(page, "reseal"), { environment });
  expect(told).toContain("None is left under an older key");
  const [newest = ""] = keys.split(",");
  await restart(newest);
  clearInterval(life);
  happened.push(await happens(service, studio, account));

  await until(async () => {
    const got = new Set(studio.webhooks.received.filter(at("/works")).map(objectOf));
    return happened.every((id) => got.has(id));
  });
  expect(studio.webhooks.received.map(({ verdict }) => verdict)).not.toContain("invalid");
  const [works, tired] = await Promise.all(
    subscriptions.map((id) => service.call("GET", `/v1/subscriptions/${id}`)),
  );
  expect([works?.body.enabled, tired?.body.enabled]).toEqual([true, true]);
  expect((await eventIds(service)).length).toBe(happened.length);
}, 60_000);
