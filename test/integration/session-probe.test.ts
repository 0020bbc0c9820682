import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startTestRedis, type TestRedis } from "../support/redis.js";
import { createSessionLife, minute, type SessionLife } from "../support/session-life.js";

let redis: TestRedis;
let life: SessionLife | undefined;

beforeAll(async () => {
  redis = await startTestRedis();
});
afterEach(() => life?.close());
afterAll(() => redis.close());

async function begin(options?: Parameters<typeof createSessionLife>[1]): Promise<SessionLife> {
  life = await createSessionLife(redis, options);
  return life;
}

/** Whether each number is as expected, give or take the minute that it was noticed in. */
function expectAbout(found: readonly number[], expected: readonly number[]) {
  expect(found).toHaveLength(expected.length);
  for (const [i, at] of expected.entries()) expect(Math.abs((found[i] ?? 0) - at)).toBeLessThanOrEqual(1);
}

test("an expired session is told once and asked after ever more seldom, also by a process that starts anew", async () => {
  const { expire, pass, process, status, types } = await begin();
  await expire();
  let current = process();
  let minutes = 0;
  const asked = await pass(1_720, "", () => {
    if (++minutes % 45 === 0) current = process();
    return current;
  });
  expectAbout(asked, [10, 30, 70, 150, 310, 630, 990, 1_350, 1_710]);
  expect(await types()).toEqual(["session.expired"]);
  expect(await status()).toBe("expired");
}, 60_000);

test("a session that was refused by a hiccup is restored by its probe, and what happened meanwhile is told", async () => {
  const { account, simulator, machine, pass, status, told, types } = await begin();
  simulator.setFault({ kind: "401" });
  await pass(2);
  expect(await status()).toBe("expired");
  simulator.clearFaults();
  simulator.addFavorites({ count: 2 });
  await pass(15);
  expect(await status()).toBe("active");
  const [expired, restored] = await told();
  expect(expired).toMatchObject({ type: "session.expired", data: { object: { by: null } } });
  expect(restored).toMatchObject({
    type: "session.restored",
    data: { object: { status: "active", by: "probe", user: { email: "owner@smithstudio.example" } } },
  });
  const all = await machine.parts.store.events.after(account, "0", 100);
  expect(all.filter(({ body }) => body.includes('"favorite.added"'))).toHaveLength(2);

  simulator.setFault({ kind: "401" });
  await pass(2);
  simulator.clearFaults();
  await pass(15);
  const ids = (await told()).map(({ id }) => id);
  expect(await types()).toEqual([
    "session.expired",
    "session.restored",
    "session.expired",
    "session.restored",
  ]);
  expect(new Set(ids).size).toBe(4);
});

test("a probe that meets trouble that passes changes nothing, and comes later again", async () => {
  const { expire, simulator, pass, status, types } = await begin();
  await expire();
  simulator.setFault({ kind: "502" });
  expectAbout(await pass(75), [10, 30, 70]);
  expect(await status()).toBe("expired");
  simulator.clearFaults();
  simulator.setFault({ kind: "reset" });
  expectAbout(await pass(80), [75]);
  expect(await types()).toEqual(["session.expired"]);
});

test("a challenge to a probe is told once and stops every request until a person hands cookies over", async () => {
  const { expire, simulator, pass, process, status, types, put } = await begin();
  await expire();
  simulator.setFault({ kind: "challenge" });
  expectAbout(await pass(2_000, "", process), [10]);
  expect(await status()).toBe("challenged");
  expect(await types()).toEqual(["session.expired", "session.challenged"]);
  simulator.clearFaults();
  expect(await put({ cookies: simulator.newSession() })).toMatchObject({ kind: "active" });
  await pass(1);
  expect(await types()).toEqual(["session.expired", "session.challenged", "session.restored"]);
}, 60_000);

test("a stored session that cannot be read makes no haste, and gives way to new cookies", async () => {
  const { account, expire, machine, pass, put, simulator, status } = await begin();
  await expire();
  const client = new Redis(redis.socketPath);
  await client.set(`pixiehook:{${account}}:jar`, "sealed with a key that is gone");
  client.disconnect();
  expect(await pass(100)).toEqual([]);
  expect((await machine.parts.store.revivals.get(account)).revival).toMatchObject({ probes: 3 });
  expect(await put({ cookies: simulator.newSession() })).toMatchObject({ kind: "active" });
  await pass(1);
  expect(await status()).toBe("active");
});

test("an account without a session asks for nothing", async () => {
  const { pass, status, machine, account } = await begin({ session: () => undefined });
  await machine.accounts.update(account, { name: "Another name" });
  expect(await pass(1_000)).toEqual([]);
  expect(await status()).toBe("unverified");
});

test("new cookies make polling resume in one wake-up, and catch up within the budget", async () => {
  const { account, expire, simulator, machine, clock, put, requests, told } = await begin({
    polling: { requestsPerMinute: 200 },
  });
  await expire();
  clock.offset += 3 * minute;
  const { favorites } = simulator.addFavorites({ count: 2 });
  const before = requests();
  expect(await put({ cookies: simulator.newSession() })).toMatchObject({ kind: "active" });
  await machine.run("poll", account);
  const entries = simulator.requests.entries.slice(before);
  const times = entries.map(({ at }) => Date.parse(at));
  const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThan(200);
  // The probe, the listing, and each collection's favorites, once.
  expect(entries.map(({ path }) => path.replace(/^.*\/v1/, ""))).toHaveLength(4);
  const events = await machine.parts.store.events.after(account, "0", 100);
  expect(events.filter(({ body }) => body.includes('"favorite.added"'))).toHaveLength(favorites.length);
  expect((await told()).at(-1)).toMatchObject({
    type: "session.restored",
    data: { object: { by: "cookies" } },
  });
});
