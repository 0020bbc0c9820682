import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { afterEach, expect, test } from "vitest";
import { addTrigger } from "../../src/cli/trigger.js";
import { readConfig } from "../../src/config.js";
import { startSimulation } from "../../src/simulator/run.js";
import { startService, temporaryFolder } from "../support/service.js";
import { createTerminal } from "../support/terminal.js";

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
  const inCollection = async () => {
    const { body } = await service.call("GET", `/v1/accounts/${account.id}/sources`);
    return body.data.find((source: { collection: unknown }) => source.collection !== null)?.collection;
  };
  while (!(await inCollection())) await sleep(30);
  const collection = await inCollection();
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
  webhooks.answer({ status: 500, path: "/broken", times: 2 });

  const names = [chosen, team, person, broken].flatMap(({ id }) => ["--subscription", id]);
  const { terminal, lines } = createTerminal();
  const codes: number[] = [];
  const program = new Command("pixiehook").exitOverride();
  const runtime = { terminal, environment: () => ({}), exitWith: (code: number) => void codes.push(code) };
  addTrigger(program, { ...runtime, settings: () => readConfig({}) });
  const reached = ["--url", service.url, "--token", service.token];
  await program.parseAsync(["trigger", "favorite.added", ...names, "--count", "2", ...reached], {
    from: "user",
  });
  expect(codes).toEqual([1]);
  const said = (text: string) => lines.join("\n").match(new RegExp(`^${text}$`, "gm")) ?? [];
  expect(said("Stated 2 samples of favorite.added: evt_\\w+, evt_\\w+")).toHaveLength(1);
  expect(said(`${chosen.id} .*: delivered in .*`)).toHaveLength(2);
  expect(said(`${team.id} .*: delivered in .* \\(2 events in one\\)`)).toHaveLength(1);
  expect(said(`${person.id} Anna: delivered in .*`)).toHaveLength(2);
  expect(said(`${broken.id} .*: failed: the endpoint answered 500, tried again in .*`)).toHaveLength(2);

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
    expect.stringMatching(
      new RegExp(`Sample: Jane Doe favorited 2 photos in ${collection.name.replaceAll("&", "&amp;")}$`),
    ),
  ]);
  expect(mail.received.map(({ mail: { subject } }) => subject)).toEqual([
    expect.stringMatching(/^Sample: Jane Doe favorited DSC_/),
    expect.stringMatching(/^Sample: Jane Doe favorited DSC_/),
  ]);
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  expect(metrics).toMatch(/^pixiehook_events_total\{.*favorite\.added.*\} 0$/m);
  expect(metrics).not.toMatch(/^pixiehook_events(_unwanted)?_total\{.*favorite\.added.*\} [^0]/m);
}, 30_000);
