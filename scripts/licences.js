// What is installed, held against what may be: licences, scripts at installation, and a reason for each package.
// Reads package.json, package-lock.json and, where the lock leaves a licence open, node_modules of a folder (this one).
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2] ?? process.cwd();
const readJson = (path) => JSON.parse(readFileSync(join(folder, path), "utf8"));

/** For what is shipped. All allow use, change and sale, and ask for a notice at most. */
const shipped = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "Unlicense"];
/** For what only builds, checks and tests, and is part of nothing that is passed on. */
const tools = [...shipped, "BlueOak-1.0.0", "CC0-1.0", "MPL-2.0", "Python-2.0"];

/** Exceptions, each with its reason. */
const alsoTools = {
  "GPL-2.0-or-later": {
    only: /^@php-wasm\//,
    why: "runs the PHP of a page in tests; nothing of it is linked or shipped",
  },
};
const unstated = {
  "@php-wasm/util": {
    licence: "GPL-2.0-or-later",
    why: "its LICENSE file says so, its package.json nothing",
  },
};
const withScripts = {
  "msgpackr-extract": "a faster reader for BullMQ, which does without it: --ignore-scripts leaves it out",
};

const { packages } = readJson("package-lock.json");
const { dependencies = {}, devDependencies = {} } = readJson("package.json");
const problems = [];
const counts = { shipped: 0, tools: 0 };
const licences = new Set();

function licenceOf(path, name, entry) {
  if (entry.license) return entry.license;
  const installed = existsSync(join(folder, path, "package.json")) ? readJson(`${path}/package.json`) : {};
  return installed.license ?? unstated[name]?.licence ?? null;
}

/** `MIT OR Apache-2.0` needs one of them, `MIT AND ISC` both. */
function isAllowed(expression, allowed) {
  const choices = expression.replace(/^\((.*)\)$/, "$1").split(" OR ");
  return choices.some((choice) => choice.split(" AND ").every((licence) => allowed(licence.trim())));
}

for (const [path, entry] of Object.entries(packages)) {
  if (path === "" || entry.link) continue;
  const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  const use = entry.dev ? "tools" : "shipped";
  counts[use]++;
  const licence = licenceOf(path, name, entry);
  const allowed = (one) =>
    use === "shipped"
      ? shipped.includes(one)
      : tools.includes(one) || alsoTools[one]?.only.test(name) === true;
  if (licence === null) problems.push(`${name} states no licence`);
  else if (!isAllowed(licence, allowed))
    problems.push(
      `${name} is under ${licence}, which is not allowed for what is ${use === "tools" ? "a tool" : "shipped"}`,
    );
  else if (use === "shipped") licences.add(licence);
  if (entry.hasInstallScript && !(name in withScripts))
    problems.push(`${name} runs a script when it is installed`);
  // Without an address a package comes from wherever npm is told to ask, and its checksum says that it is the same.
  if (entry.resolved) problems.push(`${name} comes from ${new URL(entry.resolved).hostname}`);
  // What only another system needs may stand there by its version alone.
  if (!entry.integrity && !(entry.optional && entry.os))
    problems.push(`${name} has no checksum in package-lock.json`);
}

const reasons = readFileSync(join(folder, "docs/decisions/0001-dependencies.md"), "utf8");
for (const name of Object.keys({ ...dependencies, ...devDependencies }))
  if (!reasons.toLowerCase().includes(name.replace(/^@(types|biomejs)\//, "")))
    problems.push(`${name} has no reason in docs/decisions/0001-dependencies.md`);

for (const problem of problems) console.error(`✗ ${problem}.`);
if (problems.length > 0) {
  console.error("Do without it, or add it to scripts/licences.js or the page, with the reason.");
  process.exitCode = 1;
} else {
  console.log(
    `${counts.shipped} packages are shipped (${[...licences].sort().join(", ")}), ${counts.tools} are tools: all allowed.`,
  );
}
