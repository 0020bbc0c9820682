import type { Command } from "commander";
import type { Config } from "../config.js";
import type { Terminal } from "./terminal.js";

/** What a command gets from the process that it runs in. */
export interface Runtime {
  readonly terminal: Terminal;
  /** The environment, and a `.env` file beside it for what the environment leaves open. */
  readonly environment: () => NodeJS.ProcessEnv;
  /** The settings; throws `SettingsError` when they cannot be used. */
  readonly settings: () => Config;
  /** Sets the exit code that the process ends with. */
  readonly exitWith: (code: number) => void;
}

/** Adds a command to the program. Each command is one file that exports such a function. */
export type AddCommand = (program: Command, runtime: Runtime) => void;
