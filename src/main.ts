import { existsSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { type Role, roles } from "../workers/index.js";
import { demo } from "./cli/demo.js";
import { type DoctorOptions, doctor } from "./cli/doctor.js";
import { dialectNames, type SimulateOptions, simulate } from "./cli/simulate.js";
import { start } from "./cli/start.js";
import { processTerminal, type Terminal } from "./cli/terminal.js";
import { type Config, readConfig } from "./config.js";
import { messageOf, SettingsError, StartError } from "./errors.js";

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("use a whole number");
  return Number(text);
}

function port(text: string): number {
  const number = whole(text);
  if (number > 65_535) throw new InvalidArgumentError("use a number from 0 to 65535");
  return number;
}

function roleList(text: string): Role[] {
  return text.split(",").map((name) => {
    const role = roles.find((known) => known === name.trim());
    if (!role) throw new InvalidArgumentError(`"${name}" is no role: use some of ${roles.join(",")}`);
    return role;
  });
}

function address(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : "";
  if (!/^https?:$/.test(protocol)) throw new InvalidArgumentError("use an http or https address");
  return text;
}

/** The environment, and a `.env` file beside it for what the environment leaves open. */
function environment(): NodeJS.ProcessEnv {
  if (existsSync(".env")) process.loadEnvFile(".env");
  return process.env;
}

function settings(): Config {
  return readConfig(environment(), process.stderr.isTTY === true);
}

function build(terminal: Terminal): Command {
  const program = new Command("pixiehook");
  program.description("Webhooks, Slack alerts and emails for a Pixieset account").showHelpAfterError();
  program
    .command("start")
    .description("run the service: API, dashboard and workers")
    .option("--roles <list>", `the parts to run: some of ${roles.join(",")}`, roleList, [...roles])
    .addHelpText("after", "\nExample:\n  pixiehook start --roles poll,fan-out,deliver,clock")
    .action((options: { roles: Role[] }) => start(settings(), options.roles, terminal));
  program
    .command("doctor")
    .description(
      "ask a running service what is wrong, and say what to do; 1 when something needs you, else 0",
    )
    .option("--url <address>", "address of the service; where the settings lead unless told", address)
    .option("--token <text>", "API token; PIXIEHOOK_API_TOKEN or the data folder's unless told")
    .option("--json", "write JSON, for scripts", false)
    .addHelpText("after", "\nExample:\n  pixiehook doctor --url https://hooks.example.com")
    .action(async (options: DoctorOptions) => {
      process.exitCode = (await doctor(options, environment(), terminal)) ? 0 : 1;
    });
  program
    .command("demo")
    .description("show everything at work on a simulated studio")
    .option("--once", "end with a summary once each channel has delivered a detected change", false)
    .option("--port <number>", "port of the dashboard; 0 for any free one", port)
    .addHelpText("after", "\nExample:\n  pixiehook demo --once")
    .action((options: { once: boolean; port?: number }) => demo(options, terminal));
  program
    .command("simulator")
    .description("run the simulated studio alone, with catchers for webhooks, Slack and mail")
    .option("--port <number>", "port; the catchers take the next three", port, 4010)
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--seed <number>", "the same seed gives the same studio", whole, 1)
    .option("--collections <number>", "how many collections it begins with", whole, 6)
    .addOption(new Option("--dialect <name>", "how rows look").choices([...dialectNames]).default("flat"))
    .option("--no-life", "nothing happens by itself")
    .addHelpText("after", "\nExample:\n  pixiehook simulator --port 4010 --dialect grouped")
    .action((options: SimulateOptions) => simulate(options, terminal));
  return program;
}

/** Runs the command line and sets the exit code: 78 for wrong settings, 1 for anything else that went wrong. */
async function main(): Promise<void> {
  try {
    await build(processTerminal()).parseAsync();
  } catch (error) {
    const known = error instanceof SettingsError || error instanceof StartError;
    const lines =
      error instanceof SettingsError ? error.problems : [known ? messageOf(error) : String(error)];
    for (const line of lines) process.stderr.write(`pixiehook: ${line}\n`);
    if (!known && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exitCode = known ? error.exitCode : 1;
  }
  // A handle that somebody forgot must not keep a stopped service alive.
  setTimeout(() => process.exit(), 2_000).unref();
}

await main();
