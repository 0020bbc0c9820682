import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, test } from "vitest";
import { openPlace, type Place } from "./support/place.js";
import { createRandom, seed } from "./support/random.js";
import { startRedisServer } from "./support/redis-server.js";
import { mustHold, tell } from "./support/report.js";

const actsPerSecond = 4;
const settleMs = 90_000;
const roles = ["poll", "fan-out", "deliver", "clock"] as const;
const random = createRandom(seed);

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function prepare(settings = {}): Promise<Place> {
  const redis = await startRedisServer();
  open.push(redis);
  const target = { kind: "socket", path: redis.socketPath } as const;
  const place = await openPlace({ redis: { REDIS_URL: redis.url }, target, seed, settings });
  open.push(place);
  return place;
}

const minute = 60_000;

test("clocks of two machines jump by up to an hour, forward and back", async () => {
  const place = await prepare();
  const members = [await place.member("worker 1", roles), await place.member("worker 2", roles)];
  const stop = place.studio.live(actsPerSecond);
  const steps = [5, -5, 60, 0, -60, 0, 1, -1, 60, -60];
  for (const step of steps) {
    random.pick(members).setClock(step * minute);
    await sleep(6_000);
  }
  for (const member of members) member.setClock(0);
  stop();
  const verdict = await place.settle(settleMs);
  tell(`Clocks that jump (seed ${seed})`, { steps: steps.length }, verdict);
  mustHold(verdict);
});

test("two services that each believe to be the only one lose and invent nothing", async () => {
  const place = await prepare({ CHAOS_OWNS_REDIS: "yes" });
  const began = Date.now();
  const members = [await place.member("service 1", roles), await place.member("service 2", roles)];
  const stop = place.studio.live(actsPerSecond);
  // Each start frees the locks of the other one, in the middle of its work.
  for (let starts = 0; starts < 12; starts++) {
    await sleep(2_500);
    const member = random.pick(members);
    await member.kill();
    await member.start();
  }
  stop();
  await place.settle(settleMs);
  // Both send at once what one of them should: that is what the lock on the data folder is there for.
  place.excuseSince(began);
  const verdict = await place.verdict();
  tell(`Two services by mistake (seed ${seed})`, { starts: 12 }, verdict);
  mustHold(verdict);
});
