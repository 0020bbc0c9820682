import fc from "fast-check";
import { Redis } from "ioredis";
import { afterAll, beforeAll, test } from "vitest";
import { largeHistories, smallHistories, warmUp } from "../support/histories/plan.js";
import { play, type Stage } from "../support/histories/play.js";
import { openStore } from "../support/histories/process.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";

const count = Number(process.env.HISTORIES ?? 10_000);
const seed = Number(process.env.HISTORIES_SEED ?? Math.floor(Math.random() * 2 ** 31));
const path = process.env.HISTORIES_PATH;
/** So many are played at once: while one waits for Redis, others go on. */
const lanes = path === undefined ? 64 : 1;

let redis: TestRedis;
let stage: Stage;

beforeAll(async () => {
  redis = await startTestRedis();
  const client = new Redis(redis.socketPath, { protocol: 2 });
  stage = { client, store: openStore(client) };
  await play(stage, warmUp);
});
afterAll(async () => {
  stage.client.disconnect();
  await redis.close();
});

test("of any history, exactly what could be known is told, each change once, and no removal that was none", async () => {
  let played = 0;
  let failed = false;
  const began = performance.now();
  const history = fc.oneof(
    { weight: 199, arbitrary: smallHistories },
    { weight: 1, arbitrary: largeHistories },
  );
  const lane = (index: number) => {
    let own = false;
    const property = fc.asyncProperty(history, async (each) => {
      // Once one has failed, the others make way for finding the smallest that does.
      if (failed && !own) return;
      played++;
      if (played % 10_000 === 0)
        process.stdout.write(`${played} histories, ${Math.round(process.memoryUsage().rss / 1e6)} MB\n`);
      try {
        await play(stage, each);
      } catch (error) {
        failed = true;
        own = true;
        throw error;
      }
    });
    return fc.assert(property, {
      numRuns: Math.ceil(count / lanes),
      seed: seed + index,
      ...(path === undefined ? {} : { path }),
    });
  };
  await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)));
  process.stdout.write(`${played} histories in ${Math.round(performance.now() - began)} ms\n`);
}, 86_400_000);
