import { StartError } from "../../errors.js";

export async function installRedis(_options: {
  folders: readonly string[];
  signal: AbortSignal;
}): Promise<void> {
  throw new StartError("No Redis server is found: install redis-server.");
}
