import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { CursorError } from "../../../src/services/shared.js";
import { createVault } from "../../../src/store/secrets.js";
import { createStore, type Store } from "../../../src/store/store.js";
import { startTestRedis, type TestRedis } from "../../support/redis.js";

let redis: TestRedis;
let client: Redis;
let store: Store;

const subscription = (description: string) => ({
  account: null,
  events: ["*"],
  filter: null,
  channel: { type: "slack" as const, url: "https://hooks.slack.com/services/T0/B0/planted-secret" },
  digest: null,
  quietHours: null,
  retry: { delays: [] },
  limits: { perSecond: 1, concurrency: 1 },
  ordered: false,
  description,
  enabled: true,
  paused: false,
  publicKey: null,
});
const secrets = { current: "whsec_planted-secret", previous: [] };
const session = {
  status: "active" as const,
  checkedAt: null,
  user: null,
  reason: null,
  epoch: 1,
  renewal: "cookies" as const,
};
const settings = {
  name: "Smith Studio",
  resources: null,
  collections: "all" as const,
  polling: { requestsPerMinute: 30, minIntervalSeconds: 60, maxIntervalMinutes: 720 },
  timezone: "UTC",
  backfill: false,
  floodThreshold: 200,
};

beforeAll(async () => {
  redis = await startTestRedis();
  client = new Redis(redis.socketPath, { protocol: 2 });
  store = createStore(client, createVault([Buffer.alloc(32, 1)]));
});
beforeEach(() => redis.flush());
afterAll(async () => {
  client.disconnect();
  await redis.close();
});

test("pages give every subscription once, newest first, while new ones arrive and old ones leave", async () => {
  const made = [];
  for (let i = 0; i < 25; i++)
    made.push((await store.subscriptions.create(subscription(`${i}`), secrets)).id);
  const first = await store.subscriptions.list({ limit: 10, after: null });
  await store.subscriptions.create(subscription("new"), secrets);
  await store.subscriptions.remove(first.data[9]?.id ?? "");
  const second = await store.subscriptions.list({ limit: 10, after: first.next });
  const third = await store.subscriptions.list({ limit: 10, after: second.next });
  expect(third.next).toBeNull();
  const listed = [...first.data, ...second.data, ...third.data].map(({ id }) => id);
  expect([...listed].sort()).toEqual([...made].sort());
});

test("a cursor that no list gave is refused", async () => {
  await expect(store.subscriptions.list({ limit: 10, after: "bogus" })).rejects.toThrow(CursorError);
});

test("cookies, channel addresses and signing secrets are nowhere in the clear", async () => {
  const jar = {
    cookies: JSON.stringify({ cookies: [{ key: "PHPSESSID", value: "planted-secret" }] }),
    userAgent: null,
  };
  const { id } = await store.accounts.create(store.accounts.newId(), settings, session, jar);
  await store.subscriptions.create(subscription("x"), secrets);
  expect((await store.accounts.jar(id))?.stored).toEqual(jar);
  const [made] = await store.subscriptions.all();
  expect(await store.subscriptions.secrets(made?.id ?? "")).toEqual(secrets);
  for (const key of await client.keys("*")) {
    expect((await client.dump(key))?.toString(), key).not.toContain("planted-secret");
  }
});

test("a sealed secret cannot be moved to another account", async () => {
  const [one, other] = await Promise.all(
    ["a", "b"].map((value) =>
      store.accounts.create(store.accounts.newId(), settings, session, { cookies: value, userAgent: null }),
    ),
  );
  const sealed = await client.get(`pixiehook:{${one?.id}}:jar`);
  await client.set(`pixiehook:{${other?.id}}:jar`, sealed ?? "");
  await expect(store.accounts.jar(other?.id ?? "")).rejects.toThrow();
});

test("secrets open with an old key and are sealed with the new one", () => {
  const [old, fresh] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const sealed = createVault([old]).seal("secret", "purpose");
  expect(createVault([fresh, old]).open(sealed, "purpose")).toBe("secret");
  expect(() => createVault([fresh]).open(sealed, "purpose")).toThrow(/PIXIEHOOK_SECRET_KEY/);
  expect(() => createVault([old]).open(sealed, "another purpose")).toThrow();
});

test("deleting an account and its subscription leaves no key of theirs", async () => {
  const { id } = await store.accounts.create(store.accounts.newId(), settings, session, {
    cookies: "{}",
    userAgent: null,
  });
  const key = { id: "src_x", account: id, resource: "favorites" as const, scope: null };
  const fence = (await store.accounts.takeFence(id)) ?? "";
  await store.sources.add(id, fence, [{ ...key, startsEmpty: false, bornAt: null }], 0);
  await store.accounts.takeTicket(id);
  await store.accounts.setWatched(id, fence, { resources: [], collections: "all", ticket: 1 });
  const event = {
    id: "evt_1",
    type: "session.expired",
    data: { account: { id }, collection: null, client: null },
  };
  await store.events.append(id, [{ ...event, body: JSON.stringify(event) }]);
  await store.budget.take(id, "poll", 30, 0);
  const made = await store.subscriptions.create(subscription("x"), secrets);
  expect(await store.accounts.remove(id)).toBe(true);
  expect(await store.subscriptions.remove(made.id)).toBe(true);
  const left = await client.keys("*");
  expect(left.filter((name) => name.includes(id) || name.includes(made.id))).toEqual([]);
});

test("a worker that was overtaken cannot write: neither with an old token, nor an old version", async () => {
  const { id } = await store.accounts.create(store.accounts.newId(), settings, session, null);
  const key = { id: "src_x", account: id, resource: "favorites" as const, scope: null };
  const first = (await store.accounts.takeFence(id)) ?? "";
  await store.sources.add(id, first, [{ ...key, startsEmpty: false, bornAt: null }], 0);
  const found = await store.sources.get(id, "src_x");
  if (!found) throw new Error("no source");
  const bucket = { index: 0, entries: new Map([["k", { r: 1, f: "f", d: {}, c: null, o: null }]]) };
  const commit = {
    source: found.state,
    version: 0,
    buckets: [bucket],
    events: [],
    nextPollAt: 0,
    finished: null,
    switchStaged: false,
    hold: null,
  };
  const old = (await store.accounts.takeFence(id)) ?? "";
  const fence = (await store.accounts.takeFence(id)) ?? "";
  expect(await store.sources.commit({ ...commit, fence: old })).toBe("fenced");
  expect(await store.sources.commit({ ...commit, fence })).toBe("committed");
  expect(await store.sources.commit({ ...commit, fence })).toBe("conflict");
  await store.sources.drop(id, fence, ["src_x"]);
  expect(await store.sources.commit({ ...commit, fence, version: 1 })).toBe("dropped");
  expect((await store.snapshots.all(id, "src_x")).size).toBe(0);
});
