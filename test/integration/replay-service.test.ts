import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { startSimulation } from "../../src/simulator/run.js";
import { runCommand, startService, temporaryFolder } from "../support/service.js";

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

test("a service that is killed in the middle of a replay ends it after the next start, each event once", async () => {
  const studio = await startSimulation({ seed: 3, collections: 2 });
  open.push(studio);
  const folder = await temporaryFolder();
  open.push({ close: folder.dispose });
  const settings = {
    PIXIEHOOK_DATA_DIR: folder.path,
    PIXIESET_GALLERY_URL: studio.simulator.galleryUrl,
    PIXIESET_STUDIO_URL: studio.simulator.studioUrl,
    PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
  };
  const first = await startService(settings);
  open.push({ close: async () => (first.child.killed ? null : first.end("SIGKILL")) });
  const { body: account } = await first.call("POST", "/v1/accounts", {
    name: "Smith Studio",
    session: { cookies: studio.simulator.cookies },
    polling: { requestsPerMinute: 3_000, minIntervalSeconds: 0.2 },
    resources: ["favorites"],
  });
  const poll = () => first.call("POST", `/v1/accounts/${account.id}/poll?wait=true`);
  await poll();
  studio.simulator.addFavorites({ count: 12 });
  await poll();
  // Handed on before there is a subscription: it gets none of them by itself.
  const logged = async () => (await first.call("GET", "/v1/events?type=favorite.added")).body.data.length;
  while ((await logged()) < 12) await sleep(20);

  const { body: made } = await first.call("POST", "/v1/subscriptions", {
    events: ["favorite.added"],
    channel: { type: "webhook", url: `${studio.webhooks.url}/hook` },
    limits: { perSecond: 5, concurrency: 1 },
  });
  studio.webhooks.setSecret(made.secret);
  const options = ["--since", "1h", "--only", "missing", "--json"];
  const begun = runCommand(["replay", made.id, "--url", first.url, ...options], {
    PIXIEHOOK_API_TOKEN: first.token,
  });
  expect(await begun.ended, begun.output()).toBe(0);
  const { id, count } = JSON.parse(begun.output());
  expect(count).toBe(12);
  await studio.webhooks.waitFor(() => studio.webhooks.received.length >= 2);
  await first.end("SIGKILL");

  const second = await startService(settings);
  open.push({ close: () => second.end("SIGKILL") });
  const look = async () => (await second.call("GET", `/v1/subscriptions/${made.id}/replays/${id}`)).body;
  while ((await look()).status === "running") await sleep(50);
  const events = () => studio.webhooks.received.map(({ json }) => (json as { id: string }).id);
  await studio.webhooks.waitFor(() => new Set(events()).size >= 12);
  expect(await look()).toMatchObject({ status: "done", queued: 12 });
  expect(new Set(events()).size).toBe(12);
  // What was on its way when the process died is sent again, and nothing else.
  expect(events().length).toBeLessThanOrEqual(14);
}, 30_000);
