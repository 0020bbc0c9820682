import { type Connection, createFarm, freePort, type RedisProcess, until, usual } from "./redis-process.js";

/** A Redis Cluster of three masters, each with a replica where asked for, on ports of this machine. */
export interface TestCluster {
  /** As REDIS_CLUSTER_NODES takes it. */
  readonly nodes: string;
  /** 0 to 2 are the first masters, 3 to 5 their replicas in the same order. */
  readonly servers: readonly RedisProcess[];
  kill(index: number): Promise<void>;
  /** Starts one again that was killed: it comes back as a replica of whoever took its place. */
  start(index: number): Promise<void>;
  /** Waits until the replica of a master has taken its place, and asks it to where the master is well. */
  failover(index: number): Promise<void>;
  /** All keys, over all masters. */
  keys(): Promise<string[]>;
  /** Which server is the master of a key now. */
  ownerOf(key: string): Promise<number>;
  /** Moves the slot of a key, with all that is in it, to another master. */
  moveSlot(key: string, from: number, to: number): Promise<void>;
  /** Ends every process and removes what they wrote. */
  close(): Promise<void>;
}

const masters = 3;
const slots = 16_384;

export async function startCluster({
  replicas = false,
  options = (_port: number): readonly string[] => [],
  connection = {} as Connection,
} = {}): Promise<TestCluster> {
  const farm = await createFarm();
  try {
    const servers = await Promise.all(
      Array.from({ length: replicas ? masters * 2 : masters }, async () => {
        const bus = await freePort();
        const cluster = ["--cluster-enabled", "yes", "--cluster-port", `${bus}`];
        const quick = ["--cluster-announce-ip", "127.0.0.1", "--cluster-node-timeout", "2000"];
        const safe = ["--cluster-replica-validity-factor", "0", "--cluster-allow-replica-migration", "no"];
        const server = await farm.add(
          (port, home) => [...usual(port, home), ...cluster, ...quick, ...safe, ...options(port)],
          connection,
        );
        return { server, bus };
      }),
    );
    const all = servers.map(({ server }) => server);
    await unite(servers, replicas);
    return handles(all, farm.close);
  } catch (error) {
    await farm.close();
    throw error;
  }
}

async function unite(servers: readonly { server: RedisProcess; bus: number }[], replicas: boolean) {
  const [first] = servers;
  if (!first) throw new Error("no servers");
  await Promise.all(
    servers.map(async ({ server }, index) => {
      if (index >= masters) return;
      const from = Math.ceil((slots * index) / masters);
      const to = Math.ceil((slots * (index + 1)) / masters) - 1;
      await server.ask((client) => client.cluster("ADDSLOTSRANGE", from, to));
      await server.ask((client) => client.call("CLUSTER", "SET-CONFIG-EPOCH", index + 1));
    }),
  );
  for (const { server } of servers.slice(1))
    await server.ask((client) => client.call("CLUSTER", "MEET", "127.0.0.1", first.server.port, first.bus));
  if (replicas) {
    const ids = await Promise.all(
      servers.map(({ server }) => server.ask((client) => client.cluster("MYID"))),
    );
    for (const [index, { server }] of servers.entries()) {
      if (index < masters) continue;
      const master = String(ids[index - masters]);
      await until(() => knows(server, master), "the nodes know each other");
      await server.ask((client) => client.cluster("REPLICATE", master));
    }
  }
  await Promise.all(
    servers.map(({ server }, index) =>
      until(async () => {
        const linked =
          index < masters || (await infoOf(server, "replication")).includes("master_link_status:up");
        return linked && (await isWhole(server, servers.length));
      }, "the cluster is whole"),
    ),
  );
}

const infoOf = (server: RedisProcess, section: string) => server.ask((client) => client.info(section));

const knows = (server: RedisProcess, id: string) =>
  server.ask(async (client) => String(await client.cluster("NODES")).includes(id));

async function isWhole(server: RedisProcess, count: number): Promise<boolean> {
  const info = await server.ask((client) => client.cluster("INFO"));
  return /cluster_state:ok/.test(String(info)) && String(info).includes(`cluster_known_nodes:${count}\r`);
}

function handles(servers: readonly RedisProcess[], close: () => Promise<void>): TestCluster {
  const at = (index: number) => {
    const server = servers[index];
    if (!server) throw new Error(`there is no server ${index}`);
    return server;
  };
  const isMaster = async (server: RedisProcess) =>
    (await infoOf(server, "replication").catch(() => "")).includes("role:master");
  return {
    nodes: servers.map(({ address }) => address).join(","),
    servers,
    kill: (index) => at(index).kill(),
    start: (index) => at(index).start(),
    async failover(index) {
      const replica = at(index + masters);
      const isWell = await at(index)
        .ask((client) => client.ping())
        .catch(() => null);
      if (isWell) await replica.ask((client) => client.cluster("FAILOVER"));
      await until(
        async () => (await isMaster(replica)) && (await isWhole(replica, servers.length)),
        "the replica is master",
      );
    },
    async keys() {
      const found = await Promise.all(
        servers.map(async (server) =>
          (await isMaster(server)) ? server.ask((client) => client.keys("*")) : [],
        ),
      );
      return found.flat().sort();
    },
    async ownerOf(key) {
      for (const [index, server] of servers.entries()) {
        // The others answer with MOVED, and replicas with an error of their own.
        const owns = async () =>
          (await isMaster(server)) && (await server.ask((client) => client.exists(key))) >= 0;
        if (await owns().catch(() => false)) return index;
      }
      throw new Error(`nobody has ${key}`);
    },
    async moveSlot(key, from, to) {
      const [source, target] = [at(from), at(to)];
      const idOf = (server: RedisProcess) => server.ask((client) => client.cluster("MYID"));
      const [sourceId, targetId] = [String(await idOf(source)), String(await idOf(target))];
      const slot = await source.ask((client) => client.cluster("KEYSLOT", key));
      await target.ask((client) => client.cluster("SETSLOT", slot, "IMPORTING", sourceId));
      await source.ask((client) => client.cluster("SETSLOT", slot, "MIGRATING", targetId));
      for (;;) {
        const some = (await source.ask((client) =>
          client.call("CLUSTER", "GETKEYSINSLOT", slot, 5),
        )) as string[];
        if (some.length === 0) break;
        const place = ["127.0.0.1", target.port, "", 0, 5_000, "KEYS", ...some];
        await source.ask((client) => client.call("MIGRATE", ...place));
      }
      for (const server of [target, source])
        await server.ask((client) => client.cluster("SETSLOT", slot, "NODE", targetId));
    },
    close,
  };
}
