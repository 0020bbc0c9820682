import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { createLog } from "../../src/log.js";
import { startEmbeddedRedis } from "../../src/store/embedded/start.js";

/** A private Redis for one test file. */
export interface TestRedis {
  /** `unix:///…`, as REDIS_URL takes it. */
  readonly url: string;
  /** The same, as ioredis takes it: `new Redis(socketPath)`. */
  readonly socketPath: string;
  /** Of the server. */
  readonly pid: number;
  /** Empties it. */
  flush(): Promise<void>;
  /** Fails when a client is still connected after a second: somebody forgot to close it. */
  assertNoConnections(): Promise<void>;
  close(): Promise<void>;
}

/** The nodes of a cluster that serves all test files, one after the other, in the place of one server for each. */
const cluster = process.env.TEST_REDIS_CLUSTER;

/** Starts a Redis of its own in a temporary folder, without a port. About 100 ms. */
export async function startTestRedis(): Promise<TestRedis> {
  if (cluster) return joinCluster(cluster);
  const dataDir = await mkdtemp(join(tmpdir(), "pixiehook-test-"));
  const log = createLog({ level: "error", format: "json" });
  const redis = await startEmbeddedRedis({ dataDir, log });
  const { socketPath } = redis;
  return {
    url: `unix://${socketPath}`,
    socketPath,
    get pid() {
      return redis.pid;
    },
    flush: () => withClient(socketPath, async (client) => void (await client.flushall())),
    assertNoConnections: () => withClient(socketPath, assertAlone),
    close: async () => {
      await redis.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** `socketPath` is one that the client of `cluster-client.ts` understands. */
async function joinCluster(nodes: string): Promise<TestRedis> {
  const masters = nodes.split(",");
  const onEach = (use: (client: Redis) => Promise<void>) =>
    Promise.all(masters.map((address) => withClient(`redis://${address}`, use))).then(() => undefined);
  const flush = () => onEach(async (client) => void (await client.flushall()));
  await flush();
  return {
    url: `unix:///cluster/${nodes}`,
    socketPath: `/cluster/${nodes}`,
    get pid(): number {
      throw new Error("a cluster is several processes");
    },
    flush,
    assertNoConnections: () => onEach(assertAlone),
    close: flush,
  };
}

async function assertAlone(client: Redis): Promise<void> {
  const own = await client.client("ID");
  let others: string[] = [];
  for (let attempt = 0; attempt < 20; attempt++) {
    const list = String(await client.client("LIST"));
    others = list.split("\n").filter((line) => line !== "" && !line.startsWith(`id=${own} `));
    if (others.length === 0) return;
    await delay(50);
  }
  throw new Error(`Redis clients were left open:\n${others.join("\n")}`);
}

async function withClient(place: string, use: (client: Redis) => Promise<void>): Promise<void> {
  const client = new Redis(place);
  try {
    await use(client);
  } finally {
    client.disconnect();
  }
}
