import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { afterAll, expect, test } from "vitest";
import { readConfig } from "../../src/config.js";
import { useExamples } from "../support/documents.js";
import { startTestRedis } from "../support/redis.js";
import { lineProblem } from "./support/scripts.js";
import { available, succeeds } from "./support/shell.js";

const example = useExamples();
const root = new URL("../../", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "pixiehook-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ["README.md", "demo"],
  ["README.md", "start"],
  ["README.md", "doctor-command"],
  ["README.md", "work"],
  ["docs/benchmarks.md", "bench"],
  ["docs/reliability.md", "chaos"],
] as const)("%s: what %s starts is there, with these options", (page, name) => {
  const lines = example(page, name).trim().split("\n");
  expect(lines.map((line) => [line, lineProblem(line)])).toEqual(lines.map((line) => [line, null]));
});

test("a line that starts nothing is found out", () => {
  expect(lineProblem("npm run simulator -- --prot 4010")).toBe("simulator has no --prot");
  expect(lineProblem("npm run demos")).toBe("there is no script demos");
  expect(lineProblem("npx pixiehook docter")).toBe("there is no command docter");
  expect(lineProblem("npm run bench -- detecton")).toBe("the benchmarks have no detecton");
  expect(lineProblem("npm run test:chaos -- kils")).toBe("test/chaos has no kils");
  expect(lineProblem('npm run test:chaos -- -t "last minute"')).toBe("no scenario says last minute");
});

test("npx finds the command of the checkout, as every page says", () => {
  const help = execFileSync("npx", ["pixiehook", "--help"], { cwd: root, encoding: "utf8", stdio: "pipe" });
  expect(help).toContain("Usage: pixiehook");
}, 60_000);

test("an upgrade is what git and npm know", () => {
  const [pull, install, ...rest] = example("docs/operations.md", "upgrade").trim().split("\n");
  expect([pull, rest]).toEqual(["git pull", []]);
  expect(lineProblem(install ?? "")).toBeNull();
});

const composers = [["docker", "compose"], ["docker-compose"]];
const composer = composers.find(([program = "", ...words]) => succeeds(program, [...words, "version"]));
test.skipIf(!composer)("docker compose takes the file, and knows the service that is scaled", () => {
  const [copy, up = ""] = example("README.md", "compose").trim().split("\n");
  expect(copy).toMatch(/^cp \.env\.example \.env\b/);
  expect(example("docs/operations.md", "compose").trim()).toBe(up);
  const settings = readFileSync(new URL(".env.example", root), "utf8")
    .replace("PIXIEHOOK_SECRET_KEY=", `PIXIEHOOK_SECRET_KEY=${Buffer.alloc(32).toString("base64")}`)
    .replace("PIXIEHOOK_API_TOKEN=", "PIXIEHOOK_API_TOKEN=0123456789abcdef");
  writeFileSync(join(folder, ".env"), settings);
  writeFileSync(join(folder, "docker-compose.yml"), readFileSync(new URL("docker-compose.yml", root)));
  const [program = "", ...words] = composer ?? [];
  const asked = [...words, "--env-file", ".env", "config", "--services"];
  const services = execFileSync(program, asked, { cwd: folder, encoding: "utf8" }).trim().split("\n");
  expect(services.sort()).toEqual(["api", "redis", "worker"]);
  const scaled = /^docker compose up --build --scale (\w+)=\d+$/.exec(up)?.[1];
  expect(services).toContain(scaled);
});

test("a Redis of one's own is set as the one of the containers", () => {
  const lines = example("docs/operations.md", "redis-conf").trim().split("\n");
  const compose = readFileSync(new URL("docker-compose.yml", root), "utf8");
  const [, command = ""] = /"redis-server",([\s\S]*?)\]/.exec(compose) ?? [];
  const given = [...command.matchAll(/"--([\w-]+)",\s*"([^"]*)"/g)].map(
    ([, name, value]) => `${name} ${value}`,
  );
  expect(given.filter((each) => each !== "save ").sort()).toEqual(lines.sort());
});

test("a cluster or sentinels are reached with settings that exist, and with no others", () => {
  const [, cluster = "", sentinels = "", ...both] = example("docs/operations.md", "redis-elsewhere").split(
    /^# .*\n/m,
  );
  const needed = `PIXIEHOOK_SECRET_KEY=${Buffer.alloc(32).toString("base64")}\nPIXIEHOOK_API_TOKEN=0123456789abcdef`;
  const kindOf = (text: string) =>
    readConfig(
      Object.fromEntries(
        `${text}\n${both.join("\n")}\n${needed}`
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
      ),
    ).redis.kind;
  expect([kindOf(cluster), kindOf(sentinels)]).toEqual(["cluster", "sentinel"]);
});

test("the rights that a user of Redis needs are said in its own words", async () => {
  const [first = "", ...rest] = example("docs/operations.md", "redis-rights").trim().split(" ");
  const redis = await startTestRedis();
  const client = new Redis(redis.socketPath);
  try {
    expect(await client.call(first, ...rest)).toBe("OK");
  } finally {
    client.disconnect();
    await redis.close();
  }
});

test("the systemd unit starts what is there, with settings that exist", () => {
  const unit = example("docs/operations.md", "systemd");
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(unit)?.[1] ?? "";
  const [, script = "", command] = value("ExecStart").split(" ");
  expect(existsSync(new URL(script, root))).toBe(true);
  expect(command).toBe("start");
  const environment = Object.fromEntries(
    value("Environment")
      .split(" ")
      .map((pair) => pair.split("=")),
  );
  expect(readConfig(environment).dataDir).toBe(`/var/lib/${value("StateDirectory")}`);
  if (!available("systemd-analyze")) return;
  const known = unit.replace(
    value("ExecStart"),
    `${process.execPath} ${fileURLToPath(new URL(script, root))} start`,
  );
  const file = join(folder, "pixiehook.service");
  writeFileSync(file, known.replace("/opt/pixiehook", folder).replace("User=pixiehook", "User=root"));
  const said = execFileSync("sh", ["-c", `systemd-analyze verify "${file}" 2>&1 || true`], {
    encoding: "utf8",
  });
  expect(said.split("\n").filter((line) => line.includes("pixiehook.service"))).toEqual([]);
});

test("the proxies lead to the port that is used unless told, and hold no stream back", () => {
  const nginx = example("docs/operations.md", "nginx");
  const { port, host } = readConfig({}).http;
  for (const target of nginx.match(/proxy_pass \S+/g) ?? [])
    expect(target).toBe(`proxy_pass http://${host}:${port};`);
  expect(nginx).toMatch(/location = \/v1\/events\/stream \{[^}]*proxy_buffering off;/);
  for (const line of nginx.split("\n").map((each) => each.trim()))
    expect(line, line).toMatch(/^$|^#|[;{]$|^\}$/);
  expect(nginx.split("{").length).toBe(nginx.split("}").length);
  expect(example("docs/operations.md", "caddy")).toContain(`reverse_proxy ${host}:${port}`);
});

test("the path of an event is made of parts that exist", () => {
  const [first = ""] = example("docs/architecture.md", "path").split("\n");
  const parts = first.trim().split(" → ");
  expect(parts).toContain("mailbox");
  const pipeline = parts.filter((part) => part !== "mailbox");
  for (const part of pipeline) expect(existsSync(new URL(`src/pipeline/${part}.ts`, root)), part).toBe(true);
});
