import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, constants, existsSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

/**
 * A sign of life that the kernel takes down: a named pipe that somebody has open. It vanishes with the last
 * process that holds `fd`, however that process ends, so neither process ids nor clocks have to be trusted.
 */
export interface Mark {
  readonly name: string;
  /** Hand it to a child and the child holds the mark too. */
  readonly fd: number;
  /** Lets go of it here; children keep it. */
  close(): void;
  /** Lets go of it and takes the name away. */
  remove(): void;
}

const run = promisify(execFile);

/** Makes a mark with a name that begins with `prefix` and was never used before. */
export async function makeMark(folder: string, prefix: string): Promise<Mark> {
  const name = `${prefix}-${randomBytes(6).toString("hex")}`;
  const path = join(folder, name);
  const draft = join(folder, `draft-${name}`);
  await run("mkfifo", ["-m", "600", draft]);
  const fd = openSync(draft, constants.O_RDWR | constants.O_NONBLOCK);
  // Renamed only now: under its name nobody ever sees it unheld, unless it is dead for good.
  renameSync(draft, path);
  const close = once(() => closeSync(fd));
  const remove = () => {
    rmSync(path, { force: true });
    close();
  };
  return { name, fd, close, remove };
}

/** The names of the marks with that prefix that some process holds; dead ones are cleared away. */
export function heldMarks(folder: string, prefix: string): string[] {
  const names = marksIn(folder, prefix);
  const held = names.filter((name) => isHeld(join(folder, name)));
  for (const name of names) if (!held.includes(name)) rmSync(join(folder, name), { force: true });
  return held;
}

/** The process that owns a folder of marks; null when none does. Only looks. */
export function ownerOf(folder: string): string | null {
  const name = existsSync(folder)
    ? marksIn(folder, "owner").find((each) => isHeld(join(folder, each)))
    : null;
  return name?.split("-")[1] ?? null;
}

function marksIn(folder: string, prefix: string): string[] {
  return readdirSync(folder).filter((name) => name.startsWith(`${prefix}-`));
}

/** A pipe can be opened for writing, without waiting, only while somebody reads it. */
function isHeld(path: string): boolean {
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENXIO" || code === "ENOENT") return false;
    throw error;
  }
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
