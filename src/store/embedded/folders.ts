import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, lstat, mkdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { messageOf, StartError } from "../../errors.js";

/** Where an embedded Redis keeps its things. */
export interface Folders {
  /** The real path of the data folder. */
  readonly data: string;
  readonly redis: string;
  readonly marks: string;
  readonly socketPath: string;
  readonly pidFile: string;
}

// Linux takes 107 bytes in the path of a Unix socket, macOS 103.
const longestSocketPath = 103;

/** Makes a folder for this user alone, and gives its real path. Throws `StartError` when it cannot be written. */
export async function makeDataDir(dataDir: string): Promise<string> {
  try {
    await makeFolder(dataDir);
    await access(dataDir, constants.W_OK | constants.X_OK);
    return await realpath(dataDir);
  } catch (error) {
    throw notUsable(dataDir, error);
  }
}

/** Makes a folder and those above it, one by one: where none can be made (/proc), Node's own way never ends. */
async function makeFolder(folder: string): Promise<void> {
  const above = dirname(folder);
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  if (isThere || above === folder) return;
  await makeFolder(above);
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    // Another process was faster.
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  });
}

/** Makes the data folder and what an embedded Redis needs in it. */
export async function makeFolders(dataDir: string): Promise<Folders> {
  const data = await makeDataDir(dataDir);
  const redis = await makeDataDir(join(data, "redis"));
  const marks = await makeDataDir(join(data, "lock"));
  return { data, redis, marks, socketPath: await socketPathFor(redis), pidFile: join(redis, "redis.pid") };
}

/** The sentence for a folder that cannot be used. */
export function notUsable(folder: string, error: unknown): StartError {
  return new StartError(
    `The data folder ${folder} cannot be used (${messageOf(error).trim()}): let this user write to it, or set PIXIEHOOK_DATA_DIR to another folder.`,
  );
}

/** A folder for temporary files that is ours and closed to others, although anyone may make folders there. */
export async function privateTemporaryFolder(name: string): Promise<string> {
  const user = process.getuid?.() ?? 0;
  const parent = Buffer.byteLength(tmpdir()) < 60 ? tmpdir() : "/tmp";
  const folder = join(parent, `pixiehook-${user}-${name}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== user || (found.mode & 0o077) !== 0) {
    throw new StartError(`The folder ${folder} belongs to somebody else or is open to others: remove it.`);
  }
  return folder;
}

/** Clears away the folder for a socket that does not stand in the data folder. */
export async function removeSocketFolder(folders: Folders): Promise<void> {
  const folder = dirname(folders.socketPath);
  if (folder !== folders.redis) await rm(folder, { recursive: true, force: true });
}

/** In the data folder; when that path is too long for a socket, in a private temporary folder. */
async function socketPathFor(redis: string): Promise<string> {
  const near = join(redis, "redis.sock");
  if (Buffer.byteLength(near) <= longestSocketPath) return near;
  const hash = createHash("sha256").update(redis).digest("hex").slice(0, 16);
  return join(await privateTemporaryFolder(hash), "redis.sock");
}
