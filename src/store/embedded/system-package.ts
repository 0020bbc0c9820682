import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { StartError } from "../../errors.js";
import { privateTemporaryFolder } from "./folders.js";
import type { Mark } from "./mark.js";
import { claim } from "./owner.js";
import type { PackageManager } from "./packages.js";

/** A program that the system's package manager knows. */
export interface SystemPackage {
  /** As in "Installing Redis". */
  readonly name: string;
  /** As in "No Redis server is found". */
  readonly what: string;
  /** What a person does where no package manager is known, as a request. */
  readonly byHand: string;
  /** What a person can do instead, beginning with "or". */
  readonly instead: string;
  readonly managers: readonly PackageManager[];
  /** `$1` of the managers' scripts. */
  readonly scriptArgument?: string;
  isThere(): Promise<boolean>;
}

export interface PackageOptions {
  /** Where to look for tools. */
  readonly folders: readonly string[];
  readonly signal: AbortSignal;
  /** Tells a person what is done to the system. */
  readonly say?: (line: string) => void;
  readonly deadlineMs?: number;
  readonly user?: number;
}

/**
 * Installs a program with the system's package manager, where that needs no password. One at a time on a machine.
 * Throws `StartError` with the one thing to do where it may not or does not work.
 */
export async function installPackage(wanted: SystemPackage, options: PackageOptions): Promise<void> {
  const { folders, say = toPerson, user = process.getuid?.() ?? 0, deadlineMs = 300_000 } = options;
  const { name, what, instead } = wanted;
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(deadlineMs)]);
  const manager = await findManagerOf(wanted.managers, folders);
  if (manager === null)
    throw new StartError(`No ${what} is found on this machine: ${wanted.byHand}, ${instead}.`);
  const prefix = await rightsFor(manager, user, folders, signal);
  if (prefix === null) {
    throw new StartError(
      `No ${what} is found, and it cannot be installed without a password: run \`${manager.command}\` and start again, ${instead}.`,
    );
  }
  const turn = await takeTurn(signal);
  try {
    if (await wanted.isThere()) return;
    say(`No ${what} is found: installing one with ${manager.tool} (like \`${manager.command}\`) …`);
    const script = [...prefix, "/bin/sh", "-c", manager.script, "pixiehook-install"];
    const outcome = await run([...script, wanted.scriptArgument ?? ""], folders, signal);
    options.signal.throwIfAborted();
    if (outcome.code !== 0) {
      const reason = signal.aborted ? `no end after ${deadlineMs / 1000} s` : outcome.lastLine;
      throw new StartError(
        `Installing ${name} with ${manager.tool} failed (${reason}): run \`${manager.command}\` and start again, ${instead}.`,
      );
    }
    say(`${name} is installed.`);
  } finally {
    turn.remove();
  }
}

function toPerson(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The first of these package managers that is there. */
export async function findManagerOf(
  managers: readonly PackageManager[],
  folders: readonly string[],
): Promise<PackageManager | null> {
  for (const manager of managers) {
    if ((await locate(manager.tool, folders)) !== null) return manager;
  }
  return null;
}

async function locate(tool: string, folders: readonly string[]): Promise<string | null> {
  for (const path of folders.map((folder) => join(folder, tool))) {
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return null;
}

/** What to put before the command; null when it may not run without asking for a password. */
async function rightsFor(
  manager: PackageManager,
  user: number,
  folders: readonly string[],
  signal: AbortSignal,
): Promise<string[] | null> {
  if (!manager.asRoot) return user === 0 ? null : [];
  if (user === 0) return [];
  const sudo = await locate("sudo", folders);
  if (sudo === null) return null;
  const allowed = await run([sudo, "-n", "true"], folders, signal);
  return allowed.code === 0 ? [sudo, "-n"] : null;
}

/** Waits for another pixiehook that installs at this moment. */
async function takeTurn(signal: AbortSignal): Promise<Mark> {
  const folder = await privateTemporaryFolder("install");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (;;) {
    const claimed = await claim(folder);
    if (claimed.kind === "owner") return claimed.mark;
    await delay(500, null, { signal });
  }
}

interface Outcome {
  readonly code: number;
  readonly lastLine: string;
}

/** Runs a command to its end, or to the signal's; keeps the end of what it says. */
function run(command: readonly string[], folders: readonly string[], signal: AbortSignal): Promise<Outcome> {
  const [file = "", ...args] = command;
  const inherited = Object.entries(process.env).filter(([name]) => !/^(PIXIE|REDIS_|SMTP_)/.test(name));
  const env = { ...Object.fromEntries(inherited), PATH: folders.join(delimiter) };
  return new Promise((resolve) => {
    const child = spawn(file, args, { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    let tail = "";
    const keep = (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-4_000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const stop = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
      } catch {
        // It has just ended, or belongs to root: then it ends by itself.
      }
      resolve({ code: -1, lastLine: "stopped" });
    };
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    const end = (code: number, words: string) => {
      signal.removeEventListener("abort", stop);
      resolve({ code, lastLine: words.trim().split("\n").at(-1) || `exit ${code}` });
    };
    child.on("error", (error) => end(-1, error.message));
    child.on("close", (code) => end(code ?? -1, tail));
  });
}
