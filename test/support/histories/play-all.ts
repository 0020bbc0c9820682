import fc from "fast-check";
import { Redis } from "ioredis";
import { startTestRedis } from "../redis.js";
import { histories, oldFaults, warmUp } from "./plan.js";
import { play } from "./play.js";
import { openStore } from "./process.js";

/**
 * Plays so many histories as HISTORIES says, half of them in each of two files, and throws the smallest that fails.
 * HISTORIES_SEED and HISTORIES_PATH, as the failure prints them, replay it.
 */
export async function playAll(hasIds: boolean): Promise<void> {
  const count = Number(process.env.HISTORIES ?? 10_000) / 2;
  const seed = Number(process.env.HISTORIES_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const path = process.env.HISTORIES_PATH;
  // So many are played at once: while one waits for Redis, others go on.
  const lanes = path === undefined ? 32 : 1;
  const redis = await startTestRedis();
  const client = new Redis(redis.socketPath, { protocol: 2 });
  const stage = { client, store: openStore(client) };
  const began = performance.now();
  let played = 0;
  let heads = 0;
  let failing: number | null = null;

  function report(): void {
    const seconds = (performance.now() - began) / 1_000;
    const megabytes = Math.round(process.memoryUsage().rss / 1e6);
    process.stdout.write(`${played} histories, ${Math.round(played / seconds)} a second, ${megabytes} MB\n`);
  }

  async function lane(index: number): Promise<void> {
    const property = fc.asyncProperty(histories(hasIds), async (history) => {
      // Once one has failed, the others make way for finding the smallest that does.
      if (failing !== null && failing !== index) return;
      try {
        const read = await play(stage, history);
        heads += read;
      } catch (error) {
        failing ??= index;
        if (failing === index) throw error;
      }
      played++;
      if (played % 5_000 === 0) report();
    });
    const replayed = path === undefined ? {} : { path };
    await fc.assert(property, { numRuns: Math.ceil(count / lanes), seed: seed + index, ...replayed });
  }

  try {
    await client.config("SET", "appendonly", "no");
    await play(stage, warmUp);
    for (const history of [...oldFaults, ...oldFaults, ...oldFaults]) await play(stage, history);
    process.stdout.write(`${count} histories from seed ${seed}\n`);
    await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)));
    process.stdout.write(`${heads} polls read the head of a list only\n`);
    if (count >= 1_000 && heads === 0) throw new Error("No history read the head of a list");
  } finally {
    client.disconnect();
    await redis.close();
  }
}
