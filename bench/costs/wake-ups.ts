import { Redis } from "ioredis";
import { pino } from "pino";
import { createWakeUps } from "../../src/queues/wake-ups.js";
import { queuePrefix } from "../../src/store/keys.js";
import type { Section, Surroundings } from "../support/benchmark.js";
import { costOf } from "../support/measure.js";
import { startRedis } from "../support/redis.js";
import { eachOf, redisWorkDuring } from "./work.js";

const actors = 500;
const turns = 10;

/** What it takes to wake an actor that sleeps, and to note that it went to sleep again. */
export async function wakeUpCosts({ signal, say }: Surroundings): Promise<Section> {
  say("Costs: wake-ups");
  const redis = await startRedis(signal);
  const client = new Redis(redis.socketPath, { protocol: 2, maxRetriesPerRequest: null });
  const wakeUps = createWakeUps(client, queuePrefix, pino({ level: "silent" }));
  try {
    let ran = 0;
    let done: () => void = () => undefined;
    wakeUps.work("poll", async () => {
      ran++;
      if (ran % actors === 0) done();
    });
    const ids = Array.from({ length: actors }, (_none, index) => `acc_${index}`);
    const turn = async () => {
      const all = new Promise<void>((resolve) => {
        done = resolve;
      });
      await wakeUps.wakeMany("poll", ids);
      await all;
    };
    await turn();
    let cpuMs = 0;
    const asked = await redisWorkDuring(redis, async () => {
      const cost = await costOf(async () => {
        for (let index = 0; index < turns; index++) await turn();
      });
      cpuMs = cost.cpuMs;
    });
    const count = actors * turns;
    const own = { name: "the process", value: cpuMs / count, unit: "milliseconds" as const };
    return {
      title: "A wake-up",
      notes: [
        `Of an actor that sleeps and finds nothing to do, ${actors} at a time. All wake-ups go through one slot of Redis.`,
      ],
      lines: [{ label: "woken, run, done", figures: [...eachOf(asked, count), own] }],
    };
  } finally {
    await wakeUps.close(1_000);
    client.disconnect();
    await redis.close();
  }
}
