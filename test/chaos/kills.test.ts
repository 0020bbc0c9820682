import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import type { Role } from "../../workers/index.js";
import type { Member } from "./support/fleet.js";
import { createKiller, type Killer } from "./support/killer.js";
import { openPlace, type Place } from "./support/place.js";
import { createRandom, seed } from "./support/random.js";
import { type RedisServer, startRedisServer } from "./support/redis-server.js";
import { mustHold, tell } from "./support/report.js";

/** In all, over both ways of running a service: `KILLS=50` for a first impression. */
const wanted = Number(process.env.KILLS ?? 500);
const actsPerSecond = 4;
const settleMs = 90_000;

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function prepare(accounts: number, settings = {}): Promise<{ redis: RedisServer; place: Place }> {
  const redis = await startRedisServer();
  open.push(redis);
  const place = await openPlace({
    redis: { REDIS_URL: redis.url },
    target: { kind: "socket", path: redis.socketPath },
    seed,
    accounts,
    settings,
  });
  open.push(place);
  return { redis, place };
}

test("one process that owns its Redis, killed at every step, loses and invents nothing", async () => {
  const { place } = await prepare(3, { CHAOS_OWNS_REDIS: "yes" });
  const killer = createKiller(place, createRandom(seed));
  const service = await place.member("service", ["poll", "fan-out", "deliver", "clock"]);
  const stop = place.studio.live(actsPerSecond);
  // The steps that there are have to be seen before they can be aimed at.
  await sleep(8_000);
  const count = Math.ceil(wanted * 0.65);
  while (killer.kills < count) await killer.kill(service);
  stop();
  const verdict = await place.settle(settleMs);
  tell(`Killed at every step, one process (seed ${seed})`, counted(killer, [service]), verdict);
  mustHold(verdict);
  expect(verdict.doubles).toBeLessThanOrEqual(killer.inFlight);
});

test("roles in processes of their own, killed and stopped in any order, lose and invent nothing", async () => {
  const { place } = await prepare(6);
  const random = createRandom(seed + 1);
  const killer = createKiller(place, random);
  const roles: readonly Role[] = ["poll", "fan-out", "deliver", "poll", "fan-out", "deliver", "clock"];
  const members = [];
  for (const [index, role] of roles.entries()) members.push(await place.member(`${role} ${index}`, [role]));
  const stop = place.studio.live(actsPerSecond);
  await sleep(8_000);
  const count = wanted - Math.ceil(wanted * 0.65);
  let stops = 0;
  // Two hands: while one process starts anew, another one is killed.
  const hands = [members.slice(0, 4), members.slice(4)].map(async (own) => {
    while (killer.kills < count) {
      const member = random.pick(own);
      // One that is silent for longer than its locks hold wakes up as a stranger, and must do no harm.
      if (random.next() < 0.1) {
        stops += 1;
        member.signal("SIGSTOP");
        await place.noteInFlight();
        await sleep(12_000);
        await place.noteInFlight();
        member.signal("SIGCONT");
      }
      await killer.kill(member);
    }
  });
  await Promise.all(hands);
  stop();
  const verdict = await place.settle(settleMs);
  const counts = { ...counted(killer, members), stops };
  tell(`Killed and stopped in any order, seven processes (seed ${seed})`, counts, verdict);
  mustHold(verdict);
});

function counted(killer: Killer, members: readonly Member[]) {
  const { steps, missed } = killer.coverage(members);
  const aimed = [...killer.byStep.values()].reduce((sum, count) => sum + count, 0);
  const { kills, inFlight } = killer;
  return { kills, "at a step": aimed, steps, "steps missed": missed, "in flight at kills": inFlight };
}
