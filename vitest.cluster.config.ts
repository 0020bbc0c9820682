import { readdirSync, readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

/** What has a Redis of its own, which its test file starts. */
const usesRedis = /startTestRedis|useScripted|playAll/;
/** What is about one server, its process or its files. */
const oneServer = /embedded\//;

/** What a page says of a Redis that is one server: `redis-cluster.test.ts` looks at what it says of several. */
const ofOneServer = ["the system is read from the store and the queues", "a reading that failed is not kept"];

const include = readdirSync("test", { recursive: true, encoding: "utf8" })
  .filter((name) => /^(integration|api)\/.*\.test\.ts$/.test(name) && !oneServer.test(name))
  .map((name) => `test/${name}`)
  .filter((file) => usesRedis.test(readFileSync(file, "utf8")));

/** The suites that know one Redis server, on a cluster of three masters. */
export default defineConfig({
  test: {
    include,
    testNamePattern: `^(?!.*(${ofOneServer.join("|")}))`,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    // They share the cluster, and each begins with an empty one.
    fileParallelism: false,
    globalSetup: ["test/support/cluster-setup.ts"],
    setupFiles: ["test/support/cluster-client.ts"],
    // A step on a cluster takes several times as long, and each history begins with an empty one.
    env: { HISTORIES: process.env.HISTORIES ?? "400" },
  },
});
