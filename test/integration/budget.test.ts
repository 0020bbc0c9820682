import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { coolDownMs } from "../../src/domain/pace.js";
import { createGate } from "../../src/pipeline/gate.js";
import type { Stop } from "../../src/queues/wake-ups.js";
import { passBudgetTime } from "../support/budget-time.js";
import { createPacedStudio, type PacedStudio } from "../support/paced-studio.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";

let redis: TestRedis;
let studio: PacedStudio | undefined;

beforeAll(async () => {
  redis = await startTestRedis();
});
afterEach(() => studio?.close());
afterAll(() => redis.close());

async function begin(options: Parameters<typeof createPacedStudio>[1]): Promise<PacedStudio> {
  studio = await createPacedStudio(redis, options);
  return studio;
}

const never: Stop = { draining: new AbortController().signal, abort: new AbortController().signal };
const hour = 3_600_000;
/** Requests do not arrive with exactly the spacing that they left with. */
const slack = 25;
const least = (gaps: readonly number[]) => Math.min(...gaps);
const budgetOf = async ({ machine, account }: PacedStudio) => {
  const found = await machine.accounts.get(account);
  if (!found) throw new Error("no account");
  return found.budget;
};

describe("requests of one account", () => {
  test.each([1, 2, 4])("go one at a time, with a gap between them, with %i workers", async (workers) => {
    const { work, answer, arrivals, gapsSince, mostAtOnce } = await begin({ requestsPerMinute: 1_200 });
    answer(() => ({ ms: 20 }));
    await work(workers, 2_500);
    expect(mostAtOnce()).toBe(1);
    expect(arrivals.length).toBeGreaterThan(15);
    expect(arrivals.length).toBeLessThanOrEqual(2_500 / 50 + 3);
    expect(least(gapsSince(0))).toBeGreaterThan(50 - slack);
  });

  test("are no more than the budget in a minute, and what it holds can be asked for at once", async () => {
    const { work, arrivals, client, account } = await begin({ requestsPerMinute: 12 });
    await work(2, 4_500);
    expect(arrivals).toHaveLength(12);
    await passBudgetTime(client, account, 50_000);
    await work(2, 500);
    expect(arrivals).toHaveLength(12);
    await passBudgetTime(client, account, 10_000);
    await work(2, 1_000);
    expect(arrivals.length).toBeGreaterThan(13);
  });

  test("never overlap, however long one takes", async () => {
    const { work, answer, mostAtOnce, arrivals } = await begin({ requestsPerMinute: 6_000 });
    answer(() => ({ ms: 6_000 }));
    await work(2, 6_500);
    expect(mostAtOnce()).toBe(1);
    expect(arrivals).toHaveLength(3);
  });

  test("go on soon after a worker was killed with one under way", async () => {
    const { work, arrivals, account, store, machine } = await begin({ requestsPerMinute: 1_200 });
    const known = await store.accounts.get(account);
    if (!known) throw new Error("no account");
    const options = { stop: never, now: machine.parts.now, until: Number.POSITIVE_INFINITY };
    const keep = async () => undefined;
    const doomed = createGate(known, "poll", { ...store.budget, keep }, options);
    expect(await doomed.enter()).toBe(true);
    const [before, killedAt] = [arrivals.length, Date.now()];
    await work(1, 7_000);
    const waited = (arrivals[before] ?? 0) - killedAt;
    expect(waited).toBeGreaterThan(4_000);
    expect(waited).toBeLessThan(6_000);
  });
});

describe("an account that is refused", () => {
  test("halves its requests, again and again, makes no burst, and creeps back", async () => {
    const paced = await begin({ requestsPerMinute: 1_200 });
    const { work, answer, arrivals, gapsSince, client, account, store } = paced;
    await work(1, 500);
    const even = 50;
    for (const share of [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 16]) {
      await passBudgetTime(client, account, coolDownMs);
      let refusals = 0;
      answer(() => (refusals++ < 3 ? { status: 429, headers: { "retry-after": "0" } } : {}));
      const before = arrivals.length;
      while (refusals < 3) {
        await work(2, 300);
        await store.budget.rest(account, 1);
      }
      expect((await budgetOf(paced)).pace).toBeCloseTo(share, 1);
      answer(() => ({}));
      const from = arrivals.length;
      await work(2, 2_000);
      expect(arrivals.length).toBeGreaterThan(from);
      expect(least(gapsSince(before + 1))).toBeGreaterThan((even / share) * 0.9 - slack);
    }
    const paces: number[] = [];
    for (let i = 0; i < 6; i++) {
      await passBudgetTime(client, account, hour / 12);
      paces.push((await budgetOf(paced)).pace);
    }
    expect(paces).toEqual([...paces].sort((a, b) => a - b));
    expect(paces[2]).toBeLessThan(0.7);
    expect(paces.at(-1)).toBe(1);
  }, 60_000);

  test("rests as long as it is told, in all its processes", async () => {
    const paced = await begin({ requestsPerMinute: 1_200 });
    const { work, answer, arrivals } = paced;
    answer(() => ({ status: 429, headers: { "retry-after": "2" } }));
    const before = arrivals.length;
    await work(4, 1_500);
    expect(arrivals.length - before).toBe(1);
    expect((await budgetOf(paced)).restingUntil).not.toBeNull();
  });

  test.each([
    ["503s", { status: 503, body: "{}" }],
    ["connections that break", { reset: true }],
  ])("slows down at the third in a row of %s, and not when good answers come between", async (_name, bad) => {
    const paced = await begin({ requestsPerMinute: 1_200 });
    const { work, answer, arrivals, store, account, machine } = paced;
    let count = 0;
    answer(() => (++count % 3 === 0 ? {} : bad));
    await work(2, 1_200);
    expect(count).toBeGreaterThan(6);
    expect((await budgetOf(paced)).pace).toBe(1);
    answer(() => bad);
    const before = arrivals.length;
    for (let i = 0; arrivals.length < before + 4 && i < 20; i++) {
      await store.sources.hurry(
        account,
        [],
        (await store.sources.list(account)).map(({ id }) => id),
        machine.parts.now(),
      );
      await work(2, 300);
    }
    expect((await budgetOf(paced)).pace).toBeCloseTo(1 / 2, 1);
  });

  test("by a challenge stops, and is slower when somebody has passed it", async () => {
    const paced = await begin({ requestsPerMinute: 1_200 });
    const { work, answer, arrivals, machine, account, cookies } = paced;
    answer(() => ({ status: 403, headers: { "cf-mitigated": "challenge" } }));
    const before = arrivals.length;
    await work(1, 800);
    expect(arrivals.length - before).toBe(1);
    expect((await budgetOf(paced)).pace).toBeCloseTo(1 / 2, 1);
    answer((path) => (path.endsWith("/user") ? { body: '{"id":1,"email":"a@b.example"}' } : {}));
    expect(await machine.accounts.renewSession(account, { cookies })).toMatchObject({ kind: "active" });
    expect((await budgetOf(paced)).pace).toBeCloseTo(1 / 2, 1);
  });
});

describe("a budget of the upstream's own", () => {
  test("is kept to by all workers, and rests the account when it is used up", async () => {
    const paced = await begin({ requestsPerMinute: 1_200 });
    const { work, answer, arrivals, gapsSince } = paced;
    const before = arrivals.length;
    const reset = Date.now() + 3_000;
    answer(() => {
      const remaining = Math.max(0, 6 - (arrivals.length - before));
      const left = Math.max(0, (reset - Date.now()) / 1_000).toFixed(1);
      return { headers: { "x-ratelimit-remaining": `${remaining}`, "x-ratelimit-reset": left } };
    });
    await work(3, 2_600);
    expect(arrivals.length - before).toBeLessThanOrEqual(6);
    expect(arrivals.length - before).toBeGreaterThanOrEqual(4);
    expect(least(gapsSince(before))).toBeGreaterThan(400);
    await work(3, 1_000);
    expect(arrivals.length - before).toBeGreaterThan(7);
  });

  test("that is nonsense changes nothing", async () => {
    const paced = await begin({ requestsPerMinute: 1_200 });
    const { work, answer, arrivals } = paced;
    const nonsense = ["-1", "NaN", "Infinity", "1e9", "", "0x0", "9".repeat(400)];
    let at = 0;
    answer(() => ({
      headers: { "ratelimit-remaining": nonsense[at % 7] ?? "", "ratelimit-reset": nonsense[at++ % 5] ?? "" },
    }));
    const before = arrivals.length;
    await work(2, 1_000);
    expect(arrivals.length - before).toBeGreaterThan(8);
    expect(await budgetOf(paced)).toMatchObject({
      pace: 1,
      effectiveRequestsPerMinute: 1_200,
      restingUntil: null,
    });
  });

  test("that ends for long in the middle of a list is not sat out: nothing is written, and the list is read later", async () => {
    const paced = await begin({ requestsPerMinute: 1_200 });
    const { work, answer, store, account } = paced;
    await work(1, 800);
    const before = await store.sources.list(account);
    const headers = { ratelimit: '"day";r=0;t=7200' };
    answer(() => ({
      headers,
      body: '{"data":[{"id":1,"status":"sent"}],"meta":{"current_page":1,"last_page":3,"total":3}}',
    }));
    const started = Date.now();
    await work(1, 1_000);
    expect(Date.now() - started).toBeLessThan(3_000);
    const { restingUntil } = await budgetOf(paced);
    expect(Date.parse(restingUntil ?? "") - started).toBeCloseTo(hour, -4);
    const after = await store.sources.list(account);
    expect(after.map(({ failures }) => failures)).toEqual(before.map(({ failures }) => failures));
  });
});

describe("a change of the budget", () => {
  test("is felt by a worker that waits for the old one, up and down", async () => {
    const paced = await begin({ requestsPerMinute: 3 });
    const { work, arrivals, gapsSince, machine, account } = paced;
    const working = work(2, 9_000);
    await sleep(2_500);
    expect(arrivals).toHaveLength(3);
    await machine.accounts.update(account, { polling: { requestsPerMinute: 600 } });
    await sleep(2_500);
    const raised = arrivals.length;
    expect(raised).toBeGreaterThan(10);
    expect(least(gapsSince(3))).toBeGreaterThan(100 - slack);
    await machine.accounts.update(account, { polling: { requestsPerMinute: 10 } });
    await sleep(300);
    const lowered = arrivals.length;
    expect(lowered).toBeLessThanOrEqual(raised + 1);
    await working;
    expect(arrivals).toHaveLength(lowered);
  });
});

describe("a gate", () => {
  test("waits until a request could be made, and says when that is too late", async () => {
    const { store, account, machine } = await begin({ requestsPerMinute: 1_200 });
    const known = await store.accounts.get(account);
    if (!known) throw new Error("no account");
    const { now } = machine.parts;
    const stop = new AbortController();
    const until = Number.POSITIVE_INFINITY;
    const gate = createGate(known, "poll", store.budget, {
      stop: { ...never, draining: stop.signal },
      now,
      until,
    });
    await store.budget.rest(account, 500);
    const asked = now();
    expect(await gate.whenFree(asked + 100)).toBe(false);
    expect((gate.notBefore() ?? 0) - asked).toBeGreaterThan(400);
    const used = (await store.budget.state(account, 1)).usedLastMinute;
    expect(await gate.whenFree(asked + 5_000)).toBe(true);
    expect(gate.notBefore()).toBeNull();
    expect(now() - asked).toBeGreaterThan(450);
    expect((await store.budget.state(account, 1)).usedLastMinute).toBe(used);
    await store.budget.rest(account, 60_000);
    const waits = gate.whenFree(until);
    stop.abort();
    expect(await waits).toBe(false);
  });

  test("tells a person at once, and until when, that a session cannot be tried while the account rests", async () => {
    const { store, account, machine, cookies, arrivals } = await begin({ requestsPerMinute: 1_200 });
    await store.budget.rest(account, 600_000);
    const before = arrivals.length;
    const asked = Date.now();
    const refused = await machine.accounts.renewSession(account, { cookies });
    expect(Date.now() - asked).toBeLessThan(1_000);
    expect(refused).toMatchObject({ kind: "refused", code: "upstream_unreachable" });
    const until = /before (\S+Z)/.exec(refused?.kind === "refused" ? refused.detail : "")?.[1] ?? "";
    expect(Date.parse(until) - asked).toBeGreaterThan(599_000);
    expect(arrivals).toHaveLength(before);
  });
});

test("nothing of a budget outlives its account", async () => {
  const { work, answer, client, account, machine } = await begin({ requestsPerMinute: 1_200 });
  answer(() => ({ status: 429, headers: { "retry-after": "1", ratelimit: '"x";r=1;t=60' } }));
  await work(1, 300);
  const names = ["requests", "rest", "pace", "told"].map((name) => `pixiehook:{${account}}:${name}`);
  expect(await client.exists(names)).toBe(4);
  await machine.accounts.remove(account);
  expect(await client.keys(`*${account}*`)).toEqual([]);
});
