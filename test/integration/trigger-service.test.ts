import { afterEach, expect, test } from "vitest";
import { startSimulation } from "../../src/simulator/run.js";
import { runCommand, startService, temporaryFolder } from "../support/service.js";

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

test("the command sends samples through webhook, Slack and email, and says what came of each", async () => {
  const studio = await startSimulation({ seed: 7, collections: 2 });
  open.push(studio);
  const { simulator, webhooks, slack, mail } = studio;
  const folder = await temporaryFolder();
  open.push({ close: folder.dispose });
  const service = await startService({
    PIXIEHOOK_DATA_DIR: folder.path,
    PIXIESET_GALLERY_URL: simulator.galleryUrl,
    PIXIESET_STUDIO_URL: simulator.studioUrl,
    SMTP_URL: mail.url,
    EMAIL_FROM: "pixiehook <alerts@example.com>",
    PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
  });
  open.push({ close: () => service.end("SIGKILL") });
  const { body: account } = await service.call("POST", "/v1/accounts", {
    name: "Lee Studio",
    session: { cookies: simulator.cookies },
    resources: ["favorites"],
    polling: { requestsPerMinute: 3_000, minIntervalSeconds: 60 },
  });
  await service.call("POST", `/v1/accounts/${account.id}/poll?wait=true`);
  const { body: sources } = await service.call("GET", `/v1/accounts/${account.id}/sources`);
  const { collection } = sources.data.find((source: { collection: unknown }) => source.collection !== null);
  const subscribe = async (channel: object, more: object = {}) => {
    const wanted = { events: ["favorite.*"], channel, digest: null, retry: { delays: ["1h"] }, ...more };
    const { status, body } = await service.call("POST", "/v1/subscriptions", wanted);
    expect(status, JSON.stringify(body)).toBe(201);
    return body;
  };
  const hook = (path: string) => ({ type: "webhook", url: `${webhooks.url}${path}` });
  const chosen = await subscribe(hook("/chosen"), { filter: { collections: [collection.id] } });
  webhooks.setSecret(chosen.secret, "/chosen");
  const team = await subscribe(
    { type: "slack", url: slack.webhookUrl },
    { digest: { quiet: "500ms", max: "2s" } },
  );
  const person = await subscribe({ type: "email", to: ["anna@example.com"] }, { description: "Anna" });
  await subscribe(hook("/bystander"), { events: ["*"] });
  const broken = await subscribe(hook("/broken"));
  webhooks.answer({ status: 500, path: "/broken" });

  const run = async (...args: string[]) => {
    const command = runCommand(["trigger", "favorite.added", "--url", service.url, ...args], {
      PIXIEHOOK_API_TOKEN: service.token,
    });
    return { code: await command.ended, output: command.output() };
  };
  const to = (...ids: string[]) => ids.flatMap((id) => ["--subscription", id]);
  const [well, failing] = await Promise.all([
    run(...to(chosen.id, team.id, person.id), "--count", "2"),
    run(...to(broken.id), "--json"),
  ]);

  expect(well.code, well.output).toBe(0);
  expect(well.output).toMatch(/^Stated 2 samples of favorite\.added: evt_\w+, evt_\w+$/m);
  expect(well.output.match(new RegExp(`^${chosen.id} .*: delivered in .*$`, "gm"))).toHaveLength(2);
  expect(well.output).toMatch(new RegExp(`^${team.id} .*: delivered in .* \\(2 events in one\\)$`, "m"));
  expect(well.output.match(new RegExp(`^${person.id} Anna: delivered in .*$`, "gm"))).toHaveLength(2);
  expect(failing.code, failing.output).toBe(1);
  expect(JSON.parse(failing.output)).toMatchObject({ deliveries: [{ attemptCount: 1, status: "pending" }] });

  const got = webhooks.received.filter(({ path }) => path === "/chosen");
  expect(got).toHaveLength(2);
  for (const { verdict, json } of got) {
    expect(verdict).toBe("valid");
    expect(json).toMatchObject({
      type: "favorite.added",
      data: { account: { name: "Lee Studio" }, collection, detected: { sample: true } },
    });
  }
  expect(webhooks.received.filter(({ path }) => path === "/bystander")).toEqual([]);
  expect(slack.received.map(({ message }) => message?.text)).toEqual([
    expect.stringMatching(new RegExp(`Sample: Jane Doe favorited 2 photos in ${collection.name}`)),
  ]);
  expect(mail.received.map(({ mail: { subject } }) => subject)).toEqual([
    expect.stringMatching(/^Sample: Jane Doe favorited DSC_/),
    expect.stringMatching(/^Sample: Jane Doe favorited DSC_/),
  ]);
  const { body: metrics } = { body: await (await fetch(`${service.url}/metrics`)).text() };
  expect(metrics).not.toMatch(/^pixiehook_events(_unwanted)?_total\{.*favorite\.added/m);
}, 30_000);
