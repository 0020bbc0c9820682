import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ChromiumOptions, needChromium } from "./support/chromium.js";

// A package manager that only pretends, in a folder of its own: nothing is installed on the machine.
let folder: string;
let said: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pixiehook-chromium-test-"));
  said = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function fake(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

const need = (options: Partial<ChromiumOptions> = {}) =>
  needChromium({
    chosen: undefined,
    folders: [folder],
    applications: folder,
    signal: new AbortController().signal,
    say: (line) => said.push(line),
    user: 0,
    ...options,
  });

const placesOne = () => `/bin/cp /bin/true ${folder}/chromium`;

test("takes the one that CHROMIUM_PATH names, and no other", async () => {
  await fake("chromium", "exit 0");
  const own = await fake("my-chrome", "exit 0");
  expect(await need({ chosen: own })).toBe(own);
  const broken = await fake("my-broken-chrome", "exit 1");
  await expect(need({ chosen: broken })).rejects.toThrow(
    `CHROMIUM_PATH is ${broken}, which does not start: set it to a Chromium or a Chrome.`,
  );
});

test("finds what is installed, under its usual names, and leaves alone what does not start", async () => {
  const chrome = await fake("google-chrome", "exit 0");
  expect(await need()).toBe(chrome);
  await fake("chromium", "echo 'install the snap'; exit 1");
  const other = await fake("chromium-browser", "exit 0");
  expect(await need()).toBe(other);
  expect(said).toEqual([]);
});

test("says that it installs one, and does", async () => {
  await fake("apt-get", `echo "$@" >>${folder}/calls; case "$*" in *install*) ${placesOne()};; esac`);
  expect(await need()).toBe(join(folder, "chromium"));
  expect(said).toEqual([
    "No Chromium or Chrome is found: installing one with apt-get (like `sudo apt-get install chromium`) …",
    "Chromium is installed.",
  ]);
  expect((await readFile(join(folder, "calls"), "utf8")).trim().split("\n")).toEqual([
    "-q update",
    "-q -y -o DPkg::Lock::Timeout=120 install chromium",
  ]);
});

test("asks nobody for a password: where one is needed, it says what to do", async () => {
  await fake("apt-get", placesOne());
  await fake("sudo", "exit 1");
  await expect(need({ user: 1000 })).rejects.toThrow(
    "No Chromium or Chrome is found, and it cannot be installed without a password: run `sudo apt-get install chromium` and start again, or set CHROMIUM_PATH to one that is elsewhere.",
  );
  await fake("true", "exit 0");
  await fake("sudo", '[ "$1" = -n ] && shift && exec "$@"');
  expect(await need({ user: 1000 })).toBe(join(folder, "chromium"));
});

test("says what to do where nothing can install one", async () => {
  await expect(need()).rejects.toThrow(
    "No Chromium or Chrome is found on this machine: install one of them, or set CHROMIUM_PATH to one that is elsewhere.",
  );
});
