import type { BrowserContext, Page } from "playwright-core";
import { type Simulation, startSimulation } from "../../../src/simulator/run.js";
import { type Json, type RunningService, startService, temporaryFolder } from "../../support/service.js";
import { launchBrowser } from "./launch.js";
import { type Failures, type Recorder, record } from "./recorder.js";

export type Scheme = "light" | "dark";
export type Width = "desktop" | "phone";

/** How a page is looked at: signed in, with scripts, on a bright desktop, unless told. */
export interface View {
  readonly scheme?: Scheme;
  readonly width?: Width;
  readonly scripts?: boolean;
  readonly signedIn?: boolean;
  /** Signs in with this API token, and not with the one of the service. */
  readonly token?: string;
  /** Answers that are meant to fail. Any other failed answer fails the test, and so does one of these that never comes. */
  readonly failures?: Failures;
}

const sizes = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

/** A service as a user runs it, a simulated studio with its catchers, and a browser. */
export interface World {
  readonly simulation: Simulation;
  readonly service: RunningService;
  /** The body of an answer of the API; fails when the answer is an error. */
  api(method: string, path: string, body?: unknown): Promise<Json>;
  /** Connects the studio and reads it once. Its lists are looked at again every second. */
  connect(wanted?: Record<string, unknown>): Promise<string>;
  /** Lets every list be read now. */
  poll(account: string): Promise<void>;
  /** A fresh page; paths given to it are those of the service. */
  open(view?: View): Promise<Page>;
  /** Closes the pages opened so far; what was wrong in them, a line each. */
  leave(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const settings = ({ simulator, mail }: Simulation, folder: string) => ({
  PIXIEHOOK_DATA_DIR: folder,
  PIXIEHOOK_API_TOKEN: "the-token-of-the-browser-tests",
  PIXIEHOOK_API_RATE_LIMIT: "0",
  PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.1/32",
  PIXIESET_GALLERY_URL: simulator.galleryUrl,
  PIXIESET_STUDIO_URL: simulator.studioUrl,
  SMTP_URL: mail.url,
  EMAIL_FROM: "pixiehook <alerts@example.com>",
});

/** Starts all of it; `chromium`: the path of the browser. */
export async function startWorld(chromium: string): Promise<World> {
  const ends: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  const begin = async () => {
    const folder = await temporaryFolder();
    ends.push(folder.dispose);
    const simulation = await startSimulation({ seed: 4, collections: 3 });
    ends.push(simulation.close);
    const service = await startService(settings(simulation, folder.path), [], { withinMs: 60_000 });
    ends.push(() => service.end("SIGTERM"));
    const { browser, close: closeBrowser } = await launchBrowser(chromium);
    ends.push(closeBrowser);
    return { simulation, service, browser };
  };
  const { simulation, service, browser } = await begin().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const opened: { context: BrowserContext; recorder: Recorder }[] = [];

  const api: World["api"] = async (method, path, body) => {
    const answer = await service.call(method, path, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const poll: World["poll"] = async (account) => {
    const { failed } = await api("POST", `/v1/accounts/${account}/poll?wait=true`);
    if (failed.length > 0) throw new Error(`not every list could be read: ${JSON.stringify(failed)}`);
  };
  return {
    simulation,
    service,
    api,
    poll,
    close,
    async connect(wanted = {}) {
      const account = await api("POST", "/v1/accounts", {
        name: "Smith Studio",
        session: { cookies: simulation.simulator.cookies },
        resources: ["favorites", "downloads", "invoices"],
        polling: { requestsPerMinute: 6_000, minIntervalSeconds: 1 },
        ...wanted,
      });
      await poll(account.id);
      return account.id;
    },
    async open(view = {}) {
      const { scheme = "light", width = "desktop", scripts = true, signedIn = true } = view;
      const isPhone = width === "phone";
      const context = await browser.newContext({
        baseURL: service.url,
        viewport: sizes[width],
        isMobile: isPhone,
        hasTouch: isPhone,
        colorScheme: scheme,
        reducedMotion: "reduce",
        javaScriptEnabled: scripts,
        locale: "en-GB",
        timezoneId: "UTC",
      });
      context.setDefaultTimeout(15_000);
      const form = { token: view.token ?? service.token };
      if (signedIn) await context.request.post("/sign-in", { form, maxRedirects: 0 });
      opened.push({ context, recorder: record(context, service.url, view.failures ?? {}) });
      return context.newPage();
    },
    async leave() {
      const left = opened.splice(0);
      for (const { context } of left) await context.close();
      return left.flatMap(({ recorder }) => recorder.complaints());
    },
  };
}
