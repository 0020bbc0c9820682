import { readdirSync } from "node:fs";
import { Cluster } from "ioredis";
import { createScripts, type ScriptName } from "../../src/store/scripts.js";
import { startCluster, type TestCluster } from "./redis-cluster.js";

/** Starts the cluster that all test files run on. */
export async function setup(): Promise<() => Promise<void>> {
  const cluster = await startCluster();
  await loadScripts(cluster);
  process.env.TEST_REDIS_CLUSTER = cluster.nodes;
  return cluster.close;
}

/**
 * Every node knows every script, as the one server of a test file does after its first test: tests that count commands
 * would count those that say it is not known. That none of the scripts gets what it needs does no harm.
 */
async function loadScripts({ nodes, ownerOf }: TestCluster): Promise<void> {
  const client = new Cluster(nodes.split(","), { redisOptions: { protocol: 2 } });
  const run = createScripts(client);
  const files = readdirSync(new URL("../../src/store/lua", import.meta.url));
  const onNode = new Map<number, string>();
  for (let i = 0; onNode.size < 3; i++) onNode.set(await ownerOf(`k${i}`), `k${i}`);
  const names = files.map((file) => file.replace(/\.lua$/, "") as ScriptName);
  for (const key of onNode.values())
    await Promise.all(names.map((name) => run(name, [key], []).catch(() => undefined)));
  client.disconnect();
}
