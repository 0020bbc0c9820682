import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { createLog } from "../../src/log.js";
import { startEmbeddedRedis } from "../../src/store/embedded/start.js";
import { moment } from "./moment.js";

/** The database of the request budget: everything else is in the first one. */
export const budgetDatabase = 1;

/** How many sorted sets are looked at in one go. */
const membersAtOnce = 500;

/** The longest command, and how long it kept everyone else waiting. */
export interface SlowCommand {
  readonly milliseconds: number;
  readonly name: string;
}

/** What a Redis did since it began. */
export interface RedisWork {
  /** Processor time, of all of its threads. */
  readonly cpuMs: number;
  /** Commands, those within scripts included. */
  readonly commands: number;
  /** Scripts that were run. */
  readonly scripts: number;
  /** Bytes that came in and went out. */
  readonly received: number;
  readonly sent: number;
}

/** A Redis of our own in a temporary folder, set as pixiehook sets its own, and what it says of itself. */
export interface BenchRedis {
  readonly socketPath: string;
  /** Bytes in use for data: without the buffers of clients and of the append-only file, which come and go. */
  usedMemory(): Promise<number>;
  /** What `INFO` says in one of its sections, by name. */
  facts(section: string): Promise<ReadonlyMap<string, string>>;
  /** What it has done so far, for whoever asked. */
  work(): Promise<RedisWork>;
  /** Bytes by what a key is for, as its name says, the greatest first. */
  memoryByPurpose(): Promise<Map<string, number>>;
  /** Bytes of these keys together; one that is not there has none. */
  memoryOf(names: readonly string[]): Promise<number>;
  /** Waits until each of these sorted sets has so many members; the moment at which the last was seen to. */
  awaitMembers(names: readonly string[], count: number, signal: AbortSignal): Promise<number>;
  /** Waits until this stream has so many rows. */
  awaitLength(name: string, count: number, signal: AbortSignal): Promise<void>;
  /** The longest command while the work runs. Those under a millisecond count as none. */
  longestCommand(work: () => Promise<unknown>): Promise<SlowCommand>;
  close(): Promise<void>;
}

export async function startRedis(signal: AbortSignal): Promise<BenchRedis> {
  const dataDir = await mkdtemp(join(tmpdir(), "pixiehook-bench-"));
  const removeFolder = () => rm(dataDir, { recursive: true, force: true });
  const log = createLog({ level: "error", format: "json" });
  const server = await startEmbeddedRedis({ dataDir, log, signal }).catch(async (error: unknown) => {
    await removeFolder();
    throw error;
  });
  const client = new Redis(server.socketPath, { protocol: 2 });
  return {
    socketPath: server.socketPath,
    usedMemory: () => usedMemory(client),
    facts: (section) => facts(client, section),
    work: () => workOf(client),
    memoryByPurpose: () => memoryByPurpose(client),
    async memoryOf(names) {
      const sizes = await Promise.all(names.map((name) => client.memory("USAGE", name, "SAMPLES", 0)));
      return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    },
    awaitMembers: (names, count, signal) => awaitMembers(client, names, { count, signal }),
    async awaitLength(name, count, signal) {
      while ((await client.xlen(name)) < count) await delay(10, null, { signal });
    },
    longestCommand: (work) => longestCommand(client, work),
    async close() {
      client.disconnect();
      await server.close();
      await removeFolder();
    },
  };
}

async function facts(client: Redis, section: string): Promise<Map<string, string>> {
  const lines = (await client.info(section)).matchAll(/^([^#:\r\n]+):(.*?)\r?$/gm);
  return new Map([...lines].map(([, name = "", value = ""]) => [name, value]));
}

async function workOf(client: Redis): Promise<RedisWork> {
  const [cpu, stats, commands] = await Promise.all(
    ["cpu", "stats", "commandstats"].map((section) => facts(client, section)),
  );
  const seconds = (name: string) => Number(cpu?.get(name) ?? 0);
  const calls = (found: string | undefined) => Number(/^calls=(\d+)/.exec(found ?? "")?.[1] ?? 0);
  const all = [...(commands ?? [])].filter(([name]) => name !== "cmdstat_info");
  return {
    cpuMs: (seconds("used_cpu_user") + seconds("used_cpu_sys")) * 1_000,
    commands: all.reduce((sum, [, found]) => sum + calls(found), 0),
    scripts: calls(commands?.get("cmdstat_evalsha")) + calls(commands?.get("cmdstat_eval")),
    received: Number(stats?.get("total_net_input_bytes") ?? 0),
    sent: Number(stats?.get("total_net_output_bytes") ?? 0),
  };
}

async function usedMemory(client: Redis): Promise<number> {
  // The budget keeps the requests of the last minute, here many more than any account may make.
  await client.pipeline().select(budgetDatabase).flushdb().select(0).exec();
  for (;;) {
    const info = await client.info("memory");
    const value = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1] ?? 0);
    if (value("lazyfree_pending_objects") > 0) {
      await delay(20);
      continue;
    }
    return value("used_memory") - value("mem_clients_normal") - value("mem_aof_buffer");
  }
}

async function memoryByPurpose(client: Redis): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  let cursor = "0";
  do {
    const [next, names] = await client.scan(cursor, "COUNT", 1_000);
    const sizes = await Promise.all(names.map((name) => client.memory("USAGE", name, "SAMPLES", 0)));
    for (const [index, name] of names.entries()) {
      // "pixiehook:{acc_…}:snapshot:src_…": what stands between owner and source.
      const purpose = name.replace(/^[^}]*\}:?/, "").replace(/:.*$/, "");
      sums.set(purpose, (sums.get(purpose) ?? 0) + (sizes[index] ?? 0));
    }
    cursor = next;
  } while (cursor !== "0");
  return new Map([...sums].sort(([, a], [, b]) => b - a));
}

async function awaitMembers(
  client: Redis,
  names: readonly string[],
  { count, signal }: { count: number; signal: AbortSignal },
): Promise<number> {
  let waiting = names;
  for (;;) {
    // Some at a time: to look must cost Redis next to nothing.
    const some = waiting.slice(0, membersAtOnce);
    const sizes = await client.pipeline(some.map((name) => ["zcard", name])).exec();
    const left = some.filter((_name, index) => Number(sizes?.[index]?.[1] ?? 0) < count);
    waiting = [...left, ...waiting.slice(membersAtOnce)];
    if (waiting.length === 0) return moment();
    if (left.length > 0) await delay(5, null, { signal });
  }
}

async function longestCommand(client: Redis, work: () => Promise<unknown>): Promise<SlowCommand> {
  await client.config("SET", "slowlog-log-slower-than", "1000");
  await client.config("SET", "slowlog-max-len", "10000");
  await client.call("SLOWLOG", "RESET");
  await work();
  const entries = (await client.call("SLOWLOG", "GET", "-1")) as [number, number, number, string[]][];
  let longest: SlowCommand = { milliseconds: 0, name: "none over 1 ms" };
  for (const [, , microseconds, [name = ""]] of entries) {
    const milliseconds = microseconds / 1_000;
    if (milliseconds > longest.milliseconds) longest = { milliseconds, name: name.toLowerCase() };
  }
  return longest;
}
