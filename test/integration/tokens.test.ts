import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createLog } from "../../src/log.js";
import { createEntrance } from "../../src/operations/entrance.js";
import { createTokenService } from "../../src/operations/tokens.js";
import { createVault } from "../../src/store/secrets.js";
import { createStore } from "../../src/store/store.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";
import { dumpRedis } from "../support/secrets/dump.js";

let redis: TestRedis;
let client: Redis;
const log = createLog({ level: "silent", format: "json" });
const apiToken = "first-token-0123456789";
let time = Date.parse("2026-11-20T10:00:00.000Z");
const now = () => time;

beforeAll(async () => {
  redis = await startTestRedis();
  client = new Redis(redis.socketPath, { protocol: 2 });
});
beforeEach(() => redis.flush());
afterAll(async () => {
  await client.quit();
  await redis.assertNoConnections();
  await redis.close();
});

/** As in one process of several that share a Redis. */
function openProcess() {
  const store = createStore(client, createVault([Buffer.alloc(32, 1)]));
  const tokens = createTokenService({ store, now, log });
  return { store, tokens, entrance: createEntrance({ apiToken, tokens, now }) };
}
const input = { name: "reporting", scope: "read" as const, expiresAt: null };

test("a token opens every process at once, and none from the moment that it is deleted in one", async () => {
  const [one, other] = [openProcess(), openProcess()];
  const { token, secret } = await one.tokens.create(input);
  expect(await other.entrance.enter(secret, "")).toEqual({ kind: "known", token });
  expect(await other.entrance.standing(token.id)).toEqual(token);
  expect(await one.tokens.remove(token.id)).toEqual({ kind: "removed" });
  expect(await other.entrance.enter(secret, "")).toEqual({ kind: "unknown" });
  expect(await other.entrance.standing(token.id)).toBeNull();
  expect(await one.tokens.remove(token.id)).toBeNull();
});

test("a program that begins with many requests at once is not taken for one that guesses", async () => {
  const { tokens, entrance } = openProcess();
  const { token, secret } = await tokens.create(input);
  const many = (text: string) =>
    Promise.all(Array.from({ length: 50 }, () => entrance.enter(text, "10.0.0.1")));
  for (const entry of await many(secret)) expect(entry).toEqual({ kind: "known", token });
  // All of them are one guess; one after the other they are many.
  for (const entry of await many("wrong")) expect(entry).toEqual({ kind: "unknown" });
  for (let i = 1; i < 20; i++) expect(await entrance.enter("wrong", "10.0.0.1")).toEqual({ kind: "unknown" });
  expect(await entrance.enter("wrong", "10.0.0.1")).toMatchObject({ kind: "limited" });
});

test("Redis holds a hash of a token and not the token", async () => {
  const { tokens } = openProcess();
  const { secret } = await tokens.create(input);
  const text = (await dumpRedis(client)).map(({ key, values }) => `${key} ${values.join(" ")}`).join("\n");
  expect(text).toContain("reporting");
  expect(text).not.toContain(secret.slice(4, 40));
  expect(text).not.toContain(Buffer.from(secret.slice(4), "base64url").toString("hex"));
});

test("a list shows each token once, the newest first and the first token last, whatever the page", async () => {
  const { tokens } = openProcess();
  const ids = [];
  for (const name of ["a", "b", "c", "d"]) {
    time += 1_000;
    ids.unshift((await tokens.create({ ...input, name })).token.id);
  }
  ids.push("tok_first");
  for (const limit of [1, 2, 4, 5, 200]) {
    const seen: string[] = [];
    for (let after: string | null = null; ; ) {
      const page = await tokens.list({ limit, after });
      expect(page.data.length).toBeLessThanOrEqual(limit);
      seen.push(...page.data.map(({ id }) => id));
      if (page.next === null) break;
      after = page.next;
    }
    expect(seen, `limit ${limit}`).toEqual(ids);
  }
});

test("the use of a token is noted, once a minute at most; that of a deleted one is not", async () => {
  const { tokens } = openProcess();
  const { token } = await tokens.create(input);
  const used = async (id: string) => (await tokens.get(id))?.lastUsedAt;
  const use = async (id: string) => {
    const seen = id === token.id ? await tokens.get(id) : await tokens.get("tok_first");
    if (seen) await tokens.noteUse(seen);
  };
  for (const id of [token.id, "tok_first"]) {
    expect(await used(id)).toBeNull();
    const first = new Date(time).toISOString();
    await use(id);
    time += 59_000;
    await use(id);
    expect(await used(id)).toBe(first);
    time += 1_000;
    await use(id);
    expect(await used(id)).toBe(new Date(time).toISOString());
  }
  await tokens.remove(token.id);
  time += 100_000;
  await tokens.noteUse(token);
  const text = JSON.stringify(await dumpRedis(client));
  expect(text).not.toContain(token.id);
});

test("the first token is shown, opens, and cannot be deleted: it is a setting", async () => {
  const { tokens, entrance } = openProcess();
  expect(await entrance.enter(apiToken, "")).toMatchObject({ kind: "known", token: { id: "tok_first" } });
  expect(await tokens.get("tok_first")).toMatchObject({ name: "first token", scope: "admin", hint: null });
  expect(await tokens.remove("tok_first")).toMatchObject({
    kind: "refused",
    code: "token_is_setting",
    detail: expect.stringContaining("change PIXIEHOOK_API_TOKEN"),
  });
});

test("the requests of a token are counted over all processes, and come back with time", async () => {
  const processes = [openProcess(), openProcess()];
  const take = (i: number) => processes[i % 2]?.store.rates.take("token:x", 1_200 / 60, 5, 1);
  const taken = await Promise.all(Array.from({ length: 8 }, (_, i) => take(i)));
  expect(taken.filter((each) => each?.granted === 1).map((each) => each?.left)).toEqual([4, 3, 2, 1, 0]);
  for (const refused of taken.slice(5)) {
    expect(refused).toMatchObject({ granted: 0, left: 0 });
    expect(refused?.waitMs).toBeGreaterThan(0);
    expect(refused?.waitMs).toBeLessThanOrEqual(50);
  }
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(await take(0)).toMatchObject({ granted: 1 });
});

test("an expired token opens nothing, and what it held open ends", async () => {
  const { tokens, entrance } = openProcess();
  const expiresAt = new Date(time + 5_000).toISOString();
  const { token, secret } = await tokens.create({ ...input, expiresAt });
  const done = new AbortController();
  const ended = entrance.watch(token.id, done.signal);
  expect(await entrance.enter(secret, "")).toMatchObject({ kind: "known" });
  time += 5_000;
  expect(await entrance.enter(secret, "")).toMatchObject({ kind: "expired" });
  expect(await entrance.standing(token.id)).toBeNull();
  await new Promise((resolve) => ended.addEventListener("abort", resolve));
  done.abort();
});
