import { constants } from "node:fs";
import { access, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { type Finding, good, notice, problem } from "../../domain/finding.js";
import { size } from "./words.js";

/** What is known of the data folder; nothing of it was changed. */
export interface FolderFacts {
  readonly path: string;
  readonly exists: boolean;
  readonly writable: boolean;
  /** What other users of the machine can read although it is secret. */
  readonly open: readonly string[];
  /** Bytes that this user may still write there. */
  readonly freeBytes: number | null;
}

/** Files that nobody else may read. */
const secretFiles = ["secret-key", "api-token"];

export async function lookAtFolder(path: string): Promise<FolderFacts> {
  const found = await stat(path).catch(() => null);
  if (!found) return { path, exists: false, writable: false, open: [], freeBytes: null };
  const mayWrite = access(path, constants.W_OK | constants.X_OK).then(
    () => found.isDirectory(),
    () => false,
  );
  const disk = statfs(path).catch(() => null);
  // Within a folder that is closed to them others read nothing, whatever the modes of its files.
  const readable = (found.mode & 0o011) === 0 ? [] : await openFiles(path);
  const free = await disk;
  return {
    path,
    exists: true,
    writable: await mayWrite,
    open: readable,
    freeBytes: free && free.bavail * free.bsize,
  };
}

async function openFiles(path: string): Promise<string[]> {
  const modes = await Promise.all(
    secretFiles.map(async (name) => {
      const file = await stat(join(path, name)).catch(() => null);
      return file && (file.mode & 0o044) !== 0 ? name : null;
    }),
  );
  return modes.filter((name) => name !== null);
}

/** Below this the disk counts as full (bytes): the append-only file is written anew beside the old one. */
const leastFree = 200_000_000;
const littleFree = 1_000_000_000;

/** `needed`: an embedded Redis keeps its data there, of this many bytes; null where only secrets are. */
export function judgeFolder(facts: FolderFacts, needed: number | null): Finding[] {
  const { path, exists, writable, open, freeBytes } = facts;
  if (!exists) return [];
  const findings: Finding[] = [];
  if (!writable && needed !== null) {
    const remedy =
      "Let the user that pixiehook runs as write to it, or set PIXIEHOOK_DATA_DIR to another one.";
    findings.push(problem("data_not_writable", `The data folder ${path} cannot be written to.`, remedy));
  }
  if (open.length > 0) {
    const text = `Other users of this machine can read ${open.join(" and ")} in ${path}.`;
    findings.push(problem("data_open", text, `Close it to them: chmod -R go-rwx ${path}`));
  }
  if (needed !== null && freeBytes !== null && freeBytes < Math.max(littleFree, 3 * needed)) {
    const text = `The disk of the data folder has ${size(freeBytes)} left.`;
    const remedy =
      "Make room: Redis writes its file anew beside the old one, and refuses all writes when it cannot.";
    const isFull = freeBytes < Math.max(leastFree, needed);
    findings.push(isFull ? problem("disk_full", text, remedy) : notice("disk_short", text, remedy));
  }
  if (findings.length > 0 || needed === null) return findings;
  const left = freeBytes === null ? "" : `, and its disk has ${size(freeBytes)} left`;
  return [good("data", `The data folder can be written to${left}.`)];
}
