import type { ChildProcess } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { messageOf, StartError } from "../../errors.js";
import type { Log } from "../../log.js";
import { ask } from "./ask.js";
import type { Folders } from "./folders.js";
import { heldMarks, makeMark } from "./mark.js";
import { spawnWatched } from "./watchdog.js";

/** One run of a server. */
export interface Server {
  readonly pid: number;
  /** Resolves when it has ended, with its last words. */
  readonly ended: Promise<string>;
  /** Stops it and waits; takes it down when it does not stop in time. */
  stop(): Promise<void>;
}

const answerDeadlineMs = 15_000;
const stopDeadlineMs = 10_000;
const predecessorDeadlineMs = 5_000;
const keptLines = 3;

/** Starts a server and waits until it answers. Throws `StartError` with its last words when it ends instead. */
export async function launchServer(
  path: string,
  folders: Folders,
  log: Log,
  signal: AbortSignal,
): Promise<Server> {
  await rm(folders.pidFile, { force: true });
  const mark = await makeMark(folders.marks, "server");
  const child = spawnWatched(path, settings(folders), mark.fd);
  mark.close();

  let settled = false;
  const lastWords = listen(child, log, () => settled);
  const ended = endOf(child).then((how) => lastWords() || how);
  const stop = async () => {
    settled = false;
    child.stdin?.end();
    const late = await Promise.race([ended.then(() => false), delay(stopDeadlineMs, true, { ref: false })]);
    if (late && child.pid !== undefined) kill(-child.pid);
    await ended;
  };

  const waiting = new AbortController();
  const waitingOrAborted = AbortSignal.any([waiting.signal, signal]);
  const answered = await Promise.race([answers(folders.socketPath, log, waitingOrAborted), ended]);
  waiting.abort();
  const pid = await readPid(folders);
  const problem = answered ?? (pid > 0 ? null : "its process id cannot be read");
  if (problem !== null) {
    await stop();
    signal.throwIfAborted();
    throw new StartError(`Redis (${path}) did not start: ${problem}`);
  }
  settled = true;
  return { pid, ended, stop };
}

/** Waits until the server of an earlier owner is gone; takes it down when it does not go by itself. */
export async function awaitPredecessor(folders: Folders, log: Log, signal: AbortSignal): Promise<void> {
  const isGone = async (withinMs: number) => {
    for (const end = Date.now() + withinMs; Date.now() < end; await delay(20, null, { signal })) {
      if (heldMarks(folders.marks, "server").length === 0) return true;
    }
    return false;
  };
  if (await isGone(predecessorDeadlineMs)) return;
  // The held mark says that it still lives, so the number in the file is its own.
  const pid = await readPid(folders);
  log.info({ pid }, "the Redis server of an earlier start does not stop: ending it");
  if (pid > 0) kill(pid);
  if (await isGone(2_000)) return;
  throw new StartError(
    `The Redis server of an earlier start still runs on ${folders.redis}: end process ${pid}.`,
  );
}

function settings(folders: Folders): string[] {
  return Object.entries({
    port: "0",
    unixsocket: folders.socketPath,
    unixsocketperm: "700",
    dir: folders.redis,
    pidfile: folders.pidFile,
    daemonize: "no",
    logfile: "",
    save: "",
    appendonly: "yes",
    appendfsync: "everysec",
    "aof-load-truncated": "yes",
    "auto-aof-rewrite-min-size": "16mb",
    "maxmemory-policy": "noeviction",
  }).flatMap(([name, value]) => [`--${name}`, value]);
}

/** Null once the server answers; otherwise why it was given up. A long log is given the time it needs. */
async function answers(socketPath: string, log: Log, signal: AbortSignal): Promise<string | null> {
  let end = Date.now() + answerDeadlineMs;
  for (let told = Date.now(); Date.now() < end && !signal.aborted; await delay(5)) {
    const answer = await ask(socketPath, "PING");
    if (answer === "+PONG") return null;
    if (!answer?.startsWith("-LOADING")) continue;
    end = Date.now() + answerDeadlineMs;
    if (Date.now() - told < 5_000) continue;
    told = Date.now();
    log.info("Redis is still loading its data");
  }
  return "it does not answer";
}

/** How the process ended, once its output is read to the end too. */
function endOf(child: ChildProcess): Promise<string> {
  const closed = new Promise<void>((resolve) => void child.once("close", () => resolve()));
  child.stdin?.on("error", () => undefined);
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(messageOf(error)));
    child.once("exit", async (code, by) => {
      // A server that outlives a killed watchdog is stopped by this.
      child.stdin?.destroy();
      await Promise.race([closed, delay(500, null, { ref: false })]);
      resolve(by === null ? `exit ${code}` : `ended by ${by}`);
    });
  });
}

/** Passes on what the server says, and keeps its last lines. */
function listen(child: ChildProcess, log: Log, isSettled: () => boolean): () => string {
  const last: string[] = [];
  if (child.stdout) {
    createInterface({ input: child.stdout }).on("line", (line) => {
      // "1234:M 20 Nov 2026 10:15:00.000 # Error writing to the AOF file"
      const [, level, text = line] = /^\d+:\w .{20,26} ([.\-*#]) (.*)$/.exec(line) ?? [];
      const words = text.trim().slice(0, 500);
      if (words === "") return;
      last.push(words);
      if (last.length > keptLines) last.shift();
      log[level === "#" && isSettled() ? "warn" : "debug"]({ redis: words }, "Redis says");
    });
  }
  return () => last.join(" / ");
}

async function readPid(folders: Folders): Promise<number> {
  return Number(await readFile(folders.pidFile, "utf8").catch(() => "0"));
}

/** Takes down a process, or with a negative number its whole group. */
function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has just gone.
  }
}
