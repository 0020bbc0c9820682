import { searchFolders } from "../../src/store/embedded/find.js";
import { serverPath } from "../../src/store/embedded/start.js";

/** How long (ms) an installation may take. */
const patienceMs = 300_000;

/** The path of a `redis-server`, which is installed first where there is none, as a service does. */
export const redisServer = (): Promise<string> =>
  serverPath(searchFolders(), AbortSignal.timeout(patienceMs));
