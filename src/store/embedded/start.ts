import { setTimeout as delay } from "node:timers/promises";
import { messageOf, StartError } from "../../errors.js";
import type { Log } from "../../log.js";
import { type Found, findServer, oldestVersion, searchFolders } from "./find.js";
import { makeFolders, notWritable } from "./folders.js";
import { installRedis } from "./install.js";
import { takeOwnership } from "./owner.js";
import { awaitPredecessor, launchServer, type Server } from "./server.js";

/** A Redis server of our own, on a private Unix socket. */
export interface EmbeddedRedis {
  readonly socketPath: string;
  /** Of the server that runs now; another one after a restart. */
  readonly pid: number;
  /** Stops the server and frees the data folder. Safe to call twice. */
  close(): Promise<void>;
}

export interface EmbeddedRedisOptions {
  readonly dataDir: string;
  readonly log: Log;
  /** Ends a start that is under way. Once started, use `close`. */
  readonly signal?: AbortSignal;
  /** Called when the server died and another one answers. */
  readonly onRestart?: (pid: number) => void;
  /** Called once, when the server keeps dying and is given up. */
  readonly onFailed?: (error: StartError) => void;
  /** Starts after which a server that keeps dying is given up. */
  readonly restartsPerMinute?: number;
  /** Where to look for a server. */
  readonly folders?: readonly string[];
}

/**
 * Starts a Redis that this process owns: alone on its data folder, restarted when it dies, gone when we are.
 * Installs one first where none is found. Throws `StartError` with what to do.
 */
export async function startEmbeddedRedis(options: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
  const { log, dataDir } = options;
  const closing = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, closing.signal]) : closing.signal;
  const path = await serverPath(options.folders ?? searchFolders(), signal);
  const folders = await makeFolders(dataDir);
  const mark = await takeOwnership(folders.marks, folders.data).catch((error: unknown) => {
    throw error instanceof StartError ? error : notWritable(dataDir, error);
  });
  const launch = async () => {
    await awaitPredecessor(folders, log, signal);
    return await launchServer(path, folders, log, signal);
  };

  let server: Server;
  try {
    server = await launch();
  } catch (error) {
    mark.remove();
    throw error;
  }
  log.info({ pid: server.pid, folder: folders.redis }, "Redis started");

  const supervised = supervise();
  async function supervise(): Promise<void> {
    let starts: number[] = [];
    for (;;) {
      const words = await server.ended;
      if (closing.signal.aborted) return;
      log.error({ pid: server.pid, redis: words }, "Redis ended by itself: starting it again");
      for (let started = false; !started; ) {
        starts = starts.filter((at) => at > Date.now() - 60_000);
        if (starts.length >= (options.restartsPerMinute ?? 10))
          throw new StartError(`Redis keeps ending: ${words}`);
        // The first restart is immediate, the next ones leave it more and more time.
        await delay(starts.length === 0 ? 0 : Math.min(5_000, 50 * 2 ** starts.length), null, { signal });
        starts.push(Date.now());
        started = await launch().then(
          (next) => {
            server = next;
            return true;
          },
          (error: unknown) => {
            log.error({ reason: messageOf(error) }, "Redis did not start again");
            return false;
          },
        );
      }
      log.warn({ pid: server.pid }, "Redis runs again");
      options.onRestart?.(server.pid);
    }
  }
  supervised.catch((error: unknown) => {
    if (closing.signal.aborted || !(error instanceof StartError)) return;
    log.fatal({ reason: error.message }, "Redis is given up");
    options.onFailed?.(error);
  });

  const close = async () => {
    closing.abort();
    await server.stop();
    await supervised.catch(() => undefined);
    await server.stop();
    mark.remove();
  };
  let closed: Promise<void> | undefined;
  return {
    socketPath: folders.socketPath,
    get pid() {
      return server.pid;
    },
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

async function serverPath(folders: readonly string[], signal: AbortSignal): Promise<string> {
  let found: Found = await findServer(folders);
  if (found.kind === "missing") {
    await installRedis({ folders, signal });
    found = await findServer(folders);
  }
  if (found.kind === "found") return found.path;
  const reason =
    found.kind === "too_old"
      ? `${found.path} is version ${found.version}, which is too old`
      : "it is not found after its installation";
  throw new StartError(
    `Redis ${oldestVersion} or newer is needed, and ${reason}: install it, or set REDIS_URL to a server that runs elsewhere.`,
  );
}
