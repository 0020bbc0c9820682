import { EventEmitter } from "node:events";
import { vi } from "vitest";

/**
 * Set up before test files that know one server only: where they connect to `/cluster/…`, they get a client of the
 * cluster that it names, which answers for all of its masters where a server would answer for itself.
 */
vi.mock("ioredis", async (importOriginal) => {
  const original = await importOriginal<typeof import("ioredis")>();
  const prefix = "/cluster/";

  function open(nodes: string, redisOptions: object) {
    const startup = nodes.split(",").map((node) => {
      const [host = "", port] = node.split(":");
      return { host, port: Number(port) };
    });
    const cluster = new original.Cluster(startup, { redisOptions });
    const masters = async () => {
      await cluster.ping();
      return cluster.nodes("master");
    };
    return Object.assign(cluster, {
      keys: async (pattern: string) =>
        (await Promise.all((await masters()).map((node) => node.keys(pattern)))).flat(),
      flushall: async () => {
        await Promise.all((await masters()).map((node) => node.flushall()));
        return "OK";
      },
      monitor: async () => {
        const each = await Promise.all((await masters()).map((node) => node.monitor()));
        const all = new EventEmitter();
        for (const one of each) one.on("monitor", (...said: unknown[]) => all.emit("monitor", ...said));
        const disconnect = () => {
          for (const one of each) one.disconnect();
        };
        return Object.assign(all, { disconnect });
      },
      dbsize: async () => {
        const sizes = await Promise.all((await masters()).map((node) => node.dbsize()));
        return sizes.reduce((sum, size) => sum + size, 0);
      },
    });
  }

  const Redis = new Proxy(original.Redis, {
    construct(target, given: unknown[]) {
      const [first, second] = given;
      const all = typeof first === "string" ? { path: first, ...(second as object) } : (first as object);
      const { path, ...options } = all as { path?: string };
      if (path?.startsWith(prefix)) return open(path.slice(prefix.length), options);
      return Reflect.construct(target, given) as object;
    },
  });
  return { ...original, Redis };
});
