import { once } from "node:events";
import { Option } from "commander";
import { type Role, roles } from "../../workers/index.js";
import type { Config } from "../config.js";
import { StartError } from "../errors.js";
import { roleList } from "./arguments.js";
import type { AddCommand } from "./command.js";
import { startService } from "./run-service.js";
import type { Terminal } from "./terminal.js";

/** `pixiehook start`: the service, until it is told to stop. */
async function start(config: Config, chosen: readonly Role[], terminal: Terminal): Promise<void> {
  const { context, close } = await startService(config, chosen, { signal: terminal.signal });
  const { log, apiToken, apiTokenCreated } = context;
  const { publicUrl, dataDir, http } = context.config;
  if (chosen.includes("api")) {
    terminal.write("");
    terminal.write(`  Dashboard  ${publicUrl}`);
    if (apiTokenCreated) terminal.write(`  API token  ${apiToken}`);
    else if (config.apiToken === null) terminal.write(`  API token  in ${dataDir}/api-token`);
    terminal.write("");
    log.info({ port: http.port, roles: chosen }, "pixiehook is up");
  } else {
    log.info({ roles: chosen }, "pixiehook is up");
  }
  const told = terminal.signal.aborted
    ? Promise.resolve(null)
    : once(terminal.signal, "abort").then(() => null);
  const failure = await Promise.race([told, context.failure]);
  log.info("stopping: what is under way is finished first");
  await close();
  if (failure) throw new StartError(failure.message);
  log.info("stopped");
}

export const addStart: AddCommand = (program, { terminal, settings }) => {
  program
    .command("start")
    .summary("run the service: API, dashboard and workers")
    .description("run the service: API, dashboard and workers")
    .addOption(
      new Option("--roles <list>", `the parts to run: some of ${roles.join(",")}`)
        .argParser(roleList)
        .default([...roles], "all"),
    )
    .addHelpText("after", "\nExample:\n  pixiehook start --roles poll,fan-out,deliver,clock")
    .action((options: { roles: Role[] }) => start(settings(), options.roles, terminal));
};
