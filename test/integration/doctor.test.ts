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

/** A studio, a service that may watch it, and the settings that both the service and the doctor have. */
async function begin() {
  const studio = await startSimulation({ seed: 11, collections: 3 });
  open.push(studio);
  const folder = await temporaryFolder();
  open.push({ close: folder.dispose });
  const settings = {
    PIXIEHOOK_DATA_DIR: folder.path,
    PIXIESET_GALLERY_URL: studio.simulator.galleryUrl,
    PIXIESET_STUDIO_URL: studio.simulator.studioUrl,
    PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
  };
  const service = await startService(settings);
  open.push({
    close: async () => ((service.child.exitCode ?? service.child.signalCode) ? null : service.end("SIGKILL")),
  });
  return { studio, service, settings: { ...settings, PORT: new URL(service.url).port } };
}

async function watch(service: RunningService, { simulator }: Simulation, more = {}): Promise<string> {
  const { status, body } = await service.call("POST", "/v1/accounts", {
    name: "Smith Studio",
    session: { cookies: simulator.cookies },
    polling: { requestsPerMinute: 1_500, minIntervalSeconds: 0.2 },
    resources: ["favorites", "invoices"],
    ...more,
  });
  expect(status, JSON.stringify(body)).toBe(201);
  await service.call("POST", `/v1/accounts/${body.id}/poll?wait=true`);
  return body.id;
}

async function subscribe(
  service: RunningService,
  { webhooks }: Simulation,
  events: string[],
  more = {},
): Promise<Json> {
  const channel = { type: "webhook", url: `${webhooks.url}/hook` };
  const { status, body } = await service.call("POST", "/v1/subscriptions", { events, channel, ...more });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

/** What the doctor says: its lines, and its exit code. */
async function ask(settings: Record<string, string>, ...args: string[]) {
  const { ended, output } = runCommand(["doctor", ...args], settings);
  const code = await ended;
  return { code, lines: output().trimEnd().split("\n"), output: output() };
}

async function until<T>(look: () => Promise<T | null>): Promise<T> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error("waited in vain");
    await sleep(100);
  }
}

const about = String.raw`(about \d+ s|under 1 s)`;

function expectLines(lines: readonly string[], expected: readonly (string | RegExp)[]) {
  expect(lines, lines.join("\n")).toHaveLength(expected.length);
  for (const [index, each] of expected.entries()) {
    if (typeof each === "string") expect(lines[index]).toBe(each);
    else expect(lines[index]).toMatch(each);
  }
}

test("a service that is well, and one that has no account yet", async () => {
  const { studio, service, settings } = await begin();
  const empty = await ask(settings);
  const head = [
    "Settings",
    /^ {2}✓ Node \d+\.\d+\.\d+ is recent enough\.$/,
    "  ✓ The settings can be used.",
    "",
    `Service at ${service.url}`,
    /^ {2}✓ It answers: pixiehook \d+\.\d+\.\d+\.$/,
    "  ✓ It is ready: Redis answers, and the workers keep up.",
  ];
  const needs = (clocks: RegExp) => [
    "",
    "What it needs",
    /^ {2}✓ Redis \d+\.\d+\.\d+ drops no keys, writes down what it gets, and uses [\d.]+ MB of memory\.$/,
    clocks,
    "  ✓ All parts run, in 1 process, and are in time.",
    /^ {2}✓ The data folder can be written to, and its disk has [\d.]+ [GT]B left\.$/,
  ];
  expectLines(empty.lines, [
    ...head,
    "  ! No account is watched yet.",
    `    Add one: ${service.url}/accounts/new`,
    ...needs(/^ {2}✓ The clocks of the service and Redis agree\.$/),
    "",
    "Subscriptions",
    "  ! Nobody is told of anything yet.",
    `    Add a subscription: ${service.url}/subscriptions/new`,
    "",
    "Nothing is wrong. 2 things to know of.",
  ]);
  expect(empty.code).toBe(0);

  const account = await watch(service, studio);
  await subscribe(service, studio, ["favorite.*"]);
  const well = await ask(settings);
  // Looks are shared for ten seconds: the receiver is as a rule not in this one.
  const shared = well.lines.filter((line) => line !== "  ✓ 1 receiver can be reached.");
  expectLines(shared, [
    ...head,
    ...needs(/^ {2}✓ The clocks of the service(, Redis and Pixieset| and Redis) agree\.$/),
    "",
    `Smith Studio  ${account}`,
    /^ {2}✓ Signed in as \S+\.$/,
    new RegExp(`^ {2}✓ 5 sources, 1500 requests a minute\\. Changes are found in ${about} on average[;.]`),
    "",
    "Subscriptions",
    "  ✓ 1 subscription on, none failing.",
    "",
    "Nothing is wrong.",
  ]);
  expect(well.code).toBe(0);
  expect(well.output).not.toContain("\u001b[");
  expect(well.output).not.toContain(service.token);

  const forecast = (await service.call("GET", `/v1/accounts/${account}/forecast`)).body;
  expect(forecast).toMatchObject({
    requestsPerMinute: 1_500,
    sources: 5,
    waiting: 0,
    keepsMaxInterval: true,
  });
  expect(forecast.expectedDelaySeconds).toBeGreaterThanOrEqual(0.1);
  expect(forecast.options).toHaveLength(4);
}, 60_000);

test("an account whose session has ended, and a flood that is held", async () => {
  const { studio, service, settings } = await begin();
  const account = await watch(service, studio, { floodThreshold: 2 });
  studio.simulator.addFavorites({ count: 5 });
  await until(async () => {
    const { body } = await service.call("GET", `/v1/accounts/${account}/holds`);
    return body.data.length > 0 ? true : null;
  });
  studio.simulator.expireSession("redirect-login");
  await until(async () => {
    const { body } = await service.call("GET", `/v1/accounts/${account}`);
    return body.session.status === "expired" ? true : null;
  });
  const { code, lines } = await ask(settings);
  const at = lines.indexOf(`Smith Studio  ${account}`);
  const page = `${service.url}/accounts/${account}`;
  expectLines(lines.slice(at + 1, lines.indexOf("", at)), [
    /^ {2}✗ The session has ended, and nothing is polled\. .+\.$/,
    `    Hand fresh cookies over with \`pixiehook connect ${account}\`, or at ${page}#session.`,
    "  ✗ 5 changes to favorites came at once and are held back.",
    `    Look at them, then let them go or drop them: ${page}#held`,
  ]);
  expect(lines.at(-1)).toBe("2 things need you. 1 thing to know of.");
  expect(code).toBe(1);
  const { body } = await service.call("GET", `/v1/accounts/${account}/forecast`);
  expect(body).toMatchObject({ expectedDelaySeconds: null, keepsMaxInterval: null, options: [] });
}, 60_000);

test("sources that fail or are off, told by their reason, and a receiver that fails", async () => {
  const { studio, service, settings } = await begin();
  const account = await watch(service, studio);
  const later = { retry: { delays: ["1h"] } };
  const hook = await subscribe(service, studio, ["source.*", "favorite.*"], later);
  const often = { description: "Hasty", retry: { delays: Array(20).fill("500ms") } };
  const hasty = await subscribe(service, studio, ["source.*"], often);
  const paused = await subscribe(service, studio, ["source.*"], { description: "Later", paused: true });
  studio.webhooks.answer({ status: 500, times: Infinity });
  studio.simulator.setFault({ kind: "500", path: "/favorites" });
  studio.simulator.setFault({ kind: "403", path: "/invoices" });
  await service.call("POST", `/v1/accounts/${account}/poll?wait=true`);
  await until(async () => {
    const { body } = await service.call("GET", `/v1/accounts/${account}/sources?status=failing`);
    return body.data.some(({ failures }: Json) => failures >= 3) ? true : null;
  });
  await until(async () => {
    const { body } = await service.call("GET", `/v1/subscriptions/${hook.id}/deliveries`);
    return body.data.some(({ attemptCount }: Json) => attemptCount > 0) ? true : null;
  });
  const mailboxOf = async ({ id }: Json) =>
    (await service.call("GET", `/v1/subscriptions/${id}`)).body.mailbox;
  await until(async () => ((await mailboxOf(hasty)).status === "resting" ? true : null));
  await until(async () => ((await mailboxOf(paused)).waiting > 0 ? true : null));
  const { code, lines } = await ask(settings);
  expect(code).toBe(1);
  const at = lines.indexOf(`Smith Studio  ${account}`);
  expect(lines[at + 2]).toMatch(
    /^ {2}✗ 3 sources are failing \(Favorites of .+, Favorites of .+ and 1 more\): .* 500 \(Server Error\)\.$/,
  );
  expect(lines[at + 3]).toMatch(/^ {4}Failed \d+ times in a row, and tried again by itself\./);
  expect(lines[at + 4]).toMatch(/^ {2}! 1 source is off \(Invoices\): .* 403/);
  const name = `Webhook to ${new URL(studio.webhooks.url).host}/hook`;
  const failing = lines.find((line) => line.startsWith(`  ! ${name}: `));
  expect(failing).toMatch(/: a delivery has failed 1 time: the endpoint answered 500\.$/);
  expect(lines.find((line) => line.startsWith("  ✗ Hasty. "))).toMatch(
    /Resting until .* UTC: the receiver failed \d+ times in a row\..* The last answer: the endpoint answered 500\.$/,
  );
  expect(lines.find((line) => line.startsWith("  ! Later. "))).toMatch(
    /Paused: \d (delivery waits|deliveries wait)\.$/,
  );

  const json = JSON.parse((await ask(settings, "--json")).output);
  expect(json.ok).toBe(false);
  const [, , , smith, subscriptions] = json.sections;
  expect(smith.account).toBe(account);
  expect(smith.findings.slice(0, 3)).toMatchObject([
    { level: "good", code: "session_active", remedy: null },
    { level: "problem", code: "sources_failing" },
    { level: "notice", code: "sources_off" },
  ]);
  expect(subscriptions.findings).toMatchObject([
    { level: "good", code: "subscriptions" },
    { level: "notice", code: "subscription_paused" },
    { level: "problem", code: "subscription_resting" },
    { level: "notice", code: "delivery_retried" },
  ]);
}, 60_000);

test("no service, a wrong token, wrong settings, and something else that answers", async () => {
  const { studio, service, settings } = await begin();
  const { PORT, ...elsewhere } = settings;
  const wrong = await ask(settings, "--token", "not-the-token-of-it");
  expect(wrong.code).toBe(1);
  expect(wrong.lines).toContain("  ✗ The service does not accept the API token from --token.");
  expect(wrong.output).not.toContain("not-the-token-of-it");

  const none = await ask({ PIXIEHOOK_DATA_DIR: `${settings.PIXIEHOOK_DATA_DIR}/none`, PORT });
  expect(none.lines.join("\n")).toMatch(/✗ There is no API token in .*none\/api-token\.\n {4}Give it with/);

  const settled = await ask(
    { ...elsewhere, PORT: "many", SMTP_URL: "smtp://mail.example.com" },
    "--url",
    service.url,
  );
  expect(settled.lines).toContain('  ✗ PORT is "many": use a number from 0 to 65535.');
  expect(settled.output).toContain("EMAIL_FROM is missing");
  expect(settled.lines).toContain("  ✓ It is ready: Redis answers, and the workers keep up.");

  const other = await ask(settings, "--url", studio.webhooks.url);
  expect(other.lines).toContain(`  ✗ What answers at ${studio.webhooks.url} is not pixiehook.`);
  expect(studio.webhooks.received.every(({ headers }) => headers.authorization === undefined)).toBe(true);

  await service.end("SIGTERM");
  const away = await ask(settings);
  expect(away.code).toBe(1);
  expectLines(away.lines.slice(4), [
    "Service",
    /^ {2}✗ No service answers at http:\/\/127\.0\.0\.1:\d+ \(connect ECONNREFUSED .*\)\.$/,
    "    Start it with `npm start`, or say where it is with --url.",
    "",
    "What it needs to start",
    `  ✓ The port ${PORT} is free.`,
    /^ {2}✓ Redis \d+\.\d+\.\d+ is installed \(.*-server\)\.$/,
    /^ {2}✓ The data folder can be written to, and its disk has [\d.]+ [GT]B left\.$/,
    "",
    "1 thing needs you.",
  ]);
}, 60_000);
