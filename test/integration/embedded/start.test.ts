import {
  chmod,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { StartError } from "../../../src/errors.js";
import { createLog } from "../../../src/log.js";
import { type EmbeddedRedisOptions, startEmbeddedRedis } from "../../../src/store/embedded/start.js";
import { type OwnerProcess, prepareOwnerProgram, startOwner } from "./owner-process.js";

const log = createLog({ level: "silent", format: "json" });
let dataDir: string;
const cleanups: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "pixiehook-embedded-"));
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(options: Partial<EmbeddedRedisOptions> = {}) {
  const redis = await startEmbeddedRedis({ dataDir, log, ...options });
  cleanups.push(() => redis.close());
  return redis;
}

async function withClient<T>(socketPath: string, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(socketPath);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}

const write = (socketPath: string, key: string, value: string) =>
  withClient(socketPath, (client) => client.set(key, value));
const read = (socketPath: string, key: string) => withClient(socketPath, (client) => client.get(key));

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function gone(pid: number, withinMs = 5_000): Promise<boolean> {
  for (const end = Date.now() + withinMs; Date.now() < end; await delay(20)) {
    if (!isAlive(pid)) return true;
  }
  return false;
}

describe("startEmbeddedRedis", () => {
  it("keeps the data from one start to the next, and stops its server", async () => {
    const first = await start();
    await write(first.socketPath, "a", "1");
    await first.close();
    expect(isAlive(first.pid)).toBe(false);
    const second = await start();
    expect(await read(second.socketPath, "a")).toBe("1");
  });

  it("lets nobody else in", async () => {
    const redis = await start();
    expect((await stat(join(dataDir, "redis"))).mode & 0o777).toBe(0o700);
    expect((await stat(redis.socketPath)).mode & 0o777).toBe(0o700);
  });

  it("hands none of our settings to the server", async () => {
    process.env.PIXIEHOOK_API_TOKEN = "a-secret-of-ours";
    const redis = await start();
    delete process.env.PIXIEHOOK_API_TOKEN;
    const linux = process.platform === "linux";
    const environment = linux ? await readFile(`/proc/${redis.pid}/environ`, "utf8") : "";
    expect(environment).not.toContain("a-secret-of-ours");
  });

  it("refuses a data folder that is in use, with the process that uses it", async () => {
    await start();
    await expect(startEmbeddedRedis({ dataDir, log })).rejects.toThrow(
      `is in use by process ${process.pid}: stop that one first, or set PIXIEHOOK_DATA_DIR to another folder.`,
    );
  });

  it("lets exactly one of several that start together have the folder", async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => startEmbeddedRedis({ dataDir, log })),
    );
    const started = outcomes.filter((outcome) => outcome.status === "fulfilled");
    for (const { value } of started) cleanups.push(() => value.close());
    expect(started).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(StartError);
    }
  });

  it("starts a killed server again, with its data", async () => {
    const restarted = vi.fn();
    const redis = await start({ onRestart: restarted });
    await write(redis.socketPath, "a", "1");
    await delay(1_100); // The log reaches the disk once a second.
    const { pid } = redis;
    process.kill(pid, "SIGKILL");
    await vi.waitFor(() => expect(restarted).toHaveBeenCalledOnce(), 5_000);
    expect(redis.pid).not.toBe(pid);
    expect(await read(redis.socketPath, "a")).toBe("1");
  });

  it("gives up a server that keeps dying", async () => {
    const failed = vi.fn();
    const onRestart = (pid: number) => void process.kill(pid, "SIGKILL");
    const redis = await start({ onRestart, onFailed: failed, restartsPerMinute: 2 });
    process.kill(redis.pid, "SIGKILL");
    await vi.waitFor(() => expect(failed).toHaveBeenCalledOnce(), 5_000);
    expect(failed.mock.calls[0]?.[0]).toBeInstanceOf(StartError);
    await redis.close();
  });

  it("loads a log whose last entry was cut off", async () => {
    const first = await start();
    await write(first.socketPath, "a", "1");
    await write(first.socketPath, "b", "2");
    await first.close();
    const folder = join(dataDir, "redis", "appendonlydir");
    const name = (await readdir(folder)).find((each) => each.endsWith(".incr.aof")) ?? "";
    const file = await open(join(folder, name), "r+");
    await file.truncate((await file.stat()).size - 5);
    await file.close();
    const second = await start();
    expect(await read(second.socketPath, "a")).toBe("1");
    expect(await read(second.socketPath, "b")).toBeNull();
  });

  it("moves the socket where a path of any length fits", async () => {
    const deep = join(dataDir, "x".repeat(120));
    const redis = await start({ dataDir: deep });
    expect(Buffer.byteLength(redis.socketPath)).toBeLessThan(104);
    await write(redis.socketPath, "a", "1");
    const folder = dirname(redis.socketPath);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await redis.close();
    await expect(stat(folder)).rejects.toThrow("ENOENT");
  });

  it("takes a path with spaces and quotes", async () => {
    const redis = await start({ dataDir: join(dataDir, `it's "the" studio`) });
    await write(redis.socketPath, "a", "1");
  });

  it("says what is wrong with a folder that cannot be used", async () => {
    await writeFile(join(dataDir, "file"), "");
    await expect(startEmbeddedRedis({ dataDir: join(dataDir, "file", "data"), log })).rejects.toThrow(
      /^The data folder .* cannot be used \(.*\): let this user write to it, or set PIXIEHOOK_DATA_DIR/,
    );
  });

  it("passes on why a server does not start, and frees the folder", async () => {
    await mkdir(join(dataDir, "redis"));
    await writeFile(join(dataDir, "redis", "appendonlydir"), "not a folder");
    await expect(startEmbeddedRedis({ dataDir, log })).rejects.toThrow(
      /^Redis \(.*\) did not start: .*appendonly/,
    );
    await rm(join(dataDir, "redis", "appendonlydir"));
    await start();
  });

  it("stops in the middle of a start", async () => {
    const stopping = AbortSignal.timeout(5);
    await expect(startEmbeddedRedis({ dataDir, log, signal: stopping })).rejects.toThrow();
    await start();
  });

  it("names a version that is too old", async () => {
    const folder = join(dataDir, "bin");
    await mkdir(folder);
    await writeFile(join(folder, "redis-server"), '#!/bin/sh\necho "Redis server v=5.0.14 sha=0"\n');
    await chmod(join(folder, "redis-server"), 0o755);
    await expect(start({ folders: [folder] })).rejects.toThrow(
      `Redis 6.2 or newer is needed, and ${folder}/redis-server is version 5.0.14, which is too old: install it,`,
    );
  });

  it("passes over an old server for a newer one, whatever it is called", async () => {
    const folder = join(dataDir, "bin");
    await mkdir(folder);
    await writeFile(join(folder, "redis-server"), '#!/bin/sh\necho "Redis server v=6.0.16 sha=0"\n');
    await chmod(join(folder, "redis-server"), 0o755);
    const probe = await start();
    const real = await withClient(probe.socketPath, async (client) => {
      return /^executable:(.+?)\r?$/m.exec(await client.info("server"))?.[1] ?? "";
    });
    await symlink(real, join(folder, "valkey-server"));
    await start({ dataDir: join(dataDir, "other"), folders: [folder] });
  });
});

describe("an owner that is killed", () => {
  let prepared: Awaited<ReturnType<typeof prepareOwnerProgram>>;

  beforeAll(async () => {
    prepared = await prepareOwnerProgram();
  });
  afterAll(() => prepared.remove());

  function own(): OwnerProcess {
    const owner = startOwner(prepared.program, dataDir);
    cleanups.push(async () => {
      owner.child.kill("SIGKILL");
      await owner.ended;
    });
    return owner;
  }

  async function started(owner: OwnerProcess) {
    const outcome = await owner.outcome;
    if (outcome.kind === "refused") throw new Error(outcome.reason);
    return outcome;
  }

  it("leaves no server behind, and loses nothing", async () => {
    const owner = own();
    const { socketPath, pid } = await started(owner);
    await write(socketPath, "a", "1");
    owner.child.kill("SIGKILL");
    expect(await gone(pid)).toBe(true);
    const redis = await start();
    expect(await read(redis.socketPath, "a")).toBe("1");
  });

  it("is followed at once, while its server still stops", async () => {
    for (let round = 0; round < 5; round++) {
      const owner = own();
      const { socketPath, pid } = await started(owner);
      await write(socketPath, `round-${round}`, "1");
      owner.child.kill("SIGKILL");
      await owner.ended;
      const next = await start();
      expect(isAlive(pid)).toBe(false);
      expect(await read(next.socketPath, `round-${round}`)).toBe("1");
      await next.close();
    }
  });

  it("is followed even when its server does not stop by itself", { timeout: 30_000 }, async () => {
    const owner = own();
    const { pid } = await started(owner);
    process.kill(pid, "SIGSTOP");
    owner.child.kill("SIGKILL");
    await owner.ended;
    await start();
    expect(isAlive(pid)).toBe(false);
  });

  it("keeps others out only as long as it lives", async () => {
    const owner = own();
    await started(owner);
    const second = own();
    expect(await second.outcome).toEqual({
      kind: "refused",
      reason: expect.stringContaining(`is in use by process ${owner.child.pid}: stop that one first`),
    });
    owner.child.kill("SIGKILL");
    await owner.ended;
    await started(own());
  });

  it("can be killed at any moment of its start", async () => {
    for (const wait of [30, 60, 90, 110, 130, 150, 170, 200]) {
      const owner = startOwner(prepared.program, dataDir);
      await delay(wait);
      owner.child.kill("SIGKILL");
      await owner.ended;
      owner.outcome.catch(() => undefined);
      const redis = await start();
      await write(redis.socketPath, "a", String(wait));
      await redis.close();
    }
  });

  it("stops in order on SIGTERM", async () => {
    const owner = own();
    const { pid } = await started(owner);
    owner.child.kill("SIGTERM");
    await owner.ended;
    expect(isAlive(pid)).toBe(false);
    expect((await readdir(join(dataDir, "lock"))).filter((name) => name.startsWith("owner-"))).toEqual([]);
  });
});
