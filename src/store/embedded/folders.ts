import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, lstat, mkdir, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

/** Makes the data folder and what is in it, for this user alone. Throws `StartError` when it may not. */
export async function makeDataDir(dataDir: string): Promise<string> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await access(dataDir, constants.W_OK | constants.X_OK);
    return await realpath(dataDir);
  } catch (error) {
    throw notWritable(dataDir, error);
  }
}

export async function makeFolders(dataDir: string): Promise<Folders> {
  const data = await makeDataDir(dataDir);
  const redis = join(data, "redis");
  const marks = join(data, "lock");
  for (const folder of [redis, marks]) {
    await makeDataDir(folder);
  }
  return { data, redis, marks, socketPath: await socketPath(redis), pidFile: join(redis, "redis.pid") };
}

/** The sentence for a folder that cannot be used. */
export function notWritable(folder: string, error: unknown): StartError {
  return new StartError(
    `The data folder ${folder} cannot be used (${messageOf(error)}): let this user write to it, or set PIXIEHOOK_DATA_DIR to another folder.`,
  );
}

/** In the data folder; when that path is too long for a socket, in a private folder for temporary files. */
async function socketPath(redis: string): Promise<string> {
  const near = join(redis, "redis.sock");
  if (Buffer.byteLength(near) <= longestSocketPath) return near;
  const user = process.getuid?.() ?? 0;
  const hash = createHash("sha256").update(redis).digest("hex").slice(0, 16);
  const name = `pixiehook-${user}-${hash}`;
  const temporary = tmpdir().length + name.length < 80 ? tmpdir() : "/tmp";
  const folder = join(temporary, name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  // Anyone may make folders here: only one that is ours and closed to others will do.
  if (!found.isDirectory() || found.uid !== user || (found.mode & 0o077) !== 0) {
    throw new StartError(`The folder ${folder} belongs to somebody else or is open to others: remove it.`);
  }
  return join(folder, "redis.sock");
}
