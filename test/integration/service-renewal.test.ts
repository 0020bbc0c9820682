import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startSimulation } from "../../src/simulator/run.js";
import { type Json, startService, temporaryFolder } from "../support/service.js";

test("the program renews a session with credentials, also after a restart, and keeps them to itself", async () => {
  const studio = await startSimulation({ seed: 11, collections: 2 });
  const folder = await temporaryFolder();
  const { simulator, webhooks } = studio;
  const settings = {
    PIXIEHOOK_DATA_DIR: folder.path,
    PIXIESET_GALLERY_URL: simulator.galleryUrl,
    PIXIESET_STUDIO_URL: simulator.studioUrl,
    PIXIESET_LOGIN_URL: simulator.loginUrl,
    PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
    LOG_LEVEL: "trace",
  };
  let service = await startService(settings);
  const first = service;
  try {
    const { email, password } = simulator.credentials;
    const polling = { requestsPerMinute: 3_000, minIntervalSeconds: 0.2 };
    const input = { name: "Smith Studio", session: { email, password }, polling };
    const created = await service.call("POST", "/v1/accounts", input);
    expect(created).toMatchObject({ status: 201, body: { session: { renewal: "credentials" } } });
    const account = `/v1/accounts/${created.body.id}`;
    const channel = { type: "webhook", url: `${webhooks.url}/hook` };
    await service.call("POST", "/v1/subscriptions", { events: ["session.*", "favorite.added"], channel });
    await service.call("POST", `${account}/poll?wait=true`);

    await service.end("SIGTERM");
    simulator.expireSession("redirect-login");
    simulator.addFavorites({ count: 1 });
    service = await startService(settings);
    const told = (type: string) => webhooks.waitFor(({ json }) => (json as Json).type === type, 15_000);
    await told("session.expired");
    const { json } = await told("session.restored");
    expect((json as Json).data.object).toMatchObject({ status: "active", by: "credentials" });
    await told("favorite.added");

    const forgotten = await service.call("PATCH", account, { credentials: null });
    expect(forgotten.body.session).toMatchObject({ status: "active", renewal: "cookies" });
    const renewed = await service.call("PUT", `${account}/session`, { email, password });
    expect(renewed).toMatchObject({ status: 200, body: { renewal: "credentials" } });
    const said = JSON.stringify([created, forgotten, renewed, webhooks.received]);
    expect(said + first.output() + service.output()).not.toContain(password);
    await service.end("SIGTERM");
    const files = await readdir(folder.path, { recursive: true, withFileTypes: true });
    for (const file of files.filter((each) => each.isFile())) {
      const bytes = await readFile(join(file.parentPath, file.name), "latin1");
      expect(bytes.includes(password), file.name).toBe(false);
    }
  } finally {
    if (service.child.exitCode === null) await service.end("SIGKILL");
    await studio.close();
    await folder.dispose();
  }
}, 60_000);
