import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { redisServer } from "./redis-binary.js";

/** What the connections of the test need where a server wants to know who asks. */
export interface Connection {
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly ca: Buffer };
}

/** A `redis-server` on a port of this machine, which the test starts, kills and starts again. */
export interface RedisProcess {
  readonly port: number;
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Starts it with what it kept, and waits until it answers. */
  start(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL, and waits for its end. */
  kill(): Promise<void>;
  /** Asks it over a connection of its own. */
  ask<T>(use: (client: Redis) => Promise<T>): Promise<T>;
}

/** Servers in a temporary folder; `close` ends all of them and removes it. */
export interface RedisFarm {
  readonly folder: string;
  /** `words`: what the server is started with; see `usual`. */
  add(
    words: (port: number, home: string) => readonly string[],
    connection?: Connection,
  ): Promise<RedisProcess>;
  close(): Promise<void>;
}

/** The options of a server that keeps what it is told; those of a test come after them, and win. */
export function usual(port: number, home: string): readonly string[] {
  const place = ["--bind", "127.0.0.1", "--port", `${port}`, "--dir", home];
  return [...place, "--appendonly", "yes", "--save", "", "--repl-diskless-sync-delay", "0"];
}

/** How long (ms) a server may take to start, and a state to come about. */
const patienceMs = 20_000;

export async function until(look: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!(await look())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await sleep(30);
  }
}

/** A port that nobody uses just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}

export async function createFarm(): Promise<RedisFarm> {
  const path = await redisServer();
  const folder = await mkdtemp(join(tmpdir(), "pixiehook-farm-"));
  const running = new Set<ChildProcess>();
  const end = () => {
    for (const child of running) child.kill("SIGKILL");
  };
  // A test run that is interrupted must not leave servers behind.
  process.once("exit", end);

  const add: RedisFarm["add"] = async (words, connection = {}) => {
    const port = await freePort();
    const home = join(folder, String(port));
    await mkdir(home);
    let child: ChildProcess | null = null;
    let written = "";
    const server: RedisProcess = {
      port,
      address: `127.0.0.1:${port}`,
      async start() {
        const started = spawn(path, words(port, home), { stdio: ["ignore", "pipe", "pipe"] });
        child = started;
        running.add(started);
        for (const stream of [started.stdout, started.stderr]) stream.on("data", (some) => (written += some));
        started.once("exit", () => running.delete(started));
        const answers = () =>
          server
            .ask((client) => client.ping())
            .then(
              () => true,
              () => false,
            );
        await until(async () => {
          if (started.exitCode !== null) throw new Error(`no Redis:\n${written}`);
          return answers();
        }, "Redis answers");
      },
      signal: (signal) => void child?.kill(signal),
      async kill() {
        if (!child || !running.has(child)) return;
        const ended = once(child, "exit");
        child.kill("SIGKILL");
        await ended;
      },
      async ask(use) {
        const client = new Redis({
          host: "127.0.0.1",
          port,
          protocol: 2,
          retryStrategy: () => null,
          maxRetriesPerRequest: 0,
          // One that was stopped with SIGSTOP takes connections, and says nothing.
          connectTimeout: 2_000,
          commandTimeout: 2_000,
          ...connection,
        });
        client.on("error", () => undefined);
        try {
          return await use(client);
        } finally {
          client.disconnect();
        }
      },
    };
    await server.start();
    return server;
  };

  return {
    folder,
    add,
    async close() {
      process.off("exit", end);
      const ended = [...running].map((child) => once(child, "exit"));
      end();
      await Promise.all(ended);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
