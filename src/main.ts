import { existsSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { type Role, roles } from "../workers/index.js";
import { demo } from "./cli/demo.js";
import { type DoctorOptions, doctor } from "./cli/doctor.js";
import { type ReplayOptions, replay } from "./cli/replay.js";
import { dialectNames, type SimulateOptions, simulate } from "./cli/simulate.js";
import { start } from "./cli/start.js";
import { processTerminal, type Terminal } from "./cli/terminal.js";
import { type VerifyOptions, verify } from "./cli/verify.js";
import { type Config, readConfig } from "./config.js";
import { durationMs, durationSchema } from "./domain/duration.js";
import { replayChoices } from "./domain/replay.js";
import { messageOf, SettingsError, StartError, UsageError } from "./errors.js";

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

function duration(text: string): string {
  if (!durationSchema.safeParse(text).success)
    throw new InvalidArgumentError("use a duration such as 30s, 5m or 30d");
  return text;
}

function time(text: string): Date {
  const at = new Date(/^\d{1,12}$/.test(text) ? Number(text) * 1_000 : text);
  if (Number.isNaN(at.getTime()))
    throw new InvalidArgumentError("use Unix seconds or a time like 2026-11-20T10:15:00Z");
  return at;
}

const verifyExamples = `
Examples:
  export PIXIEHOOK_WEBHOOK_SECRET=whsec_…
  pixiehook verify < request.http                       head, an empty line, body: as they came
  pixiehook verify --headers headers.txt < body.json
  pixiehook verify --id evt_… --timestamp 1795169702 --signature v1,… --body body.json`;

/** A time (ISO 8601, with a zone), or how long ago (`2d`); as ISO 8601 in UTC. */
function moment(text: string): string {
  if (durationSchema.safeParse(text).success) return new Date(Date.now() - durationMs(text)).toISOString();
  const isTime = /^\d{4}-\d\d-\d\d(T.*(Z|[+-]\d\d:?\d\d))?$/.test(text);
  if (!isTime || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError("use a time such as 2026-11-20T10:15:00Z, a date, or how long ago: 2d");
  return new Date(text).toISOString();
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
    .command("verify")
    .description("check the signature of a received webhook; 0 when it is valid, 1 when not, 2 when unclear")
    .option(
      "--secret <text>",
      "whsec_… or whpk_…; better in PIXIEHOOK_WEBHOOK_SECRET, which no process list shows",
    )
    .option("--headers <file>", "the headers as they came, a line each")
    .option("--id <text>", "the webhook-id header")
    .option("--timestamp <text>", "the webhook-timestamp header")
    .option("--signature <text>", "the webhook-signature header")
    .option("--body <file>", "the raw body; standard input unless told")
    .option("--tolerance <duration>", "how old or early it may be", duration, "5m")
    .option("--at <time>", "judge its age at this time (Unix seconds or ISO 8601) instead of now", time)
    .option("--json", "write JSON, for scripts", false)
    .addHelpText("after", verifyExamples)
    // 1 says that a signature is not valid, so wrong usage must not.
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .configureOutput({ outputError: (text, write) => write(text.replace(/wh(sec|sk)_\S+/g, "[hidden]")) })
    .action(async (options: VerifyOptions) => {
      if (options.body === undefined && process.stdin.isTTY)
        process.stderr.write("Reading what is typed or pasted here; Ctrl-D ends it.\n");
      process.exitCode = (await verify(options, environment(), process.stdin, terminal)) ? 0 : 1;
    });
  program
    .command("replay")
    .description("send past events to a subscription again, from a running service")
    .argument("<subscription>", "its id (sub_…)")
    .requiredOption("--since <time>", "a time, a date, or how long ago, such as 2d", moment)
    .option("--until <time>", "the same; now unless told", moment)
    .addOption(
      new Option("--only <what>", "what failed, what was never made, or both and what was delivered")
        .choices([...replayChoices])
        .default("failed"),
    )
    .option("--wait", "stay until it is done, and show how far it has come", false)
    .option("--url <address>", "address of the service; where the settings lead unless told", address)
    .option("--token <text>", "API token; PIXIEHOOK_API_TOKEN or the data folder's unless told")
    .option("--json", "write JSON, for scripts", false)
    .addHelpText("after", "\nExample:\n  pixiehook replay sub_… --since 2d --only missing --wait")
    .action((subscription: string, options: ReplayOptions) =>
      replay(subscription, options, environment(), terminal),
    );
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

/**
 * Runs the command line and sets the exit code: 78 for wrong settings, 2 for what `verify` cannot follow, 1 for
 * anything else that went wrong.
 */
async function main(): Promise<void> {
  try {
    await build(processTerminal()).parseAsync();
  } catch (error) {
    const known =
      error instanceof SettingsError || error instanceof StartError || error instanceof UsageError;
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
