import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
const cwd = fileURLToPath(new URL("../../", import.meta.url));
const browsers = ["chromium", "firefox"] as const;
const nameOf = (browser: string) => `pixiehook-companion-${browser}-0.1.0.zip`;
let folder: string;

const build = (out: string, words: readonly string[] = [], env: NodeJS.ProcessEnv = {}) =>
  run(process.execPath, ["scripts/companion.js", "--out", join(folder, out), ...words], {
    cwd,
    env: { ...process.env, ...env },
  });
const manifestIn = async (out: string, browser: string) =>
  JSON.parse(await readFile(join(folder, out, browser, "manifest.json"), "utf8"));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pixiehook-companion-"));
  await build("one", [], { TZ: "UTC" });
  await build("two", [], { TZ: "Pacific/Auckland" });
  await build("demo", ["--for", "http://127.0.0.1:4010", "--for", "http://localhost:4010/"]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(browsers)("the companion for %s", (browser) => {
  test("is the same, byte for byte, on each run and in each zone", async () => {
    const [one, two] = await Promise.all(
      ["one", "two"].map((out) => readFile(join(folder, out, nameOf(browser)))),
    );
    expect(one?.equals(two ?? Buffer.of())).toBe(true);
  });

  test("has all in its zip that is in the folder, and nothing that is not needed", async () => {
    const inZip = Object.keys(unzipSync(await readFile(join(folder, "one", nameOf(browser))))).sort();
    const files = await readdir(join(folder, "one", browser), { recursive: true, withFileTypes: true });
    expect(inZip.length).toBe(files.filter((entry) => entry.isFile()).length);
    expect(inZip).toEqual(
      expect.arrayContaining(["manifest.json", "background.js", "popup.html", "icons/128.png"]),
    );
    expect(inZip.filter((name) => !/\.(js|html|css|png)$|^manifest\.json$/.test(name))).toEqual([]);
  });

  test("may reach Pixieset's two hosts and nothing else, until somebody allows more", async () => {
    const manifest = await manifestIn("one", browser);
    expect(manifest.permissions).toEqual(["cookies", "alarms", "storage"]);
    expect(manifest.host_permissions).toEqual([
      "https://galleries.pixieset.com/*",
      "https://studio.pixieset.com/*",
    ]);
    expect(await readFile(join(folder, "one", browser, "made-for.js"), "utf8")).toBe(
      "export const madeFor = [];\n",
    );
    for (const key of ["content_scripts", "web_accessible_resources", "externally_connectable"])
      expect(manifest).not.toHaveProperty(key);
    const policy: string = manifest.content_security_policy.extension_pages;
    expect(policy).toMatch(/default-src 'none'; script-src 'self';/);
    // A pixiehook in the house may have no certificate.
    expect(policy).not.toContain("upgrade-insecure-requests");
  });

  test("for a demo may reach the demo's addresses, too", async () => {
    const { host_permissions } = await manifestIn("demo", browser);
    expect(host_permissions.slice(2)).toEqual(["http://127.0.0.1/*", "http://localhost/*"]);
    const made = await readFile(join(folder, "demo", browser, "made-for.js"), "utf8");
    expect(made).toBe('export const madeFor = ["http://127.0.0.1:4010","http://localhost:4010"];\n');
  });
});

test("what is no origin is refused, with what to do", async () => {
  await expect(build("none", ["--for", "localhost:4010"])).rejects.toMatchObject({
    stderr: expect.stringContaining("--for localhost:4010: give an origin, such as http://127.0.0.1:4010."),
  });
});
