import { existsSync } from "node:fs";
import { CommanderError } from "commander";
import type { Runtime } from "./cli/command.js";
import { plain } from "./cli/plain.js";
import { createProgram, untilStopped } from "./cli/program.js";
import { UnansweredError } from "./cli/remote/client.js";
import { processTerminal, StoppedError } from "./cli/terminal.js";
import { readConfig } from "./config.js";
import { messageOf, SettingsError, StartError, UsageError } from "./errors.js";

/** What a command that is stopped may still say, ms. */
const lastWordsMs = 100;

function createRuntime(): Runtime {
  const environment = () => {
    if (existsSync(".env")) process.loadEnvFile(".env");
    return process.env;
  };
  return {
    terminal: processTerminal(),
    environment,
    settings: () => readConfig(environment(), process.stderr.isTTY === true),
    exitWith: (code) => {
      process.exitCode = code;
    },
  };
}

/** Runs the command. Throws `StoppedError` when somebody stops one that has an end of its own. */
async function run(runtime: Runtime): Promise<void> {
  const { signal } = runtime.terminal;
  let command = "";
  const program = createProgram(runtime).hook("preAction", (_, chosen) => {
    command = chosen.name();
  });
  const stopped = new Promise<never>((_, stop) => {
    signal.addEventListener("abort", () => {
      if (!untilStopped.has(command)) setTimeout(() => stop(signal.reason), lastWordsMs);
    });
  });
  await Promise.race([program.parseAsync(), stopped]);
  if (!signal.aborted) return;
  if (!untilStopped.has(command)) process.exitCode = signal.reason.exitCode;
  // Connections that are kept for later hold nobody up who wants to go now.
  if (command !== "start") process.exit();
}

/** The exit code for what a command threw, after saying it: 78 for wrong settings, 2 for wrong usage, else 1. */
function tell(error: unknown, { note, progress }: Runtime["terminal"]): number {
  progress("");
  // Commander has said it already. Help that was asked for ends with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof StoppedError) {
    if (error.message !== "") note(`pixiehook: ${error.message}`);
    return error.exitCode;
  }
  if (error instanceof UnansweredError) {
    note(`pixiehook: ${plain(error.message)}`);
    return 1;
  }
  const known = error instanceof SettingsError || error instanceof StartError || error instanceof UsageError;
  const lines =
    error instanceof SettingsError ? error.problems : (known ? messageOf(error) : String(error)).split("\n");
  for (const line of lines) note(`pixiehook: ${plain(line)}`);
  if (!known && error instanceof Error) note(`${error.stack}`);
  return known ? error.exitCode : 1;
}

/** Runs the command line and sets the exit code. */
async function main(): Promise<void> {
  const runtime = createRuntime();
  try {
    await run(runtime);
  } catch (error) {
    process.exitCode = tell(error, runtime.terminal);
    // What it was at may go on for long, and nobody waits for it any more.
    if (error instanceof StoppedError) process.exit();
  }
  // A handle that somebody forgot must not keep a stopped service alive.
  setTimeout(() => process.exit(), 2_000).unref();
}

await main();
