import { spawn, spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { text } from "node:stream/consumers";

const player = new URL("play-person.py", import.meta.url).pathname;
const main = new URL("../../bin/pixiehook.js", import.meta.url).pathname;

/** Whether this machine can give a command a terminal: it takes Python 3.9 and no Windows. */
export const hasTerminals =
  spawnSync("python3", ["-c", "import pty, os; os.waitstatus_to_exitcode"]).status === 0;

/** What a person saw, how it ended, and whether the terminal shows what is typed again. */
export interface Seen {
  readonly shown: string;
  readonly echoes: boolean;
  readonly code: number;
}

/** Runs `pixiehook` on a terminal. Each step: a text to wait for, and what is typed then; `!SIGTERM` sends a signal. */
export async function playPerson(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  steps: readonly (readonly [seen: string, typed: string])[],
): Promise<Seen> {
  const env = { PATH: process.env.PATH ?? "", TERM: "xterm", ...settings };
  const command = [player, JSON.stringify(steps), process.execPath, main, ...args];
  const child = spawn("python3", command, { env, cwd: tmpdir(), stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(await text(child.stdout)) as Seen;
}
