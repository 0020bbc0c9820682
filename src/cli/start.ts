import { once } from "node:events";
import type { Role } from "../../workers/index.js";
import type { Config } from "../config.js";
import { StartError } from "../errors.js";
import { startService } from "./service.js";
import type { Terminal } from "./terminal.js";

/** `pixiehook start`: the service, until it is told to stop. */
export async function start(config: Config, roles: readonly Role[], terminal: Terminal): Promise<void> {
  const { context, close } = await startService(config, roles, { signal: terminal.signal });
  const { log, apiToken, apiTokenCreated } = context;
  const { publicUrl, dataDir, http } = context.config;
  if (roles.includes("api")) {
    terminal.write("");
    terminal.write(`  Dashboard  ${publicUrl}`);
    if (apiTokenCreated) terminal.write(`  API token  ${apiToken}`);
    else if (config.apiToken === null) terminal.write(`  API token  in ${dataDir}/api-token`);
    terminal.write("");
    log.info({ port: http.port, roles }, "pixiehook is up");
  } else {
    log.info({ roles }, "pixiehook is up");
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
