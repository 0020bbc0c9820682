import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type BrowserContext, chromium, type Page, type Worker } from "playwright-core";
import { flags } from "./launch.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../../", import.meta.url));

// Chrome, other than Chromium, no longer loads them from the command line by itself.
const loading = "--disable-features=DisableLoadExtensionCommandLineSwitch";

/** A browser of somebody who has installed the companion, with a profile that goes with it. */
export interface CompanionBrowser {
  readonly context: BrowserContext;
  /** The id of the extension, which is the host of its pages. */
  readonly id: string;
  /** Opens a page of the extension in a tab: `popup.html`, `about.html`. */
  openPage(name: string): Promise<Page>;
  /** What an expression gives in a page of the extension, such as `chrome.action.getBadgeText({})`. */
  ask(expression: string): Promise<unknown>;
  /** The background of the extension. It answers nothing after `stopWorker`: use `ask` then. */
  worker(): Promise<Worker>;
  /** Ends the background as the browser does at will; resolves when it is gone. */
  stopWorker(): Promise<void>;
  /** Pastes a pairing link into the popup and presses Connect; resolves when the popup says that it is connected. */
  pair(link: string): Promise<void>;
  /** Leaves the profile, so that `launchCompanion` can open it again with `profile`. */
  quit(): Promise<void>;
  /** Closes the browser and removes the profile. */
  close(): Promise<void>;
  readonly profile: string;
}

export interface CompanionOptions {
  /** The folder that `buildCompanion` gave. */
  readonly extension: string;
  /** A profile that was left with `quit`; a new one unless told. */
  readonly profile?: string;
}

/** Builds the companion as `npm run companion` does; the folder of it for Chromium, to be removed with `dispose`. */
export async function buildCompanion(
  origins: readonly string[],
): Promise<{ readonly folder: string; dispose(): Promise<void> }> {
  const out = await mkdtemp(join(tmpdir(), "pixiehook-companion-"));
  const words = origins.flatMap((origin) => ["--for", origin]);
  await run(process.execPath, ["scripts/companion.js", ...words, "--out", out], { cwd: root });
  return { folder: join(out, "chromium"), dispose: () => rm(out, { recursive: true, force: true }) };
}

/** Starts a browser with the extension and nothing else in it. */
export async function launchCompanion(
  executablePath: string,
  { extension, profile: left }: CompanionOptions,
): Promise<CompanionBrowser> {
  const profile = left ?? (await mkdtemp(join(tmpdir(), "pixiehook-chromium-")));
  const remove = () => rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  try {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath,
      ignoreDefaultArgs: true,
      args: [
        ...flags,
        loading,
        "--remote-debugging-pipe",
        `--user-data-dir=${profile}`,
        `--load-extension=${extension}`,
        `--disable-extensions-except=${extension}`,
        "about:blank",
      ],
    });
    context.setDefaultTimeout(15_000);
    const worker = async () => context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
    const id = new URL((await worker()).url()).host;
    const openPage = async (name: string) => {
      const page = await context.newPage();
      await page.goto(`chrome-extension://${id}/${name}`);
      return page;
    };
    return {
      context,
      id,
      profile,
      openPage,
      worker,
      async stopWorker() {
        const page = await openPage("about.html");
        const session = await context.newCDPSession(page);
        const stopped = new Promise<void>((resolve) => {
          session.on("ServiceWorker.workerVersionUpdated", ({ versions }) => {
            if (versions.some(({ runningStatus }) => runningStatus === "stopped")) resolve();
          });
        });
        await session.send("ServiceWorker.enable");
        await session.send("ServiceWorker.stopAllWorkers");
        await stopped;
        await page.close();
      },
      async ask(expression) {
        const page = await openPage("about.html");
        const answer: unknown = await page.evaluate(expression);
        await page.close();
        return answer;
      },
      async pair(link) {
        const popup = await openPage("popup.html");
        await popup.getByLabel("Pairing link").fill(link);
        await popup.getByRole("button", { name: "Connect" }).click();
        await popup.getByRole("button", { name: "Disconnect" }).waitFor();
        await popup.close();
      },
      quit: () => context.close(),
      async close() {
        await context.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
