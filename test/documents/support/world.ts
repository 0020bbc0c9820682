import { type Simulation, startSimulation } from "../../../src/simulator/run.js";
import { type Json, type RunningService, startService, temporaryFolder } from "../../support/service.js";
import { openShell, type Shell } from "./shell.js";

/** A service on a simulated studio, and a shell whose variables are those of the documents. */
export interface World {
  readonly studio: Simulation;
  readonly service: RunningService;
  readonly shell: Shell;
  /** What the documents write for addresses that leave the machine, and what stands in their place here. */
  readonly addresses: {
    readonly slack: Replacement;
    readonly webhook: Replacement;
    readonly mail: Replacement;
  };
  addAccount(name: string): Promise<string>;
  subscribe(more?: object): Promise<Json>;
  /** Deletes all accounts and subscriptions. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** The tests of one page; they share a service with those of the others, and what they leave there. */
export type PageTests = (example: (page: string, name: string) => string, world: () => World) => void;

type Replacement = Readonly<Record<string, string>>;

/** Loopback stands for the internet here. */
export async function openWorld(): Promise<World> {
  const studio = await startSimulation({ seed: 6, collections: 2 });
  const dataDir = await temporaryFolder();
  const settings = {
    PIXIEHOOK_DATA_DIR: dataDir.path,
    PIXIESET_GALLERY_URL: studio.simulator.galleryUrl,
    PIXIESET_STUDIO_URL: studio.simulator.studioUrl,
    PIXIESET_LOGIN_URL: studio.simulator.loginUrl,
    SMTP_URL: studio.mail.url,
    EMAIL_FROM: "pixiehook <alerts@example.com>",
    PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
  };
  const service = await startService(settings);
  const { url, token } = service;
  // The commands find the service as they do in its folder: by its settings.
  const port = new URL(url).port;
  const shell = openShell({ ...settings, PORT: port, PIXIEHOOK: url, TOKEN: token });
  const made = async (path: string, body: object): Promise<Json> => {
    const answer = await service.call("POST", path, body);
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  };
  return {
    studio,
    service,
    shell,
    addresses: {
      slack: { "https://hooks.slack.com/services/T000/B000/XXXX": studio.slack.webhookUrl },
      webhook: { "https://example.com/hooks/pixieset": `${studio.webhooks.url}/hook` },
      mail: { "you@example.com": "anna@example.com" },
    },
    async addAccount(name) {
      const polling = { requestsPerMinute: 3_000, minIntervalSeconds: 0.2 };
      const session = { cookies: studio.simulator.cookies };
      return (await made("/v1/accounts", { name, session, polling })).id;
    },
    subscribe: (more = {}) =>
      made("/v1/subscriptions", {
        events: ["favorite.added"],
        digest: null,
        channel: { type: "webhook", url: `${studio.webhooks.url}/hook` },
        ...more,
      }),
    async clear() {
      for (const kind of ["accounts", "subscriptions"]) {
        const { data } = (await service.call("GET", `/v1/${kind}?limit=200`)).body;
        for (const { id } of data) await service.call("DELETE", `/v1/${kind}/${id}`);
      }
    },
    async close() {
      shell.close();
      await service.end("SIGTERM");
      await studio.close();
      await dataDir.dispose();
    },
  };
}
