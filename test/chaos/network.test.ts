import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { faultKinds } from "../../src/simulator/upstream/faults.js";
import { openPlace, type Place, type PlaceOptions } from "./support/place.js";
import { seed } from "./support/random.js";
import type { Manner } from "./support/receivers.js";
import { startRedisServer } from "./support/redis-server.js";
import { mustHold, tell } from "./support/report.js";
import { openWire } from "./support/wire.js";

/** Everything around a service of two worker processes and an API: wires, Pixieset and receivers. */
const actsPerSecond = 4;
const settleMs = 120_000;
const roles = ["poll", "fan-out", "deliver", "clock"] as const;

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function prepare(options: Partial<PlaceOptions> = {}): Promise<Place> {
  const redis = await startRedisServer();
  open.push(redis);
  const target = { kind: "socket", path: redis.socketPath } as const;
  const place = await openPlace({ redis: { REDIS_URL: redis.url }, target, seed, ...options });
  open.push(place);
  await place.member("worker 1", roles);
  await place.member("worker 2", roles);
  return place;
}

test("connections to Redis break fifty times, then everything there takes long", async () => {
  const redis = await startRedisServer();
  open.push(redis);
  const wire = await openWire({ path: redis.socketPath });
  open.push(wire);
  const place = await prepare({
    redis: { REDIS_URL: `redis://127.0.0.1:${wire.port}` },
    target: { kind: "socket", path: redis.socketPath },
  });
  const stop = place.studio.live(actsPerSecond);
  for (let resets = 0; resets < 50; resets++) {
    await sleep(400);
    wire.reset();
    await place.noteInFlight();
  }
  wire.slow(50);
  await sleep(20_000);
  wire.slow(0);
  stop();
  const verdict = await place.settle(settleMs);
  tell(`Connections to Redis broken and slowed (seed ${seed})`, { resets: 50 }, verdict);
  mustHold(verdict);
});

test("the way to Pixieset breaks and slows down", async () => {
  let wire: Awaited<ReturnType<typeof openWire>> | undefined;
  const wires = new Map<string, Awaited<ReturnType<typeof openWire>>>();
  const place = await prepare({
    async upstream(url) {
      const { port, pathname } = new URL(url);
      wire = wires.get(port) ?? (await openWire({ port: Number(port) }));
      if (!wires.has(port)) open.push(wire);
      wires.set(port, wire);
      return `http://127.0.0.1:${wire.port}${pathname}`;
    },
  });
  const stop = place.studio.live(actsPerSecond);
  for (let resets = 0; resets < 40; resets++) {
    await sleep(400);
    wire?.reset();
  }
  wire?.slow(300);
  await sleep(15_000);
  wire?.slow(0);
  stop();
  const verdict = await place.settle(settleMs);
  tell(`The way to Pixieset broken and slowed (seed ${seed})`, { resets: 40 }, verdict);
  mustHold(verdict, { others: ["source.failing", "source.recovered"] });
});

/** These answer something that is not so; what can be told from that is tried by the histories of `npm test`. */
const lies = ["drop-rows", "shift", "lying-total", "same-page", "bad-rows"];

test("Pixieset fails in every way that is known", async () => {
  const place = await prepare();
  const { simulator } = place.studio;
  const stop = place.studio.live(actsPerSecond);
  const kinds = faultKinds.filter((kind) => !lies.includes(kind));
  for (const kind of kinds) {
    simulator.setFault({ kind, probability: 0.5, retryAfterSeconds: 1, delayMs: 1_000 });
    await sleep(2_000);
    simulator.clearFaults();
    await renewSessions(place);
    await sleep(500);
  }
  stop();
  const verdict = await place.settle(settleMs);
  tell(`Pixieset failing (seed ${seed})`, { kinds: kinds.length }, verdict);
  const session = ["session.expired", "session.challenged", "session.restored"];
  mustHold(verdict, { others: [...session, "source.failing", "source.recovered", "source.shape_changed"] });
});

/** As the photographer would: with cookies of a new session, where the old one was given up. */
async function renewSessions({ accounts, api, studio }: Place): Promise<void> {
  for (const account of accounts) {
    const { body } = await api.call("GET", `/v1/accounts/${account}`);
    if (body.session.status === "active") continue;
    const cookies = studio.simulator.newSession();
    const { status } = await api.call("PUT", `/v1/accounts/${account}/session`, { cookies });
    expect(status).toBe(200);
  }
}

test("one receiver fails, hangs, trickles and resets, and nobody else notices", async () => {
  const retry = { delays: Array.from({ length: 20 }, () => "6s") };
  // One that is in trouble for 48 seconds is given rests, longer ones each time.
  const place = await prepare({ subscription: { retry }, lateMs: 180_000 });
  const stop = place.studio.live(actsPerSecond);
  const manners: readonly Manner[] = ["fails", "hangs", "trickles", "resets"];
  const began = Date.now();
  for (const manner of manners) {
    place.receivers.behave("all", manner);
    await sleep(12_000);
  }
  const ended = Date.now();
  place.receivers.behave("all", "answers");
  stop();
  const healthy = new Set(place.receivers.receipts.filter(({ receiver }) => receiver === "one"));
  const verdict = await place.settle(settleMs);
  const own = [...healthy].filter(({ at }) => at > began && at < ended).length;
  tell(
    `A receiver in trouble (seed ${seed})`,
    { manners: manners.length, "healthy one meanwhile": own },
    verdict,
  );
  mustHold(verdict);
  expect(own).toBeGreaterThan(actsPerSecond * 40 * 0.8);
});
