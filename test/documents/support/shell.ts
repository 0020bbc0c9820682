import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("../../../bin/pixiehook.js", import.meta.url));
const curl = fileURLToPath(new URL("curl.js", import.meta.url));

/** Whether a program can be started, and ends well. */
export function succeeds(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Whether a program is installed. */
export function available(program: string, question = "--version"): boolean {
  return succeeds(program, [question]);
}

const helps = new Map<string, string>();

/** What `pixiehook COMMAND --help` says; of the whole program without one. */
export function helpOf(name = ""): string {
  const args = [command, ...(name === "" ? [] : [name]), "--help"];
  const help = helps.get(name) ?? execFileSync(process.execPath, args, { encoding: "utf8", stdio: "pipe" });
  helps.set(name, help);
  return help;
}

/** Whether `pixiehook` has this command. */
export function knows(name: string): boolean {
  return new RegExp(`^  ${name}\\b`, "m").test(helpOf());
}

export interface Shell {
  /** A folder of its own, where blocks run. */
  readonly folder: string;
  /** Where programs are looked for. */
  readonly path: string;
  /** Runs a block as it stands, but for what `replace` puts in the place of its literal texts. Throws unless it ends well. */
  run(code: string, options?: ShellOptions): Promise<string>;
  close(): void;
}

interface ShellOptions {
  readonly replace?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** The exit code that is expected; 0 unless told. */
  readonly code?: number;
}

/** A bash in which `npx pixiehook` is this checkout's. Where there is no curl, a small one of our own is used. */
export function openShell(environment: Readonly<Record<string, string>>): Shell {
  const folder = mkdtempSync(join(tmpdir(), "pixiehook-documents-"));
  const programs = mkdtempSync(join(tmpdir(), "pixiehook-programs-"));
  const program = (name: string, script: string) => {
    writeFileSync(join(programs, name), script);
    chmodSync(join(programs, name), 0o755);
  };
  // npx itself takes half a second for each call; what it finds is checked once, by a test.
  program(
    "npx",
    `#!/bin/sh\n[ "$1" = pixiehook ] || exit 99\nshift\nexec "${process.execPath}" "${command}" "$@"\n`,
  );
  if (!available("curl")) program("curl", `#!/bin/sh\nexec "${process.execPath}" "${curl}" "$@"\n`);
  const path = `${programs}:${process.env.PATH ?? ""}`;
  const variables = { ...environment, PATH: path, HOME: folder };
  return {
    folder,
    path,
    async run(code, { replace = {}, environment: more = {}, input = "", code: expected = 0 } = {}) {
      let script = code;
      for (const [from, to] of Object.entries(replace)) {
        if (!script.includes(from)) throw new Error(`the block does not hold ${from}`);
        script = script.replaceAll(from, to);
      }
      const child = spawn("bash", ["--norc", "-euo", "pipefail", "-c", script], {
        cwd: folder,
        env: { ...variables, ...more },
      });
      let [out, errors] = ["", ""];
      child.stdout.on("data", (chunk: Buffer) => (out += chunk));
      child.stderr.on("data", (chunk: Buffer) => (errors += chunk));
      child.stdin.end(input);
      const [ended] = await once(child, "close");
      if (ended !== expected) throw new Error(`exit ${ended} of\n${script}\n${out}\n${errors}`);
      return out;
    },
    close() {
      rmSync(folder, { recursive: true, force: true });
      rmSync(programs, { recursive: true, force: true });
    },
  };
}
