import { execFile } from "node:child_process";
import { access, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findServer } from "../../../src/store/embedded/find.js";
import { type InstallOptions, installRedis } from "../../../src/store/embedded/install.js";

// Package managers that only pretend, in a folder of their own: nothing is installed on the machine.
let folder: string;
let policyFile: string;
let said: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pixiehook-install-test-"));
  policyFile = join(folder, "policy-rc.d");
  said = [];
  for (const tool of ["rm", "cat", "chmod", "grep", "sleep", "true"])
    await fake(tool, `exec /bin/${tool} "$@"`);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function fake(name: string, script: string): Promise<void> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}

const server = () => `echo '#!/bin/sh
echo "Redis server v=7.2.4 sha=0"' >${folder}/redis-server; chmod 755 ${folder}/redis-server`;

function install(options: Partial<InstallOptions> = {}): Promise<void> {
  const { signal } = new AbortController();
  return installRedis({
    folders: [folder],
    signal,
    say: (line) => said.push(line),
    user: 0,
    policyFile,
    ...options,
  });
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

describe("installRedis", () => {
  it("says what it does, updates the lists and installs", async () => {
    await fake("apt-get", `echo "$@" >>${folder}/calls; case "$*" in *install*) ${server()};; esac`);
    await install();
    expect(await findServer([folder])).toMatchObject({ kind: "found", version: "7.2.4" });
    expect(said).toEqual([
      "No Redis server is found: installing one with apt-get (like `sudo apt-get install redis-server`) …",
      "Redis is installed.",
    ]);
    expect((await readFile(join(folder, "calls"), "utf8")).trim().split("\n")).toEqual([
      "-q update",
      "-q -y --no-install-recommends -o DPkg::Lock::Timeout=120 install redis-server",
    ]);
  });

  it("forbids services of Redis, and only those, while Debian's packages are set up", async () => {
    await fake(
      "apt-get",
      `case "$*" in *install*) for each in redis-server cron; do ${policyFile} $each start; echo "$each $?" >>${folder}/answers; done; ${server()};; esac`,
    );
    await install();
    expect(await readFile(join(folder, "answers"), "utf8")).toBe("redis-server 101\ncron 0\n");
    expect(await exists(policyFile)).toBe(false);
  });

  it("leaves a policy alone that was there before", async () => {
    await writeFile(policyFile, "mine");
    await fake("apt-get", `case "$*" in *install*) ${server()};; esac`);
    await install();
    expect(await readFile(policyFile, "utf8")).toBe("mine");
  });

  it("leaves a policy that takes itself away when the installation is killed", async () => {
    await fake("apt-get", "kill -KILL $PPID");
    await expect(install()).rejects.toThrow("Installing Redis with apt-get failed");
    expect(await exists(policyFile)).toBe(true);
    await promisify(execFile)(policyFile, ["redis-server", "start"]);
    expect(await exists(policyFile)).toBe(false);
  });

  it("forbids services again where such a policy was left", async () => {
    await fake("apt-get", "kill -KILL $PPID");
    await expect(install()).rejects.toThrow("Installing Redis with apt-get failed");
    await fake(
      "apt-get",
      `case "$*" in *install*) ${policyFile} redis-server start; echo $? >${folder}/answer; ${server()};; esac`,
    );
    await install();
    expect(await readFile(join(folder, "answer"), "utf8")).toBe("101\n");
    expect(await exists(policyFile)).toBe(false);
  });

  it("gives one instruction when the installation fails", async () => {
    await fake("apt-get", 'echo "E: Unable to locate package redis-server" >&2; exit 100');
    await expect(install()).rejects.toThrow(
      "Installing Redis with apt-get failed (E: Unable to locate package redis-server): run `sudo apt-get install redis-server` and start again, or set REDIS_URL to a server that runs elsewhere.",
    );
    expect(await exists(policyFile)).toBe(false);
  });

  it("gives up after its deadline", async () => {
    await fake("apk", "exec /bin/sleep 30");
    await expect(install({ deadlineMs: 300 })).rejects.toThrow(
      "(no end after 0.3 s): run `sudo apk add redis`",
    );
  });

  it("uses sudo only where it asks for no password", async () => {
    await fake("dnf", `echo "$@" >>${folder}/calls; ${server()}`);
    await fake("sudo", '[ "$1" = -n ] && shift && exec "$@"');
    await install({ user: 1000 });
    expect(await readFile(join(folder, "calls"), "utf8")).toBe("-y -q install redis\n");

    await rm(join(folder, "redis-server"));
    await fake("sudo", "exit 1");
    await expect(install({ user: 1000 })).rejects.toThrow(
      "No Redis server is found, and it cannot be installed without a password: run `sudo dnf install redis` and start again, or set REDIS_URL to a server that runs elsewhere.",
    );
  });

  it("uses brew as an ordinary user only", async () => {
    await fake("brew", server());
    await expect(install({ user: 0 })).rejects.toThrow("run `brew install redis`");
    await install({ user: 501 });
    expect(await findServer([folder])).toMatchObject({ kind: "found" });
  });

  it("gives one instruction where there is no package manager it knows", async () => {
    const empty = join(folder, "empty");
    await mkdir(empty);
    await expect(install({ folders: [empty] })).rejects.toThrow(
      "No Redis server is found on this machine: install redis-server 6.2 or newer, or set REDIS_URL to a server that runs elsewhere.",
    );
  });

  it("installs once when several want it at the same time", async () => {
    await fake("apk", `echo "$@" >>${folder}/calls; sleep 0.2; ${server()}`);
    await Promise.all([install(), install(), install()]);
    expect(await readFile(join(folder, "calls"), "utf8")).toBe("add --no-cache redis\n");
  });
});
