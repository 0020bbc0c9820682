import type { Figure } from "../support/benchmark.js";
import type { BenchRedis, RedisWork } from "../support/redis.js";

/** What Redis did while the work went on. */
export async function redisWorkDuring(redis: BenchRedis, work: () => Promise<unknown>): Promise<RedisWork> {
  const before = await redis.work();
  await work();
  const after = await redis.work();
  const more = (of: keyof RedisWork) => after[of] - before[of];
  return {
    cpuMs: more("cpuMs"),
    commands: more("commands"),
    scripts: more("scripts"),
    received: more("received"),
    sent: more("sent"),
  };
}

/** The same for each of so many. */
export function eachOf({ cpuMs, commands, scripts, received, sent }: RedisWork, count: number): Figure[] {
  return [
    { name: "commands", value: commands / count, unit: "count" },
    { name: "of them scripts", value: scripts / count, unit: "count" },
    { name: "sent to Redis", value: received / count, unit: "bytes" },
    { name: "answered", value: sent / count, unit: "bytes" },
    { name: "Redis' processor", value: cpuMs / count, unit: "milliseconds" },
  ];
}
