import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import type { Role } from "../../workers/index.js";
import { openPlace } from "./support/place.js";
import { seed } from "./support/random.js";
import { startRedisServer } from "./support/redis-server.js";
import { count } from "./support/report.js";

/** `SOAK_MINUTES=30` for the promise; less is no more than a first impression. */
const minutes = Number(process.env.SOAK_MINUTES ?? 6);
const accounts = 10;
const eventsPerSecond = 100;
/** What is kept has to have come to its end long before what is compared begins. */
const retention = minutes >= 20 ? "3m" : "1m";
/** Of the last third of the time to the third before it. */
const promised = { process: 1.1, redis: 1.05 };

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

test(`${minutes} minutes at ${eventsPerSecond} events a second keep memory flat in every process and in Redis`, async () => {
  const redis = await startRedisServer();
  open.push(redis);
  const place = await openPlace({
    redis: { REDIS_URL: redis.url },
    target: { kind: "socket", path: redis.socketPath },
    seed,
    accounts,
    resources: ["favorites"],
    types: ["favorite.updated"],
    // Lists large enough not to change so much at once that it is doubted, and small enough to be read whole each time.
    studio: { collections: 8, favorites: 40 },
    settings: { PIXIEHOOK_RETENTION: retention },
  });
  open.push(place);
  const roles: readonly Role[] = ["poll", "fan-out", "deliver", "clock"];
  const pids = new Map([["api", place.api.child.pid ?? 0]]);
  for (const role of roles) pids.set(role, (await place.member(role, [role])).pid());

  const samples = new Map<string, number[]>();
  const note = (name: string, bytes: number) => samples.set(name, [...(samples.get(name) ?? []), bytes]);
  const stop = place.studio.live(eventsPerSecond / accounts, place.studio.change);
  const began = Date.now();
  while (Date.now() - began < minutes * 60_000) {
    await sleep(5_000);
    for (const [name, pid] of pids) note(name, await residentBytes(pid));
    note("Redis", await heldBytes(redis.client));
  }
  stop();
  const seconds = (Date.now() - began) / 1_000;
  const wanted = place.studio.expected.length * accounts;
  for (const deadline = Date.now() + 60_000; came().distinct < wanted && Date.now() < deadline; )
    await sleep(500);

  /** Requests to the receiver of everything, and the events that they are about: the log forgets them. */
  function came() {
    const receipts = place.receivers.receipts.filter(({ receiver }) => receiver === "all");
    return { requests: receipts.length, distinct: new Set(receipts.map(({ event }) => event)).size };
  }
  const { requests, distinct } = came();
  const growth = new Map([...samples].map(([name, bytes]) => [name, growthOf(bytes)]));
  count(`Soak (seed ${seed})`, {
    minutes,
    "kept for": retention,
    "events a second": Math.round(wanted / seconds),
    "deliveries a second": Math.round(place.receivers.receipts.length / seconds),
    events: wanted,
    lost: wanted - distinct,
    doubles: requests - distinct,
    ...Object.fromEntries(
      [...growth].flatMap(([name, { first, last, ratio }]) => [
        [`${name}, MB`, `${megabytes(first)} → ${megabytes(last)}`],
        [`${name}, growth`, ratio],
      ]),
    ),
  });
  expect({ lost: wanted - distinct, doubles: requests - distinct }).toEqual({ lost: 0, doubles: 0 });
  expect(wanted / seconds, "events a second").toBeGreaterThan(eventsPerSecond * 0.9);
  for (const [name, { ratio }] of growth)
    expect(ratio, name).toBeLessThan(name === "Redis" ? promised.redis : promised.process);
});

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1_024;
}

/** What Redis holds, without buffers of connections and of its file, which come and go. */
async function heldBytes(client: { info(section: string): Promise<string> }): Promise<number> {
  const info = await client.info("memory");
  const value = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1] ?? 0);
  return value("used_memory") - value("mem_clients_normal") - value("mem_aof_buffer");
}

/** The mean of the last third of the samples, beside that of the third before it. */
function growthOf(bytes: readonly number[]) {
  const third = Math.floor(bytes.length / 3);
  const mean = (some: readonly number[]) => some.reduce((sum, one) => sum + one, 0) / some.length;
  const [first, last] = [mean(bytes.slice(third, 2 * third)), mean(bytes.slice(2 * third))];
  return { first, last, ratio: Math.round((last / first) * 1_000) / 1_000 };
}

const megabytes = (bytes: number) => Math.round(bytes / 100_000) / 10;
