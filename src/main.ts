import { existsSync } from "node:fs";
import { Command, CommanderError } from "commander";
import type { AddCommand, Runtime } from "./cli/command.js";
import { addDemo } from "./cli/demo.js";
import { addDoctor } from "./cli/doctor.js";
import { addReplay } from "./cli/replay.js";
import { addSimulator } from "./cli/simulate.js";
import { addStart } from "./cli/start.js";
import { processTerminal } from "./cli/terminal.js";
import { addTrigger } from "./cli/trigger.js";
import { addVerify } from "./cli/verify.js";
import { readConfig } from "./config.js";
import { messageOf, SettingsError, StartError, UsageError } from "./errors.js";

/** Every command, in the order in which help lists them. */
const commands: readonly AddCommand[] = [
  addStart,
  addTrigger,
  addReplay,
  addVerify,
  addDoctor,
  addDemo,
  addSimulator,
];

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

function build(runtime: Runtime): Command {
  const program = new Command("pixiehook");
  program
    .description("Webhooks, Slack alerts and emails for a Pixieset account")
    .showHelpAfterError("Add --help to see how it is used.")
    .exitOverride();
  for (const add of commands) add(program, runtime);
  return program;
}

/** The exit code for what a command threw, after saying it: 78 for wrong settings, 2 for wrong usage, else 1. */
function tell(error: unknown): number {
  // Commander has said it already. Help that was asked for ends with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const known = error instanceof SettingsError || error instanceof StartError || error instanceof UsageError;
  const lines = error instanceof SettingsError ? error.problems : [known ? messageOf(error) : String(error)];
  for (const line of lines) process.stderr.write(`pixiehook: ${line}\n`);
  if (!known && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return known ? error.exitCode : 1;
}

/** Runs the command line and sets the exit code. */
async function main(): Promise<void> {
  try {
    await build(createRuntime()).parseAsync();
  } catch (error) {
    process.exitCode = tell(error);
  }
  // A handle that somebody forgot must not keep a stopped service alive.
  setTimeout(() => process.exit(), 2_000).unref();
}

await main();
