// Builds the browser companion for Chromium and Firefox into dist/companion, unpacked and zipped, the same on each run:
// `npm run companion [-- --for ORIGIN]… [--out DIR]`. With --for it may also reach these origins, as for the demo.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { parseArgs } from "node:util";
import { zipSync } from "fflate";

const root = join(import.meta.dirname, "..");
const source = join(root, "companion");
const readJson = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));
const { version } = readJson("package.json");

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

function readOptions() {
  try {
    const options = { for: { type: "string", multiple: true }, out: { type: "string" } };
    return parseArgs({ options }).values;
  } catch (error) {
    return fail(`${error.message}\nUse: npm run companion [-- --for http://127.0.0.1:4010]… [--out DIR]`);
  }
}

/** An origin as browsers write it. */
function originOf(text) {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== "/")
    fail(`--for ${text}: give an origin, such as http://127.0.0.1:4010.`);
  return url.origin;
}

/** What is said to each browser in its own way. */
const browsers = {
  chromium: {
    minimum_chrome_version: "120",
    background: { service_worker: "background.js", type: "module" },
  },
  firefox: {
    background: { scripts: ["background.js"], type: "module" },
    browser_specific_settings: {
      gecko: {
        id: "companion@pixiehook",
        strict_min_version: "140.0",
        // Both go to the pixiehook of the user, and nowhere else.
        data_collection_permissions: { required: ["authenticationInfo", "websiteContent"] },
      },
    },
  },
};

/** For all ports: Firefox knows none in patterns, and to Chromium cookies belong to a host without one. */
function patternOf(origin) {
  const { protocol, hostname } = new URL(origin);
  return `${protocol}//${hostname}/*`;
}

function manifestFor(own, origins) {
  const { host_permissions, ...shared } = readJson("companion/manifest.json");
  const patterns = [...new Set([...host_permissions, ...origins.map(patternOf)])];
  return { ...shared, version, ...own, host_permissions: patterns };
}

function filesBelow(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((path) => relative(folder, path).split(sep).join("/")).sort();
}

/** The same bytes for the same files: names in order, and one time for all, which zips keep as local time. */
function zip(folder) {
  const entries = filesBelow(folder).map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]);
  return zipSync(Object.fromEntries(entries), { level: 9, mtime: new Date(1980, 0, 1) });
}

const options = readOptions();
const origins = (options.for ?? []).map(originOf);
const out = resolve(options.out ?? join(root, "dist", "companion"));
const compiled = join(out, "compiled");
rmSync(compiled, { recursive: true, force: true });
const compiler = [join(root, "node_modules/typescript/bin/tsc"), "-p", source, "--outDir", compiled];
const settings = ["--noEmit", "false", "--incremental", "false"];
try {
  execFileSync(process.execPath, [...compiler, ...settings], { stdio: "inherit" });
} catch {
  fail("The companion was not built: see above.");
}
writeFileSync(join(compiled, "made-for.js"), `export const madeFor = ${JSON.stringify(origins)};\n`);

for (const [name, own] of Object.entries(browsers)) {
  const folder = join(out, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const part of [compiled, join(source, "pages")]) cpSync(part, folder, { recursive: true });
  cpSync(join(source, "icons"), join(folder, "icons"), { recursive: true });
  writeFileSync(join(folder, "manifest.json"), `${JSON.stringify(manifestFor(own, origins), null, 2)}\n`);
  const file = join(out, `pixiehook-companion-${name}-${version}.zip`);
  writeFileSync(file, zip(folder));
  console.log(`${relative(process.cwd(), folder)} and ${relative(process.cwd(), file)}`);
}
rmSync(compiled, { recursive: true, force: true });
