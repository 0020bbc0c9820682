import type { Command } from "commander";
import { StartError } from "../../errors.js";
import { address } from "../arguments.js";
import { type Client, createClient } from "./client.js";
import { addressesOf, findService, plainAddress } from "./find.js";
import { findToken, readAddress } from "./settings.js";

/** How a running service is reached; where the settings lead unless told. */
export interface RemoteOptions {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
}

/** Adds the options of every command that asks a running service. */
export function withRemote(command: Command): Command {
  return command
    .option("--url <address>", "address of the service; where the settings lead unless told", address)
    .option("--token <text>", "API token; PIXIEHOOK_API_TOKEN or the data folder's unless told");
}

/** A running service, and where it is. */
export interface Remote {
  readonly client: Client;
  /** Without a trailing slash. */
  readonly address: string;
}

/**
 * Finds the running service and its token. Throws `StartError` that says what to do. When `stop` aborts, whatever is
 * asked of it throws that reason.
 */
export async function reach(
  { url, token }: RemoteOptions,
  environment: NodeJS.ProcessEnv,
  stop?: AbortSignal,
): Promise<Remote> {
  const own = readAddress(environment);
  const found = await findService(url === undefined ? addressesOf(own) : [plainAddress(url)]);
  if (found.address === null) throw new StartError(`${found.finding.text} ${found.finding.remedy ?? ""}`);
  const access = await findToken(token ?? null, own, url !== undefined);
  if (access.token === null)
    throw new StartError(`There is no API token in ${access.from}: give it with PIXIEHOOK_API_TOKEN.`);
  return { client: createClient(found.address, access.token, stop), address: found.address };
}
