import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

/** What a search for a server came to. */
export type Found =
  | { readonly kind: "found"; readonly path: string; readonly version: string }
  | { readonly kind: "too_old"; readonly path: string; readonly version: string }
  | { readonly kind: "missing" };

/** The oldest Redis that BullMQ and the scripts work on. */
export const oldestVersion = "6.2";

const run = promisify(execFile);
const names = ["redis-server", "valkey-server"];
const usualFolders = [
  "/usr/local/bin",
  "/usr/bin",
  "/usr/local/sbin",
  "/usr/sbin",
  "/opt/homebrew/bin",
  "/snap/bin",
];

/** The folders of a search path, then the usual ones. */
export function searchFolders(path = process.env.PATH ?? ""): string[] {
  return [...new Set([...path.split(delimiter).filter((folder) => folder !== ""), ...usualFolders])];
}

/** Finds the first `redis-server` or `valkey-server` that is new enough. */
export async function findServer(folders: readonly string[]): Promise<Found> {
  let tooOld: Found | null = null;
  for (const path of names.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    const version = await versionOf(path);
    if (version === null) continue;
    if (isRecent(version)) return { kind: "found", path, version };
    tooOld ??= { kind: "too_old", path, version };
  }
  return tooOld ?? { kind: "missing" };
}

async function versionOf(path: string): Promise<string | null> {
  try {
    await access(path, constants.X_OK);
    const { stdout } = await run(path, ["--version"], { timeout: 5_000 });
    return /\bv=(\d+\.\d+[\d.]*)/.exec(stdout)?.[1] ?? null;
  } catch {
    return null;
  }
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestVersion.split(".").map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}
