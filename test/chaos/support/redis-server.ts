import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { redisServer } from "../../support/redis-binary.js";

/** A Redis that the test starts, stops and damages, as an operator and bad luck would. */
export interface RedisServer {
  /** As REDIS_URL takes it. */
  readonly url: string;
  readonly socketPath: string;
  readonly pid: () => number;
  /** A connection of the test's own. */
  readonly client: Redis;
  /** Starts it again with what its files hold. */
  start(): Promise<void>;
  kill(): Promise<void>;
  /**
   * Kills it and takes out of its file what was appended in the last `ms`, as when a machine loses its power. Answers how
   * many bytes that was, and up to when (ms since 1970) it remembers: a busy machine looks at the file less often.
   */
  killAndForget(ms: number): Promise<{ readonly bytes: number; readonly until: number }>;
  pause(): void;
  resume(): void;
  /** Lets its files grow by so many bytes and no more, as on a full disk; null: as long as they like. */
  limitFiles(bytes: number | null): Promise<void>;
  close(): Promise<void>;
}

const lookAtFileMs = 50;
/** How long (ms) it may take to read what its files hold. */
const startMs = 60_000;

/** Starts a Redis with an append-only file in a temporary folder, on a Unix socket alone. */
export async function startRedisServer(): Promise<RedisServer> {
  const server = await redisServer();
  const folder = await mkdtemp(join(tmpdir(), "pixiehook-chaos-redis-"));
  const socketPath = join(folder, "redis.sock");
  const options = ["--port", "0", "--unixsocket", socketPath, "--dir", folder, "--appendonly", "yes"];
  const safe = ["--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction"];
  let child: ChildProcess;
  let client: Redis | null = null;
  /** How long the file was when (ms), for about the last two seconds. */
  let lengths: { at: number; path: string; bytes: number }[] = [];
  const watching = setInterval(() => void note().catch(() => undefined), lookAtFileMs);

  async function note(): Promise<void> {
    const path = await newestFile(folder);
    if (path === null) return;
    const at = Date.now();
    const { size: bytes } = await stat(path);
    lengths = [...lengths.filter((one) => one.at > at - 3_000), { at, path, bytes }];
  }

  async function start(): Promise<void> {
    // A write beyond the limit of a file is to fail, as on a full disk, and not to end the process.
    const command = `trap '' XFSZ; exec setpriv --pdeathsig KILL "$0" "$@"`;
    child = spawn("bash", ["-c", command, server, ...options, ...safe], { stdio: "ignore" });
    if (!client) {
      client = new Redis(socketPath, { protocol: 2, maxRetriesPerRequest: null, retryStrategy: () => 50 });
      client.on("error", () => undefined);
    }
    for (const end = Date.now() + startMs; Date.now() < end; await sleep(20)) {
      const answer = await Promise.race([client.ping(), sleep(1_000, null)]).catch(() => null);
      if (answer === "PONG") return;
    }
    throw new Error("Redis does not start again");
  }

  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  await start();
  return {
    url: `unix://${socketPath}`,
    socketPath,
    pid: () => child.pid ?? 0,
    get client() {
      if (!client) throw new Error("not started");
      return client;
    },
    start,
    kill,
    async killAndForget(ms) {
      const killedAt = Date.now();
      await kill();
      const path = await newestFile(folder);
      const then = lengths.findLast((one) => one.at <= killedAt - ms && one.path === path);
      if (!path || !then) throw new Error("the append-only file was made anew just now");
      const { size } = await stat(path);
      await truncate(path, then.bytes);
      return { bytes: size - then.bytes, until: then.at };
    },
    pause: () => void child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
    async limitFiles(bytes) {
      const path = await newestFile(folder);
      const limit = bytes === null || path === null ? "unlimited" : String((await stat(path)).size + bytes);
      const { status } = spawnSync("prlimit", ["--pid", String(child.pid), `--fsize=${limit}:unlimited`]);
      if (status !== 0) throw new Error("prlimit did not set the limit");
    },
    async close() {
      clearInterval(watching);
      client?.disconnect();
      child.kill("SIGCONT");
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function newestFile(folder: string): Promise<string | null> {
  const files = await readdir(join(folder, "appendonlydir")).catch(() => []);
  const appended = files.filter((name) => name.endsWith(".incr.aof"));
  const number = (name: string) => Number(/\.(\d+)\.incr/.exec(name)?.[1] ?? 0);
  const [newest] = appended.toSorted((a, b) => number(b) - number(a));
  return newest ? join(folder, "appendonlydir", newest) : null;
}
