import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPacedStudio, type PacedStudio } from "../support/paced-studio.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";
import { runCommand, temporaryFolder } from "../support/service.js";

let redis: TestRedis;
let studio: PacedStudio;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

const requestsPerMinute = 40;

beforeAll(async () => {
  redis = await startTestRedis();
  studio = await createPacedStudio(redis, { requestsPerMinute });
  folder = await temporaryFolder();
});
afterAll(async () => {
  await studio.close();
  await folder.dispose();
  await redis.close();
});

test("four processes, one of them killed, make no more requests in any minute than the account may, and none beside another", async () => {
  const { arrivals, gapsSince, mostAtOnce, urls } = studio;
  const processes = Array.from({ length: 4 }, () =>
    runCommand(["start", "--roles", "poll,clock"], {
      REDIS_URL: redis.url,
      PIXIEHOOK_SECRET_KEY: Buffer.alloc(32, 7).toString("base64"),
      PIXIEHOOK_DATA_DIR: folder.path,
      PIXIESET_GALLERY_URL: urls.galleryUrl,
      PIXIESET_STUDIO_URL: urls.studioUrl,
    }),
  );
  const [first] = processes;
  const begun = arrivals[0] ?? 0;
  await expect.poll(() => arrivals.length, { timeout: 20_000 }).toBeGreaterThan(10);
  first?.child.kill("SIGKILL");
  // The first minute, and the beginning of the second.
  await sleep(begun + 65_500 - Date.now());
  for (const { child } of processes.slice(1)) child.kill("SIGTERM");
  await Promise.all(processes.map(({ ended }) => ended));

  for (const at of arrivals)
    expect(arrivals.filter((other) => other >= at && other < at + 60_000).length).toBeLessThanOrEqual(
      requestsPerMinute,
    );
  expect(arrivals.filter((at) => at < begun + 60_000)).toHaveLength(requestsPerMinute);
  expect(arrivals.length).toBeGreaterThan(requestsPerMinute);
  expect(mostAtOnce()).toBe(1);
  expect(Math.min(...gapsSince(0))).toBeGreaterThan(225);
}, 100_000);
