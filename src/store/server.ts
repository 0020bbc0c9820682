import { Cluster, type Redis } from "ioredis";

/** What one Redis server says of itself. A field that a hosted server keeps to itself is null. */
export interface ServerFacts {
  /** Of a node of a cluster, else null. */
  readonly node: string | null;
  readonly version: string;
  /** Older than BullMQ and the scripts need. */
  readonly isTooOld: boolean;
  /** The policy by which it may drop keys when memory is short; null where it drops none. */
  readonly eviction: string | null;
  readonly keepsAppendOnlyFile: boolean | null;
  /** What it could not write: the append-only file, its renewal, or a snapshot. */
  readonly failedWrite: "append-only file" | "renewal of the append-only file" | "snapshot" | null;
  readonly isReplica: boolean;
  readonly usedBytes: number;
  /** Null: no limit of its own. */
  readonly limitBytes: number | null;
  readonly appendOnlyBytes: number;
}

/** The oldest version that does. */
export const oldestServer = "6.2";

/** Reads the answer to INFO. */
export function readInfo(info: string, node: string | null = null): ServerFacts {
  const values = new Map(
    info.split(/\r?\n/).map((line) => {
      const at = line.indexOf(":");
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
  );
  const number = (name: string) => Number(values.get(name) ?? 0);
  const failed = (name: string) => values.get(name) === "err";
  const version = values.get("redis_version") ?? "unknown";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const policy = values.get("maxmemory_policy") ?? "noeviction";
  const appendOnly = values.get("aof_enabled");
  return {
    node,
    version,
    isTooOld: major < 6 || (major === 6 && minor < 2),
    eviction: policy === "noeviction" || policy === "" ? null : policy,
    keepsAppendOnlyFile: appendOnly === undefined ? null : appendOnly === "1",
    failedWrite: failed("aof_last_write_status")
      ? "append-only file"
      : failed("aof_last_bgrewrite_status")
        ? "renewal of the append-only file"
        : failed("rdb_last_bgsave_status")
          ? "snapshot"
          : null,
    isReplica: values.get("role") === "slave",
    usedBytes: number("used_memory"),
    limitBytes: number("maxmemory") || null,
    appendOnlyBytes: number("aof_current_size"),
  };
}

/** Asks the server, or each node of a cluster that takes writes. */
export async function readServers(client: Redis | Cluster): Promise<ServerFacts[]> {
  if (!(client instanceof Cluster)) return [readInfo(await client.info())];
  // Before it is connected it does not know its masters.
  await client.ping();
  const nodes = client.nodes("master");
  return Promise.all(
    nodes.map(async (node) => readInfo(await node.info(), `${node.options.host}:${node.options.port}`)),
  );
}

/** How far a clock is ahead of ours (ms; negative: behind), and how exactly that is known. */
export interface ClockReading {
  readonly aheadMs: number;
  readonly exactMs: number;
}

/** Compares the server's clock with ours (`now`, ms); of a cluster the clock in the middle: a wrong one counts for nothing. */
export async function readServerClock(client: Redis | Cluster, now: () => number): Promise<ClockReading> {
  const ask = async (node: Redis): Promise<ClockReading> => {
    const before = now();
    const [seconds = 0, microseconds = 0] = (await node.time()).map(Number);
    const after = now();
    const theirs = seconds * 1_000 + microseconds / 1_000;
    return { aheadMs: theirs - (before + after) / 2, exactMs: Math.max(0, after - before) / 2 };
  };
  if (!(client instanceof Cluster)) return ask(client);
  await client.ping();
  const readings = await Promise.all(client.nodes("master").map(ask));
  const middle = readings.toSorted((a, b) => a.aheadMs - b.aheadMs)[readings.length >> 1];
  if (!middle) throw new Error("None of the masters is known");
  return middle;
}
