import { Option } from "commander";
import { runSimulator } from "../simulator/run.js";
import { type DialectName, dialectNames } from "../simulator/upstream/dialects.js";
import { port, whole } from "./arguments.js";
import type { AddCommand } from "./command.js";

interface SimulateOptions {
  readonly port: number;
  readonly host: string;
  readonly studioHost?: string;
  readonly seed: number;
  readonly dialect: DialectName;
  readonly collections: number;
  readonly life: boolean;
}

/** `pixiehook simulator`: the simulated studio alone, until it is told to stop. */
export const addSimulator: AddCommand = (program, { terminal }) => {
  program
    .command("simulator")
    .summary("run the simulated studio alone")
    .description("run the simulated studio alone, with catchers for webhooks, Slack and mail")
    .option("--port <number>", "port; the catchers take the next three", port, 4010)
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--studio-host <name>", "another name of that address for the studio, as localhost")
    .option("--seed <number>", "the same seed gives the same studio", whole, 1)
    .option("--collections <number>", "how many collections it begins with", whole, 6)
    .addOption(new Option("--dialect <name>", "how rows look").choices([...dialectNames]).default("flat"))
    .option("--no-life", "nothing happens by itself")
    .addHelpText("after", "\nExample:\n  pixiehook simulator --port 4010 --dialect grouped")
    .action((options: SimulateOptions) =>
      runSimulator({ ...options, log: terminal.write, signal: terminal.signal }),
    );
};
