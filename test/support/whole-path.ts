import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startSimulation } from "../../src/simulator/run.js";
import { type Json, runCommand, startService, temporaryFolder } from "./service.js";

/** A service over a Redis of the test's, a studio that it watches, and what its receiver got. */
export type WholePath = Awaited<ReturnType<typeof startWholePath>>;

export async function waitUntil(
  look: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 20_000,
): Promise<number> {
  const start = Date.now();
  while (!(await look())) {
    if (Date.now() - start > timeoutMs) throw new Error(`waited in vain until ${what}`);
    await sleep(30);
  }
  return Date.now() - start;
}

/** What a start says that fails at once. */
export async function refusedStart(settings: Record<string, string>): Promise<string> {
  const key = Buffer.alloc(32, 3).toString("base64");
  const started = runCommand(["start"], { PIXIEHOOK_SECRET_KEY: key, PORT: "0", ...settings });
  const inTime = setTimeout(() => started.child.kill("SIGKILL"), 10_000);
  const code = await started.ended;
  clearTimeout(inTime);
  if (code !== 1) throw new Error(`it ended with ${code}:\n${started.output()}`);
  return started.output();
}

/** `redis`: the settings that say where Redis is. */
export async function startWholePath(redis: Record<string, string>) {
  const open: { close(): Promise<unknown> }[] = [];
  const close = async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  };
  try {
    const folder = await temporaryFolder();
    open.push({ close: folder.dispose });
    const studio = await startSimulation({ seed: 4, collections: 2 });
    open.push(studio);
    const service = await startService({
      PIXIEHOOK_DATA_DIR: join(folder.path, "data"),
      PIXIEHOOK_SECRET_KEY: Buffer.alloc(32, 3).toString("base64"),
      PIXIEHOOK_API_TOKEN: "a-token-for-this-test-alone",
      PIXIESET_GALLERY_URL: studio.simulator.galleryUrl,
      PIXIESET_STUDIO_URL: studio.simulator.studioUrl,
      PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
      ...redis,
    });
    const { child } = service;
    open.push({ close: async () => child.exitCode ?? child.signalCode ?? service.end("SIGKILL") });
    const { call } = service;
    const account = await call("POST", "/v1/accounts", {
      name: "Smith Studio",
      session: { cookies: studio.simulator.cookies },
      polling: { requestsPerMinute: 3_000, minIntervalSeconds: 0.2 },
    });
    if (account.status !== 201) throw new Error(JSON.stringify(account.body));
    const channel = { type: "webhook", url: `${studio.webhooks.url}/hook` };
    const made = await call("POST", "/v1/subscriptions", { events: ["favorite.added"], channel });
    const id: string = account.body.id;
    await call("POST", `/v1/accounts/${id}/poll?wait=true`);
    const wanted = new Set<string>();
    /** The objects of the events that came, each as often as it came; and the ids of the events. */
    const objects = () => studio.webhooks.received.map(({ json }) => String((json as Json).data.object.id));
    const events = () => studio.webhooks.received.map(({ json }) => String((json as Json).id));
    return {
      studio,
      service,
      call,
      account: id,
      subscription: made.body.id as string,
      /** Favorites that are to be told of. */
      act(count: number) {
        for (const { id: favorite } of studio.simulator.addFavorites({ count }).favorites)
          wanted.add(favorite);
      },
      wanted,
      objects,
      events,
      /** What the service wrote into its log at a level that somebody should look at. */
      troubles: () =>
        service
          .output()
          .split("\n")
          .filter((line) => /^\{"level":"(error|fatal)"/.test(line)),
      arrived: (what: string, timeoutMs?: number) =>
        waitUntil(() => new Set(objects()).size >= wanted.size, what, timeoutMs),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
