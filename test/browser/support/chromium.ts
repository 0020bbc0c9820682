import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { StartError } from "../../../src/errors.js";
import { installPackage, type PackageOptions } from "../../../src/store/embedded/system-package.js";

const run = promisify(execFile);
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const macApps = ["Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome"];

const aptScript = `
export DEBIAN_FRONTEND=noninteractive
apt-get -q update
apt-get -q -y -o DPkg::Lock::Timeout=120 install chromium
`;

/** What the tests of the pages run in, and how it comes here. */
export interface ChromiumOptions extends PackageOptions {
  /** CHROMIUM_PATH: this one and no other. */
  readonly chosen: string | undefined;
  /** Where macOS keeps programs. */
  readonly applications?: string;
}

/**
 * The path of a Chromium or a Chrome; installs Chromium with apt-get where none is found and no password is needed.
 * Throws `StartError` with the one thing to do where there is none in the end.
 */
export async function needChromium(options: ChromiumOptions): Promise<string> {
  const { chosen, folders, applications = "/Applications" } = options;
  const find = () => findIn(folders, applications);
  if (chosen) {
    if (await answers(chosen)) return chosen;
    throw new StartError(
      `CHROMIUM_PATH is ${chosen}, which does not start: set it to a Chromium or a Chrome.`,
    );
  }
  const before = await find();
  if (before !== null) return before;
  const chromium = {
    name: "Chromium",
    what: "Chromium or Chrome",
    byHand: "install one of them",
    instead: "or set CHROMIUM_PATH to one that is elsewhere",
    managers: [
      { tool: "apt-get", asRoot: true, command: "sudo apt-get install chromium", script: aptScript },
    ],
    isThere: async () => (await find()) !== null,
  };
  await installPackage(chromium, options);
  const after = await find();
  if (after !== null) return after;
  throw new StartError("Chromium is installed and not found: set CHROMIUM_PATH to it.");
}

async function findIn(folders: readonly string[], applications: string): Promise<string | null> {
  const programs = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  for (const path of [...programs, ...macApps.map((app) => join(applications, app))]) {
    if (await answers(path)) return path;
  }
  return null;
}

/** Ubuntu puts a script there that only says where to get one: what counts is whether it starts. */
function answers(path: string): Promise<boolean> {
  return run(path, ["--version"], { timeout: 20_000 }).then(
    () => true,
    () => false,
  );
}
