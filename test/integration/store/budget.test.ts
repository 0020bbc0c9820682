import fc from "fast-check";
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { coolDownMs, type Pace, paceAt, requestGapMs, slowestPace } from "../../../src/domain/pace.js";
import type { Heard } from "../../../src/domain/upstream.js";
import { createVault } from "../../../src/store/secrets.js";
import { createStore, type Store } from "../../../src/store/store.js";
import { passBudgetTime } from "../../support/budget-time.js";
import { startTestRedis, type TestRedis } from "../../support/redis.js";

let redis: TestRedis;
let client: Redis;
let store: Store;

beforeAll(async () => {
  redis = await startTestRedis();
  client = new Redis(redis.socketPath, { protocol: 2 });
  store = createStore(client, createVault([Buffer.alloc(32, 7)]));
});
beforeEach(() => redis.flush());
afterAll(async () => {
  client.disconnect();
  await redis.close();
});

const id = "acc_a";
const key = (name: string) => `pixiehook:{${id}}:${name}`;
const hour = 3_600_000;
const pass = (ms: number) => passBudgetTime(client, id, ms);
const setRate = (rate: number) => client.hset(key("account"), "rate", String(rate));
const take = (gapMs = 0, rate = 6_000) => store.budget.take(id, "poll", rate, gapMs);
const look = (gapMs = 0, rate = 6_000) => store.budget.look(id, "poll", rate, gapMs);
const hear = (kind: Heard["kind"], limit: Heard["limit"] = null) =>
  store.budget.hear(id, { kind, limit }, false);
const state = (rate = 6_000) => store.budget.state(id, rate);

describe("the request budget", () => {
  test("lets no more through in any minute than it allows at the moment, whatever happened before", async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("take" as const), times: fc.integer({ min: 1, max: 12 }) }),
      fc.record({ kind: fc.constant("pass" as const), ms: fc.nat({ max: 70_000 }) }),
      fc.record({ kind: fc.constant("rate" as const), rate: fc.integer({ min: 1, max: 12 }) }),
      fc.record({ kind: fc.constant("refuse" as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        await redis.flush();
        let offset = 0;
        let rate = 6;
        const made: number[] = [];
        await setRate(rate);
        for (const one of steps) {
          if (one.kind === "refuse") await hear("rate_limited");
          if (one.kind === "rate") {
            rate = one.rate;
            await setRate(rate);
          }
          if (one.kind === "pass") {
            await pass(one.ms);
            offset += one.ms;
          }
          for (let i = 0; one.kind === "take" && i < one.times; i++) {
            const now = Date.now() + offset;
            if ((await take()) > 0) continue;
            made.push(now);
            expect(made.filter((at) => at > now - 60_000).length).toBeLessThanOrEqual(rate);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test("says how long to wait: no longer than that, and not much less", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 20_000 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 6 }),
        fc.double({ min: slowestPace, max: 1, noNaN: true }),
        async (pauses, rate, factor) => {
          await redis.flush();
          await setRate(rate);
          for (const pause of pauses) {
            await take();
            await pass(pause);
          }
          if (factor < 1) {
            const { now, at } = await clock();
            const pace: Pace = { factor, at: now + hour, slowedAt: at };
            await client.hset(key("pace"), "state", JSON.stringify(pace));
          }
          const wait = await look();
          if (wait > 1_000) {
            await pass(wait - 1_000);
            expect(await look()).toBeGreaterThan(0);
            await pass(1_000);
          } else await pass(wait);
          expect(await look()).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("looks without taking", async () => {
    for (let i = 0; i < 3; i++) expect(await look(0, 1)).toBe(0);
    expect(await take(0, 1)).toBe(0);
    expect(await look(0, 1)).toBeGreaterThan(59_000);
    expect(await state(1)).toMatchObject({ usedLastMinute: 1, restingMs: 0, pace: 1 });
  });

  test("is that of the account as it stands: raised at once, and lowered at once", async () => {
    await setRate(2);
    expect([await take(), await take(), await take()].map((wait) => wait > 0)).toEqual([false, false, true]);
    await setRate(4);
    expect([await take(), await take(), await take()].map((wait) => wait > 0)).toEqual([false, false, true]);
    await setRate(1);
    await pass(59_000);
    // All four are still in the minute: room is when the newest has left it.
    expect(await look()).toBeGreaterThan(500);
    await pass(1_300);
    expect(await look()).toBe(0);
  });

  test("does not stop for long when the clock is set back", async () => {
    await take();
    await hear("rate_limited");
    await hear("ok", { by: "gallery", remaining: 0, resetMs: hour });
    await pass(-24 * hour);
    expect(await take()).toBe(0);
  });
});

async function clock() {
  const [seconds, micros] = await client.time();
  const now = Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
  return { now, at: now };
}

describe("the turn", () => {
  test("is one holder's, until it is given back or its holder says no more", async () => {
    expect(await take()).toBe(0);
    expect(await store.budget.look(id, "another", 6_000, 0)).toBe(50);
    await store.budget.done(id, "another");
    expect(await store.budget.look(id, "another", 6_000, 0)).toBe(50);
    const left = await client.pttl(key("turn"));
    expect(left).toBeGreaterThan(4_000);
    expect(left).toBeLessThanOrEqual(5_000);
    await client.pexpire(key("turn"), 100);
    await store.budget.keep(id, "another");
    expect(await client.pttl(key("turn"))).toBeLessThanOrEqual(100);
    await store.budget.keep(id, "poll");
    expect(await client.pttl(key("turn"))).toBeGreaterThan(4_000);
    await store.budget.done(id, "poll");
    expect(await store.budget.look(id, "another", 6_000, 0)).toBe(0);
  });
});

describe("the pace", () => {
  test("is the one of the domain, and so is the gap", async () => {
    const factors = fc.double({ min: slowestPace, max: 1, noNaN: true });
    const ages = fc.integer({ min: -hour, max: hour });
    await fc.assert(
      fc.asyncProperty(
        factors,
        ages,
        fc.double({ min: 0.1, max: 6_000, noNaN: true }),
        async (factor, age, rate) => {
          await redis.flush();
          await setRate(rate);
          const { now } = await clock();
          const pace: Pace = { factor, at: now - age, slowedAt: now - age };
          await client.hset(key("pace"), { state: JSON.stringify(pace), last: now });
          const gap = requestGapMs(rate, paceAt(pace, now));
          const wait = await look(250);
          // Some milliseconds have passed meanwhile, in which it may have come back a little.
          expect(wait).toBeLessThanOrEqual(Math.ceil(gap));
          expect(wait).toBeGreaterThan(Math.min(gap - 50, gap * 0.99 - 50));
          expect((await state(rate)).pace).toBeCloseTo(paceAt(pace, now), 3);
        },
      ),
      { numRuns: 100 },
    );
  });

  test("is halved once by refusals that come together, and again after a while, in all processes", async () => {
    const heard = await Promise.all(Array.from({ length: 8 }, () => hear("rate_limited")));
    expect(heard.filter((pace) => pace !== null)).toEqual([1 / 2]);
    expect((await state()).pace).toBeCloseTo(1 / 2, 2);
    const halves: number[] = [];
    for (let i = 0; i < 4; i++) {
      await pass(coolDownMs);
      halves.push((await hear("challenged")) ?? 1);
    }
    for (const [i, pace] of halves.entries())
      expect(pace).toBeCloseTo(Math.max(1 / 2 ** (i + 2), slowestPace), 1);
    expect(halves.at(-1)).toBe(slowestPace);
    await pass(hour / 2);
    expect((await state()).pace).toBe(1);
  });

  test("is taken down by the third trouble in a row, and not by three with a good answer in between", async () => {
    expect([await hear("transient"), await hear("transient")]).toEqual([null, null]);
    await store.budget.done(id, "poll", true);
    expect([await hear("transient"), await hear("transient")]).toEqual([null, null]);
    expect(await store.budget.hear(id, { kind: "transient", limit: null }, true)).toBeNull();
    expect([await hear("transient"), await hear("transient")]).toEqual([null, 1 / 2]);
  });

  test("does not come back while the account rests", async () => {
    await hear("rate_limited");
    await store.budget.rest(id, 900_000);
    expect(await state()).toMatchObject({
      pace: expect.closeTo(1 / 2, 3),
      restingMs: expect.closeTo(900_000, -3),
    });
    await pass(900_000);
    expect((await state()).pace).toBeCloseTo(1 / 2, 2);
    expect((await state()).restingMs).toBe(0);
  });

  test("and all else of a budget ends by itself", async () => {
    await take();
    await hear("rate_limited", { by: "gallery", remaining: 4, resetMs: hour });
    await hear("transient");
    await store.budget.rest(id, 1_000);
    const names = await client.keys("*");
    expect(names.length).toBeGreaterThanOrEqual(4);
    for (const name of names) expect(await client.pttl(name), name).toBeGreaterThan(0);
  });
});

describe("what the upstream says of its own budget", () => {
  test("lets no more through than it says, spread until the reset, and nothing after it", async () => {
    await take();
    await hear("ok", { by: "gallery", remaining: 3, resetMs: 60_000 });
    expect(await state()).toMatchObject({ effectiveRequestsPerMinute: 4, restingMs: 0 });
    const made: number[] = [];
    let now = 0;
    while (now < 59_000) {
      const wait = await take();
      if (wait === 0) {
        made.push(now);
        continue;
      }
      await pass(wait);
      now += wait;
    }
    expect(made.map((at) => Math.round(at / 1_000))).toEqual([15, 30, 45]);
    await pass(1_000);
    expect(await take()).toBe(0);
    expect(await state()).toMatchObject({ effectiveRequestsPerMinute: 6_000, restingMs: 0 });
  });

  test("rests the account when nothing is left, for an hour at most", async () => {
    await hear("ok", { by: "gallery", remaining: 0, resetMs: 24 * hour });
    expect((await state()).restingMs).toBeCloseTo(hour, -3);
    expect(await look()).toBeCloseTo(hour, -3);
    await pass(hour + 1);
    expect(await look()).toBe(0);
  });

  test("is each host's own: none loosens what the other said, nor the account's budget", async () => {
    await setRate(2);
    await hear("ok", { by: "gallery", remaining: 0, resetMs: 600_000 });
    await hear("ok", { by: "studio", remaining: 1_000_000, resetMs: 1_000 });
    expect(await look()).toBeGreaterThan(590_000);
    await hear("ok", { by: "gallery", remaining: 1_000_000, resetMs: 600_000 });
    await pass(1_001);
    expect(await take()).toBe(0);
    await pass(250);
    expect(await take()).toBe(0);
    expect(await look()).toBeGreaterThan(50_000);
  });

  test("may be anything: no answer stops the account for more than an hour", async () => {
    const limit = fc.record({
      by: fc.constantFrom("gallery", "studio"),
      remaining: fc.double(),
      resetMs: fc.double(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(limit, { maxLength: 6 }), async (limits) => {
        await redis.flush();
        for (const one of limits) await hear("ok", one);
        expect(await look()).toBeLessThanOrEqual(hour);
        await pass(hour + 1);
        expect(await take()).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
