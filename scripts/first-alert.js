// From a fresh clone to the first alert, by the README's own lines: `node scripts/first-alert.js` runs them and tells the
// time. With --here it runs them in this checkout, as it is built, beside whatever else runs on this machine.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const here = process.argv.includes("--here");
const mostSeconds = 120;
const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "pixiehook-first-alert-"));
const clone = here ? root : join(folder, "pixiehook");
const began = Date.now();
const running = [];

/** The port itself, or a free one; the simulator takes four in a row. */
async function port(wanted, many = 1) {
  for (let from = here ? 20_000 + Math.floor(Math.random() * 20_000) : wanted; ; from += many) {
    const all = Array.from({ length: many }, (_, index) => isFree(from + index));
    if ((await Promise.all(all)).every(Boolean)) return from;
  }
}

function isFree(number) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(number, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

const ports = { simulator: await port(4010, 4), service: await port(3000) };

/** A block of the README. Its ports and its data folder are replaced only where they are taken. */
function block(name) {
  const found = new RegExp(`<!-- example: ${name} -->\\n+\`\`\`bash\\n([\\s\\S]*?)\`\`\``).exec(
    readFileSync(join(clone, "README.md"), "utf8"),
  );
  if (!found) throw new Error(`the README has no example ${name}`);
  const lines = found[1].replace(/\b401[0-3]\b/g, (text) => ports.simulator + Number(text) - 4010);
  const own = lines.replaceAll(":3000", `:${ports.service}`);
  return here ? own.replace("npm ci\n", "").replaceAll("data/simulated", join(folder, "data")) : own;
}

/** What the third terminal has set since its first lines. */
const setBefore = (name) =>
  ["first-alert-favorite", "first-alert-look"].includes(name)
    ? (block("first-alert-connect").match(/^export .*\n/gm) ?? []).join("")
    : "";

function start(name) {
  const script = setBefore(name) + block(name);
  // Where everything is built already, npm leaves out the scripts that would build it again.
  const environment = here ? { npm_config_ignore_scripts: "true" } : {};
  const child = spawn("bash", ["--norc", "-euo", "pipefail", "-c", script], {
    cwd: clone,
    detached: true,
    env: { ...bare(), PORT: String(ports.service), ...environment },
  });
  const one = { name, child, output: "" };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (one.output += chunk));
  running.push(one);
  return one;
}

/** The environment without what this checkout is set to. */
function bare() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(PIXIE|REDIS_|SMTP_|VITEST|NODE_ENV)/.test(name)),
  );
}

async function until(one, sign) {
  while (!sign.test(one.output)) {
    if (one.child.exitCode !== null) throw new Error(`${one.name} ended:\n${one.output}`);
    if (Date.now() - began > 5 * mostSeconds * 1_000) throw new Error(`${one.name} waits:\n${one.output}`);
    await sleep(50);
  }
}

async function run(name) {
  const one = start(name);
  const [code] = await once(one.child, "close");
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${one.output}`);
  return one.output;
}

function tell(what) {
  process.stdout.write(`${((Date.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${what}\n`);
}

async function firstAlert() {
  if (!here) {
    execFileSync("git", ["clone", "--quiet", root, clone]);
    tell("cloned");
  }
  await until(start("first-alert-simulator"), /Make things happen/);
  tell("the simulator runs");
  await until(start("first-alert-service"), /Dashboard {2}/);
  tell("the service runs");
  await run("first-alert-connect");
  tell("the account is connected, and was looked at once");
  await run("first-alert-favorite");
  for (;;) {
    const message = JSON.parse(await run("first-alert-look")).data[0]?.message;
    if (message) return tell(`the first alert: ${message.text}`);
    if (Date.now() - began > 5 * mostSeconds * 1_000) throw new Error("no alert came");
    await sleep(200);
  }
}

try {
  await firstAlert();
  if (Date.now() - began > mostSeconds * 1_000) throw new Error(`that took more than ${mostSeconds} s`);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  for (const { child } of running) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    process.kill(-child.pid, "SIGTERM");
    await once(child, "close");
  }
  rmSync(folder, { recursive: true, force: true });
}
