import { setTimeout as delay } from "node:timers/promises";
import { type Role, roles } from "../../workers/index.js";
import type { Line, Section, Surroundings } from "../support/benchmark.js";
import { startRedis } from "../support/redis.js";
import { processorShare, startService } from "../support/service.js";
import { redisWorkDuring } from "./work.js";

/** Scripts are loaded, queues made, and what runs each second is compiled. */
const settleMs = 10_000;
const watchMs = 20_000;

/** What a service does while there is nothing to do, and its Redis with it. */
export async function idleService({ signal, say }: Surroundings): Promise<Section> {
  const lines: Line[] = [];
  const cases: readonly (readonly [string, readonly Role[]])[] = [
    ["all roles in one process", roles],
    ["a process that delivers", ["deliver"]],
  ];
  for (const [label, some] of cases) {
    say(`Costs: idle, ${label}`);
    const redis = await startRedis(signal);
    try {
      const upstreamUrl = "http://127.0.0.1:9/api/v1";
      const { socketPath } = redis;
      const service = await startService({ socketPath, upstreamUrl, watchesPauses: false, roles: some });
      try {
        await delay(settleMs, null, { signal });
        const before = await service.usage();
        const asked = await redisWorkDuring(redis, () => delay(watchMs, null, { signal }));
        const after = await service.usage();
        const seconds = (after.at - before.at) / 1_000;
        const { rss } = await service.memory();
        lines.push({
          label,
          figures: [
            { name: "of a processor", value: processorShare(before, after), unit: "percent" },
            { name: "Redis", value: asked.cpuMs / 1_000 / seconds, unit: "percent" },
            { name: "commands a second", value: asked.commands / seconds, unit: "count" },
            { name: "sent a second", value: asked.received / seconds, unit: "bytes" },
            { name: "answered a second", value: asked.sent / seconds, unit: "bytes" },
            { name: "memory of the process", value: rss, unit: "bytes" },
            { name: "of Redis", value: await redis.usedMemory(), unit: "bytes" },
          ],
        });
      } finally {
        await service.close();
      }
    } finally {
      await redis.close();
    }
  }
  return {
    title: "Idle: no account, no subscription",
    notes: [`Over ${watchMs / 1_000} s, ${settleMs / 1_000} s after the start.`],
    lines,
  };
}
