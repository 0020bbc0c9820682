import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Member } from "./support/fleet.js";
import { openPlace, type Place } from "./support/place.js";
import { createRandom, seed } from "./support/random.js";
import { type RedisServer, startRedisServer } from "./support/redis-server.js";
import { mustHold, tell } from "./support/report.js";

/** What Redis does to a service of two worker processes and an API, while things go on happening in the studio. */
const actsPerSecond = 4;
/** Longer than the longest interval of a list: what nobody has looked at yet is not lost. */
const settleMs = 150_000;
const random = createRandom(seed);

const open: { close(): Promise<unknown> }[] = [];
let redis: RedisServer;
let place: Place;
let members: readonly Member[];

beforeEach(async ({ task }) => {
  redis = await startRedisServer();
  open.push(redis);
  place = await openPlace({
    redis: { REDIS_URL: redis.url },
    target: { kind: "socket", path: redis.socketPath },
    seed,
    chains: !task.name.includes("forgot"),
  });
  open.push(place);
  const roles = ["poll", "fan-out", "deliver", "clock"] as const;
  members = [await place.member("worker 1", roles), await place.member("worker 2", roles)];
});
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

/** How long (ms) after `since` the next request came to a receiver. */
async function nextReceipt(since: number): Promise<number> {
  for (const end = since + settleMs; Date.now() < end; await sleep(10)) {
    const next = place.receivers.receipts.find(({ at }) => at >= since);
    if (next) return next.at - since;
  }
  throw new Error("nothing came any more");
}

/** Nobody can be asked what was recorded when Redis broke: what came from a moment before on may come again. */
const momentMs = 1_000;
/** So much longer may what a killed Redis had in its file be ago: it puts off writing while the disk is busy. */
const postponedMs = 2_000;

async function conclude(
  scenario: string,
  counts: Record<string, number>,
  stop: () => void,
  rules: { mayCommitAnew?: boolean } = {},
) {
  stop();
  const verdict = await place.settle(settleMs);
  tell(`${scenario} (seed ${seed})`, counts, verdict);
  mustHold(verdict, rules);
  for (const member of members) expect(member.isAlive()).toBe(true);
}

const seconds = (ms: number) => Math.round(ms / 10) / 100;

test("Redis is killed ten times and starts again with what its file holds", async () => {
  const stop = place.studio.live(actsPerSecond);
  let longest = 0;
  for (let kill = 0; kill < 10; kill++) {
    await sleep(1_000 + random.below(2_000));
    const killedAt = Date.now();
    await redis.kill();
    await sleep(random.below(3_000));
    await redis.start();
    place.excuseSince(killedAt - postponedMs - momentMs);
    longest = Math.max(longest, await nextReceipt(Date.now()));
  }
  await conclude("Redis killed", { kills: 10, "goes on after at most, s": seconds(longest) }, stop);
});

test("Redis is away for a minute: it goes on by itself within five seconds of the return", async () => {
  const stop = place.studio.live(actsPerSecond);
  await sleep(3_000);
  const killedAt = Date.now();
  await redis.kill();
  await sleep(60_000);
  await redis.start();
  const backAt = Date.now();
  place.excuseSince(killedAt - postponedMs - momentMs);
  const after = await nextReceipt(backAt);
  await conclude("Redis away for a minute", { "goes on after, s": seconds(after) }, stop);
  expect(after).toBeLessThan(5_000);
});

test("Redis forgot its last second, ten times: the same ids are found again", async () => {
  const stop = place.studio.live(actsPerSecond);
  let bytes = 0;
  for (let kill = 0; kill < 10; kill++) {
    await sleep(2_500 + random.below(2_500));
    const forgotten = await redis.killAndForget(1_000);
    bytes += forgotten.bytes;
    await redis.start();
    place.excuseSince(forgotten.until - postponedMs - momentMs);
  }
  await conclude("Redis forgot its last second", { kills: 10, "bytes forgotten": bytes }, stop, {
    mayCommitAnew: true,
  });
});

test("Redis stands still for half a minute", async () => {
  const stop = place.studio.live(actsPerSecond);
  await sleep(3_000);
  const pausedAt = Date.now();
  redis.pause();
  await sleep(30_000);
  redis.resume();
  place.excuseSince(pausedAt - momentMs);
  const after = await nextReceipt(Date.now());
  await conclude("Redis stands still for 30 s", { "goes on after, s": seconds(after) }, stop);
});

test("Redis has no memory left for 20 seconds", async () => {
  const stop = place.studio.live(actsPerSecond);
  await sleep(3_000);
  const fullAt = Date.now();
  await redis.client.config("SET", "maxmemory", "1mb");
  await sleep(20_000);
  const { status } = await place.api.call("POST", "/v1/tokens", { name: "reporting", scope: "read" });
  await redis.client.config("SET", "maxmemory", "0");
  place.excuseSince(fullAt - momentMs);
  const after = await nextReceipt(Date.now());
  await conclude("Redis out of memory for 20 s", { "goes on after, s": seconds(after) }, stop);
  expect(status).toBe(503);
});

test("the disk of Redis is full for 20 seconds", async () => {
  const stop = place.studio.live(actsPerSecond);
  await sleep(3_000);
  const fullAt = Date.now();
  await redis.limitFiles(10_000);
  await sleep(20_000);
  const { status } = await place.api.call("POST", "/v1/tokens", { name: "reporting", scope: "read" });
  await redis.limitFiles(null);
  place.excuseSince(fullAt - momentMs);
  const after = await nextReceipt(Date.now());
  await conclude("A full disk under Redis for 20 s", { "goes on after, s": seconds(after) }, stop);
  expect(status).toBe(503);
});
