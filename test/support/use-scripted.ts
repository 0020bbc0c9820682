import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { startTestRedis, type TestRedis } from "./redis.js";
import { createScripted, type Scripted } from "./scripted.js";

/** A Redis for the tests of a file, and a fresh scripted studio over it before each of them. */
export function useScripted(begin: (studio: Scripted, redis: TestRedis) => void): void {
  let redis: TestRedis;
  let studio: Scripted;
  beforeAll(async () => {
    redis = await startTestRedis();
  });
  beforeEach(async () => {
    studio = await createScripted(redis);
    begin(studio, redis);
  });
  afterEach(() => studio.close());
  afterAll(() => redis.close());
}
