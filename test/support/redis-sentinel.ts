import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Connection, createFarm, type RedisProcess, until, usual } from "./redis-process.js";

/** A master with a replica, and three sentinels that watch them. */
export interface TestSentinels {
  /** As REDIS_SENTINELS takes it. */
  readonly sentinels: string;
  /** The first master, and its replica. */
  readonly servers: readonly [RedisProcess, RedisProcess];
  /** Waits until the sentinels have made the server with this index the master. */
  follows(index: 0 | 1): Promise<void>;
  /** Waits until the server with this index has a replica, and the sentinels know that it has. */
  hasReplica(index: 0 | 1): Promise<void>;
  close(): Promise<void>;
}

const name = "mymaster";

/** `options` make all of them speak TLS where asked for; each kind wants its own password. */
export async function startSentinels({
  options = (_port: number): readonly string[] => [],
  tls = {} as Pick<Connection, "tls">,
  password = "of-the-nodes",
  sentinelPassword = "of-the-sentinels",
} = {}): Promise<TestSentinels> {
  const farm = await createFarm();
  try {
    const data = { password, ...tls };
    const secret = ["--requirepass", password, "--masterauth", password];
    const master = await farm.add((port, home) => [...usual(port, home), ...secret, ...options(port)], data);
    const follow = ["--replicaof", "127.0.0.1", `${master.port}`];
    const replica = await farm.add(
      (port, home) => [...usual(port, home), ...secret, ...follow, ...options(port)],
      data,
    );
    await until(
      () =>
        replica.ask(async (client) => (await client.info("replication")).includes("master_link_status:up")),
      "the replica follows",
    );
    const watch = (port: number, home: string) => {
      const file = join(home, "sentinel.conf");
      const given = options(port);
      const pairs = given.flatMap((word, index) =>
        index % 2 === 0 ? [`${word.slice(2)} ${given[index + 1]}`] : [],
      );
      const lines = [
        "bind 127.0.0.1",
        `port ${port}`,
        `dir ${home}`,
        ...pairs,
        `requirepass ${sentinelPassword}`,
        `sentinel monitor ${name} 127.0.0.1 ${master.port} 2`,
        `sentinel auth-pass ${name} ${password}`,
        `sentinel down-after-milliseconds ${name} 1000`,
        `sentinel failover-timeout ${name} 5000`,
      ];
      writeFileSync(file, `${lines.join("\n")}\n`);
      return [file, "--sentinel"];
    };
    const knows = { password: sentinelPassword, ...tls };
    const sentinels = await Promise.all([1, 2, 3].map(() => farm.add(watch, knows)));
    const tells = (sentinel: RedisProcess) =>
      sentinel.ask(async (client) => {
        const [, ...facts] = (await client.call("SENTINEL", "MASTER", name)) as string[];
        const fact = (of: string) => facts[facts.indexOf(of) + 1];
        return {
          port: Number(fact("port")),
          replicas: fact("num-slaves"),
          others: fact("num-other-sentinels"),
          flags: fact("flags"),
        };
      });
    const each = async (says: (told: Awaited<ReturnType<typeof tells>>) => boolean) =>
      (await Promise.all(sentinels.map(tells))).every(says);
    await until(
      () => each(({ replicas, others }) => replicas === "1" && others === "2"),
      "all know each other",
    );
    const servers = [master, replica] as const;
    return {
      sentinels: sentinels.map(({ address }) => address).join(","),
      servers,
      async follows(index) {
        await until(
          () => each(({ port }) => port === servers[index].port),
          "the sentinels have a new master",
        );
        const info = () => servers[index].ask((client) => client.info("replication"));
        await until(async () => (await info()).includes("role:master"), "it is the master");
      },
      async hasReplica(index) {
        const info = () => servers[index].ask((client) => client.info("replication"));
        await until(async () => /slave0:.*state=online/.test(await info()), "it has a replica");
        await until(
          () => each(({ replicas, flags }) => replicas === "1" && flags === "master"),
          "they know it",
        );
      },
      close: farm.close,
    };
  } catch (error) {
    await farm.close();
    throw error;
  }
}
