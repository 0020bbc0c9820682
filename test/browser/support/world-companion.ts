import { createServer } from "node:net";
import { inject } from "vitest";
import type { Simulation } from "../../../src/simulator/run.js";
import { startSimulation } from "../../../src/simulator/run.js";
import type { Simulator } from "../../../src/simulator/simulator.js";
import { type Json, type RunningService, startService, temporaryFolder } from "../../support/service.js";
import { buildCompanion, type CompanionOptions, launchCompanion } from "./extension.js";
import { type Person, personAt } from "./person-companion.js";

/** A service as a user runs it, a simulated Pixieset with a name for each host, and browsers with the companion. */
export interface CompanionWorld {
  readonly simulation: Simulation;
  readonly simulator: Simulator;
  /** Where browsers reach the service: a host of its own, as its cookies are none of Pixieset's. */
  readonly address: string;
  readonly token: string;
  /** The body of an answer of the API; fails when the answer is an error. */
  api(method: string, path: string, body?: unknown): Promise<Json>;
  /** An account that looks at its lists all the time, without a session unless told. */
  connect(wanted?: Record<string, unknown>): Promise<string>;
  /** A browser with nothing but the companion in it. */
  open(options?: OpenOptions): Promise<Person>;
  /** Ends the service as a crash does. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Closes the browsers, deletes the accounts, and lets Pixieset be as it was at first. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

export interface OpenOptions extends Omit<CompanionOptions, "extension"> {
  /** Runs the browser, which is its first argument. Chromium itself unless told. */
  readonly program?: string;
}

const token = "the-token-of-the-companion-tests";

/** A port that was free a moment ago: the companion is built for it before anything listens there. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const found = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (found === null || typeof found === "string") throw new Error("no port");
  return found.port;
}

/** Starts all of it but the browsers. */
export async function startCompanionWorld(): Promise<CompanionWorld> {
  const ends: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    return await begin(ends, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function begin(ends: (() => Promise<unknown>)[], close: () => Promise<void>): Promise<CompanionWorld> {
  const folder = await temporaryFolder();
  ends.push(folder.dispose);
  const simulation = await startSimulation({ seed: 4, collections: 2, studioHost: "localhost" });
  ends.push(simulation.close);
  const { simulator, mail } = simulation;
  const port = await freePort();
  const address = `http://pixiehook.localhost:${port}`;
  const origins = [simulator.galleryUrl, simulator.studioUrl, address].map((url) => new URL(url).origin);
  const extension = await buildCompanion(origins);
  ends.push(extension.dispose);

  const settings = {
    PORT: String(port),
    PIXIEHOOK_PUBLIC_URL: address,
    PIXIEHOOK_DATA_DIR: folder.path,
    PIXIEHOOK_API_TOKEN: token,
    PIXIEHOOK_API_RATE_LIMIT: "0",
    PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.1/32",
    PIXIESET_GALLERY_URL: simulator.galleryUrl,
    PIXIESET_STUDIO_URL: simulator.studioUrl,
    SMTP_URL: mail.url,
    EMAIL_FROM: "pixiehook <alerts@example.com>",
  };
  let service: RunningService;
  const start = async () => {
    service = await startService(settings, [], { withinMs: 60_000 });
  };
  await start();
  const isDown = () => service.child.signalCode !== null || service.child.exitCode !== null;
  ends.push(async () => isDown() || service.end("SIGTERM"));

  const api: CompanionWorld["api"] = async (method, path, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  };
  const people: Person[] = [];
  const accounts: string[] = [];
  const leave = async () => {
    if (isDown()) await start();
    for (const person of people.splice(0)) await person.leave();
    for (const account of accounts.splice(0)) await api("DELETE", `/v1/accounts/${account}`);
    simulator.clearFaults();
    simulator.set({ challenged: "nobody" });
    simulator.requests.clear();
  };
  ends.push(async () => {
    for (const person of people.splice(0)) await person.leave();
  });
  const world: CompanionWorld = {
    simulation,
    simulator,
    address,
    token,
    api,
    async connect(wanted = {}) {
      const account = await api("POST", "/v1/accounts", {
        name: "Smith Studio",
        resources: ["favorites"],
        polling: { requestsPerMinute: 1_200, minIntervalSeconds: 0.25 },
        ...wanted,
      });
      accounts.push(account.id);
      return account.id;
    },
    async open({ program = inject("chromium"), ...options } = {}) {
      const browser = await launchCompanion(program, { extension: extension.folder, ...options });
      const person = personAt(browser, world);
      people.push(person);
      return person;
    },
    kill: async () => void (await service.end("SIGKILL")),
    start,
    leave,
    close,
  };
  return world;
}
