import { messageOf, StartError } from "../../errors.js";
import { findServer, oldestVersion, searchFolders } from "./find.js";
import { makeFolders, notUsable, removeSocketFolder } from "./folders.js";
import { installRedis } from "./install.js";
import type { Mark } from "./mark.js";
import { claim } from "./owner.js";
import { awaitPredecessor, launchServer, type Server } from "./server.js";
import { type SupervisionOptions, supervise } from "./supervise.js";

/** A Redis server of our own, on a private Unix socket. */
export interface EmbeddedRedis {
  readonly socketPath: string;
  /** Of the server that runs now; another one after a restart. */
  readonly pid: number;
  /** Stops the server and frees the data folder. Safe to call twice. */
  close(): Promise<void>;
}

export interface EmbeddedRedisOptions extends SupervisionOptions {
  readonly dataDir: string;
  /** Ends a start that is under way; once started, use `close`. */
  readonly signal?: AbortSignal;
  /** Where to look for a server and for package managers. */
  readonly folders?: readonly string[];
}

/**
 * Starts a Redis that this process owns: alone on its data folder, restarted when it dies, gone when we are.
 * Installs one first where none is found. Throws `StartError` with what to do.
 */
export async function startEmbeddedRedis(options: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
  const { log, dataDir } = options;
  const signal = options.signal ?? new AbortController().signal;
  const path = await serverPath(options.folders ?? searchFolders(), signal);
  const folders = await makeFolders(dataDir);
  const mark = await own(folders.marks, folders.data);
  const launch = async (until: AbortSignal): Promise<Server> => {
    await awaitPredecessor(folders, log, until);
    return await launchServer(path, folders, log, until);
  };

  const first = await launch(signal).catch((error: unknown) => {
    mark.remove();
    throw error;
  });
  log.info({ pid: first.pid, folder: folders.redis }, "Redis started");

  const supervised = supervise(first, launch, options);
  const close = async () => {
    await supervised.close();
    await removeSocketFolder(folders);
    mark.remove();
    log.info("Redis stopped");
  };
  let closed: Promise<void> | undefined;
  return {
    socketPath: folders.socketPath,
    get pid() {
      return supervised.server().pid;
    },
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

async function own(marks: string, dataDir: string): Promise<Mark> {
  const claimed = await claim(marks).catch((error: unknown) => {
    throw notUsable(dataDir, messageOf(error));
  });
  if (claimed.kind === "owner") return claimed.mark;
  throw new StartError(
    `The data folder ${dataDir} is in use by process ${claimed.pid}: stop that one first, or set PIXIEHOOK_DATA_DIR to another folder.`,
  );
}

/** The server to start, installed first where none is found. Throws `StartError` with what to do. */
export async function serverPath(folders: readonly string[], signal: AbortSignal): Promise<string> {
  let found = await findServer(folders);
  if (found.kind === "missing") {
    await installRedis({ folders, signal });
    found = await findServer(folders);
  }
  if (found.kind === "found") return found.path;
  const reason =
    found.kind === "too_old"
      ? `${found.path} is version ${found.version}, which is too old`
      : "none is found after its installation";
  throw new StartError(
    `Redis ${oldestVersion} or newer is needed, and ${reason}: install it, or set REDIS_URL to a server that runs elsewhere.`,
  );
}
