import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { judge } from "../support/digests/oracle.js";
import { type History, histories } from "../support/digests/plan.js";
import { createStage, play, type Stage } from "../support/digests/play.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";

let redis: TestRedis;
let stage: Stage;
beforeAll(async () => {
  redis = await startTestRedis();
  stage = await createStage(redis);
});
afterAll(async () => {
  await stage.close();
  await redis.close();
});

/** As many as somebody asks for may take all night; those of every run may not. */
const limitMs = process.env.DIGESTS === undefined ? 120_000 : 86_400_000;

/**
 * DIGESTS says how many histories are played; DIGESTS_SEED and DIGESTS_PATH, as a failure prints them, replay one.
 */
test(
  "of any history each event comes once, with those it belongs to, when its window ends, and never in quiet hours",
  async () => {
    const { DIGESTS, DIGESTS_SEED, DIGESTS_PATH } = process.env;
    const seed = Number(DIGESTS_SEED ?? Math.floor(Math.random() * 2 ** 31));
    const numRuns = Number(DIGESTS ?? 40);
    process.stdout.write(`${numRuns} histories of digests from seed ${seed}\n`);
    const began = performance.now();
    let played = 0;
    const property = fc.asyncProperty(histories, async (history: History) => {
      judge(await play(stage, history));
      if (++played % 500 === 0) {
        process.stdout.write(
          `${played} histories, ${Math.round((performance.now() - began) / played)} ms each\n`,
        );
      }
    });
    const replayed = DIGESTS_PATH === undefined ? {} : { path: DIGESTS_PATH };
    await fc.assert(property, { numRuns, seed, ...replayed });
    expect(played).toBeGreaterThan(0);
  },
  limitMs,
);
