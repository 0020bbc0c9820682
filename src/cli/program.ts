import { Command } from "commander";
import { readVersion } from "../version.js";
import type { AddCommand, Runtime } from "./command.js";
import { addConnect } from "./connect.js";
import { addDemo } from "./demo.js";
import { addDoctor } from "./doctor.js";
import { helpStyle, tellUsage } from "./help.js";
import { addListen } from "./listen.js";
import { addPoll } from "./poll.js";
import { addReplay } from "./replay.js";
import { addReseal } from "./reseal.js";
import { addSimulator } from "./simulate.js";
import { addStart } from "./start.js";
import { addSubscribe } from "./subscribe.js";
import { addTrigger } from "./trigger.js";
import { addVerify } from "./verify.js";

/** Every command, in the order in which help lists them. */
const commands: readonly AddCommand[] = [
  addStart,
  addConnect,
  addPoll,
  addSubscribe,
  addListen,
  addTrigger,
  addReplay,
  addVerify,
  addDoctor,
  addReseal,
  addDemo,
  addSimulator,
];

/** These run until they are stopped, and then end in order: that is their good end. */
export const untilStopped: ReadonlySet<string> = new Set(["start", "listen", "demo", "simulator"]);

export function createProgram(runtime: Runtime): Command {
  const program = new Command("pixiehook");
  program
    .description("Webhooks, Slack alerts and emails for a Pixieset account")
    .version(readVersion(), "-v, --version", "show the version")
    .helpOption("-h, --help", "show how it is used")
    .helpCommand("help [command]", "show how a command is used")
    .addHelpText("after", "\npixiehook <command> --help has options and examples of each.")
    .configureHelp(helpStyle)
    .showHelpAfterError("Add --help to see how it is used.")
    .configureOutput({ outputError: (text, write) => write(tellUsage(text)) })
    .exitOverride();
  for (const add of commands) add(program, runtime);
  return program;
}
