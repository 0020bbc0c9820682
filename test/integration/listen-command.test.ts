import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ListenOptions, listen } from "../../src/cli/listen.js";
import type { PixiehookEvent } from "../../src/domain/event.js";
import { startSimulation } from "../../src/simulator/run.js";
import {
  type Json,
  type RunningService,
  runCommand,
  startService,
  temporaryFolder,
} from "../support/service.js";
import { createTerminal } from "../support/terminal.js";

const open: { close(): Promise<unknown> }[] = [];
let world: Awaited<ReturnType<typeof begin>>;
beforeAll(async () => {
  world = await begin();
});
afterAll(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** A studio whose changes are found at once, and a service that can be started again where it was. */
async function begin() {
  const studio = await startSimulation({ seed: 7, collections: 2 });
  open.push(studio);
  const folder = await temporaryFolder();
  open.push({ close: folder.dispose });
  const where = {
    PIXIEHOOK_DATA_DIR: folder.path,
    PIXIESET_GALLERY_URL: studio.simulator.galleryUrl,
    PIXIESET_STUDIO_URL: studio.simulator.studioUrl,
    PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
  };
  let service = await startService(where);
  open.push({ close: () => service.end("SIGKILL") });
  const settings = { ...where, PORT: new URL(service.url).port };
  const { status, body } = await service.call("POST", "/v1/accounts", {
    name: "Smith Studio",
    session: { cookies: studio.simulator.cookies },
    polling: { requestsPerMinute: 3_000, minIntervalSeconds: 0.2 },
    resources: ["favorites", "invoices"],
  });
  expect(status, JSON.stringify(body)).toBe(201);
  await service.call("POST", `/v1/accounts/${body.id}/poll?wait=true`);
  return {
    studio,
    settings,
    call: (...args: Parameters<RunningService["call"]>) => service.call(...args),
    end: () => service.end("SIGTERM"),
    async startAgain() {
      service = await startService(settings);
    },
  };
}

/** `listen` in this process; `stop` ends it as Ctrl+C does. */
function start(settings: Record<string, string>, more: Partial<ListenOptions> = {}) {
  const { terminal, lines, notes, stop } = createTerminal();
  const options = { cloudevents: false, retry: false, json: false, ...more };
  const ended = listen(options, settings, terminal);
  ended.catch(() => undefined);
  const end = () => {
    stop.abort();
    return ended;
  };
  return { lines, notes, stop: end, ended };
}

async function until(holds: () => boolean, what: () => unknown) {
  for (const deadline = Date.now() + 15_000; !holds(); await sleep(20))
    if (Date.now() > deadline) throw new Error(`waited in vain: ${JSON.stringify(what())}`);
}

const idsOf = (lines: readonly string[]) => lines.map((line) => (JSON.parse(line) as PixiehookEvent).id);

test("events are told as they come, and a restart of the service loses none and doubles none", async () => {
  const { studio, settings, call, end, startAgain } = world;
  const { webhooks, simulator } = studio;
  const channel = { type: "webhook", url: `${webhooks.url}/real` };
  const real = await call("POST", "/v1/subscriptions", { events: ["favorite.*", "invoice.*"], channel });
  webhooks.setSecret(real.body.secret, "/real");
  for (const path of ["/mine", "/cloud"]) webhooks.setSecret(secret, path);
  const withSecret = { ...settings, PIXIEHOOK_WEBHOOK_SECRET: secret };
  const all = start(settings, { json: true });
  const favorites = start(settings, { events: ["favorite.*"], account: "smith studio" });
  const mine = start(withSecret, { forwardTo: `${webhooks.url}/mine` });
  const cloud = start(settings, {
    json: true,
    secret,
    forwardTo: `${webhooks.url}/cloud`,
    cloudevents: true,
  });
  const everyone = [all, favorites, mine, cloud];
  await until(
    () => everyone.every(({ notes }) => notes.some((note) => note.startsWith("Listening to "))),
    () => everyone.map(({ notes }) => notes),
  );
  simulator.addFavorites({ count: 3, client: "jane@example.com" });
  await until(
    () => all.lines.length === 3,
    () => all,
  );
  await end();
  simulator.addFavorites({ count: 2, client: "jane@example.com" });
  await until(
    () => all.notes.some((note) => note.startsWith("Connection lost (")),
    () => all.notes,
  );
  await startAgain();
  simulator.payInvoice();
  const arrived = (path: string) => webhooks.received.filter((each) => each.path === path);
  const isAll = () => all.lines.some((line) => line.includes('"invoice.paid"')) && all.lines.length >= 6;
  await until(isAll, () => all.lines.length);
  const many = all.lines.length;
  await until(
    () =>
      [mine.lines.length / 2, cloud.lines.length, arrived("/mine").length, arrived("/cloud").length].every(
        (length) => length >= many,
      ) &&
      arrived("/real").length >= many &&
      favorites.lines.length >= 5,
    () => [
      favorites.lines,
      mine.lines,
      cloud.lines,
      webhooks.received.map(({ path, verdict }) => [path, verdict]),
    ],
  );
  await Promise.all(everyone.map(({ stop }) => stop()));

  const { body: stored } = await call("GET", "/v1/events?order=asc&limit=200");
  expect(idsOf(all.lines)).toEqual(stored.data.map(({ id }: Json) => id));
  expect(all.lines).toEqual(stored.data.map((event: Json) => JSON.stringify(event)));
  expect(cloud.lines).toEqual(all.lines);
  expect(all.notes).toEqual([
    expect.stringMatching(/^Listening to all events at http/),
    expect.stringMatching(/^Connection lost \(.+\)\. Trying again…$/),
    "Connection is back. Nothing was missed.",
    `Stopped after ${many} events. To go on from there: --since ${idsOf(all.lines).at(-1)}`,
  ]);
  expect(favorites.lines).toHaveLength(5);
  for (const line of favorites.lines)
    expect(line).toMatch(/^\d\d:\d\d:\d\d {2}favorite\.added +(jane@example\.com|\S+ \S+), DSC_\S+, .+$/);

  // As deliveries: the same ids, bytes and headers; only what belongs to an attempt differs.
  const byId = (path: string) => new Map(arrived(path).map((each) => [each.headers["webhook-id"], each]));
  expect(arrived("/mine").map(({ headers }) => headers["webhook-id"])).toEqual(idsOf(all.lines));
  for (const path of ["/mine", "/cloud", "/real"])
    expect(arrived(path).map(({ verdict }) => verdict)).toEqual(Array(many).fill("valid"));
  for (const [id, { body, headers }] of byId("/mine")) {
    const delivered = byId("/real").get(id);
    expect(body).toBe(delivered?.body);
    expect(Object.keys(headers).sort()).toEqual(Object.keys(delivered?.headers ?? {}).sort());
    for (const name of ["content-type", "user-agent"]) expect(headers[name]).toBe(delivered?.headers[name]);
  }
  for (const { headers, json } of arrived("/cloud")) {
    expect(headers["content-type"]).toBe("application/cloudevents+json");
    expect(json).toMatchObject({ specversion: "1.0", type: expect.stringMatching(/^pixiehook\./) });
  }
  expect(mine.notes.join("\n")).not.toContain(secret);
}, 60_000);

test("a receiver that fails is shown and passed over, or tried again; and an event can be gone on after", async () => {
  const { studio, settings, call } = await begin();
  const { webhooks, simulator } = studio;
  simulator.addFavorites({ count: 3 });
  let events: Json[] = [];
  for (; events.length < 3; await sleep(50)) events = (await call("GET", "/v1/events?order=asc")).body.data;
  const [first] = events;
  const hook = { since: first.id, forwardTo: `${webhooks.url}/hook` };
  webhooks.answer({ status: 500, path: "/hook" });
  const passing = start(settings, hook);
  await until(
    () => passing.lines.length === 4,
    () => passing,
  );
  await passing.stop();
  expect(passing.lines.map((line) => line.replace(/\d+ ms/, "n ms").trim())).toEqual([
    expect.stringContaining("favorite.added"),
    "→ 500 in n ms, passed over",
    expect.stringContaining("favorite.added"),
    expect.stringMatching(/^→ 20\d in n ms$/),
  ]);
  const own = /signed with (whsec_\S+)\.$/.exec(passing.notes.join("\n").split("\n")[0] ?? "")?.[1] ?? "";
  expect(own).not.toBe("");

  webhooks.answer({ status: 500, path: "/hook" });
  const retrying = start(settings, { ...hook, json: true, retry: true, secret: own });
  webhooks.setSecret(own, "/hook");
  await until(
    () => retrying.notes.filter((note) => note.startsWith("evt_")).length === 3,
    () => retrying,
  );
  await retrying.stop();
  expect(idsOf(retrying.lines)).toEqual(events.slice(1).map(({ id }) => id));
  expect(retrying.notes.filter((note) => note.startsWith("evt_"))).toEqual([
    expect.stringMatching(/^evt_\w+ {2}500 in \d+ ms, tried again$/),
    expect.stringMatching(/^evt_\w+ {2}20\d in \d+ ms$/),
    expect.stringMatching(/^evt_\w+ {2}20\d in \d+ ms$/),
  ]);

  webhooks.answer({ trouble: "hang", path: "/hook" });
  const hanging = start(settings, hook);
  await until(
    () => hanging.lines.length === 1,
    () => hanging,
  );
  const stopped = performance.now();
  await hanging.stop();
  expect(performance.now() - stopped, "a receiver that hangs holds nobody up").toBeLessThan(1_000);

  const refused = (more: Partial<ListenOptions>) => start(settings, more).ended;
  await expect(refused({ events: ["favrite.*"] })).rejects.toThrow(/^--events: no event type matches/);
  await expect(refused({ account: "nobody" })).rejects.toThrow(/no account "nobody"/);
  await expect(refused({ since: "evt_none" })).rejects.toThrow(/--since: there is no event "evt_none"/);
  await expect(refused({ token: "wrong" })).rejects.toThrow(/PIXIEHOOK_API_TOKEN or --token/);
  await expect(refused({ cloudevents: true })).rejects.toThrow(/--cloudevents is about --forward-to/);
  await expect(refused({ forwardTo: "http://a:b@localhost/" })).rejects.toThrow(/--forward-to: must not/);
  await expect(refused({ forwardTo: "http://localhost/", secret: "hush!" })).rejects.toThrow(/not whsec_/);

  const command = runCommand(["listen", "--since", first.id, "--json"], settings);
  await until(() => command.output().split("\n").length > 3, command.output);
  command.child.kill("SIGINT");
  expect(await command.ended, "stopping is its good end").toBe(0);
  expect(command.output()).toMatch(/\nStopped after 2 events\. To go on from there: --since evt_\w+\n$/);
}, 60_000);
