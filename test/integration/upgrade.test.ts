import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import { afterEach, expect, test } from "vitest";
import { eventId } from "../../src/domain/ids.js";
import { startSimulation } from "../../src/simulator/run.js";
import { createVault } from "../../src/store/secrets.js";
import { startTestRedis } from "../support/redis.js";
import { type Json, startService, temporaryFolder } from "../support/service.js";

/** What was stored, and what the API had told of it; see the page beside it. */
interface Left {
  readonly told: {
    readonly account: string;
    readonly secret: string;
    readonly subscriptions: Readonly<Record<"works" | "tired" | "digest", string>>;
    readonly secrets: Readonly<Record<"tired" | "digest", string>>;
    readonly events: readonly { id: string; type: string; object: string; revision: number }[];
    readonly deliveries: Readonly<Record<string, readonly { id: string; status: string }[]>>;
  };
  readonly keys: Readonly<Record<string, { readonly type: string; readonly value: Json }>>;
}

const left: Left = JSON.parse(
  readFileSync(new URL("../fixtures/upgrade/earliest.json", import.meta.url), "utf8"),
);
const secretKey = Buffer.alloc(32, 9);
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

/** The studio as it was then: what it says comes of its seed and its clock, and not of the day. */
async function studioOfThen() {
  const now = () => Date.parse("2026-11-21T10:00:00Z");
  const studio = await startSimulation({ seed: 3, collections: 1, renewEvery: 0, now });
  open.push(studio);
  // To ask for the cookies opens the session.
  expect(studio.simulator.cookies).not.toBe("");
  studio.simulator.addFavorites({ count: 2 });
  studio.simulator.addInvoice({});
  return studio;
}

/** Puts all of it into an empty Redis. Receivers have moved to another port, and what waits is due. */
async function restore(client: Redis, receivers: string): Promise<void> {
  const vault = createVault([secretKey]);
  for (const [key, { type, value }] of Object.entries(left.keys)) {
    if (type === "hash") await client.hset(key, value);
    else if (type === "list") await client.rpush(key, ...value);
    else if (type === "set") await client.sadd(key, ...value);
    else if (type === "bytes") await client.set(key, Buffer.from(value, "base64"));
    else if (type === "stream")
      for (const [position, fields] of value) await client.xadd(key, position, ...fields);
    else if (type === "zset")
      for (let i = 0; i < value.length; i += 2)
        await client.zadd(key, /(\{due\}:at|\{sub_\w+\}:due)$/.test(key) ? 1 : value[i + 1], value[i]);
    else if (key.endsWith(":subscription")) {
      const stored = JSON.parse(value);
      const purpose = `channel:${stored.id}`;
      const channel = JSON.parse(vault.open(stored.channel, purpose));
      const url = `${receivers}${new URL(channel.url).pathname}`;
      const sealed = vault.seal(JSON.stringify({ ...channel, url }), purpose);
      await client.set(key, value.replace(stored.channel, sealed));
    } else await client.set(key, value);
  }
}

test("what the oldest version stored is gone on with: no event invented, no delivery lost, the next revision next", async () => {
  const { told } = left;
  const studio = await studioOfThen();
  const { webhooks, simulator } = studio;
  const [redis, folder] = [await startTestRedis(), await temporaryFolder()];
  open.push(redis, { close: () => folder.dispose() });
  const client = new Redis(redis.socketPath);
  await restore(client, webhooks.url);
  client.disconnect();
  webhooks.setSecret(told.secret, "/works");
  webhooks.setSecret(told.secrets.tired, "/tired");
  webhooks.setSecret(told.secrets.digest, "/digest");
  const service = await startService({
    REDIS_URL: redis.url,
    PIXIEHOOK_DATA_DIR: folder.path,
    PIXIEHOOK_SECRET_KEY: secretKey.toString("base64"),
    PIXIEHOOK_API_TOKEN: "test-token-0123456789",
    PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
    // What was stored then is old, and older each day.
    PIXIEHOOK_RETENTION: "3650d",
    PIXIESET_GALLERY_URL: simulator.galleryUrl,
    PIXIESET_STUDIO_URL: simulator.studioUrl,
  });
  open.push({ close: () => service.end("SIGKILL") });
  const get = async (path: string) => (await service.call("GET", path)).body;
  const poll = async () => {
    const { body } = await service.call("POST", `/v1/accounts/${told.account}/poll?wait=true`);
    expect(body.failed).toEqual([]);
  };
  const stated = async () =>
    (await get("/v1/events?limit=200")).data.map(({ id, type, data }: Json) => {
      return { id, type, object: data.object.id, revision: data.detected.revision };
    });

  await poll();
  await poll();
  expect((await get(`/v1/accounts/${told.account}`)).session.status).toBe("active");
  expect(await stated()).toEqual(told.events);

  // What waited goes out: each event once, by itself or in its digest. What was delivered stays delivered.
  const eventsIn = ({ json }: { json: Json }): string[] =>
    json.data.events ? json.data.events.map(({ id }: Json) => id) : [json.id];
  const ids = told.events.map(({ id }) => id).sort();
  const at = (path: string) => webhooks.received.filter((caught) => caught.path === path);
  for (const path of ["/tired", "/digest"]) {
    await webhooks.waitFor(() => at(path).flatMap(eventsIn).length >= ids.length, 10_000);
    expect(at(path).flatMap(eventsIn).sort(), path).toEqual(ids);
  }
  expect(at("/works")).toEqual([]);
  for (const [name, subscription] of Object.entries(told.subscriptions)) {
    const { data } = await get(`/v1/subscriptions/${subscription}/deliveries`);
    const before = told.deliveries[name] ?? [];
    expect(
      data.map(({ id }: Json) => id),
      name,
    ).toEqual(before.map(({ id }) => id));
    expect(await get(`/v1/subscriptions/${subscription}`)).toMatchObject({
      enabled: true,
      disabledReason: null,
    });
  }

  const favorite = told.events.find(({ type }) => type === "favorite.added");
  simulator.changeFavorites({ id: favorite?.object ?? "", note: "this one, please" });
  await poll();
  const [next, ...rest] = await stated();
  expect(rest).toEqual(told.events);
  expect(next).toMatchObject({ type: "favorite.updated", object: favorite?.object, revision: 2 });
  // The id is made of what the oldest version knew: of the epoch of its list, too.
  const { data } = await get(`/v1/events/${next.id}`);
  const change = { resource: "favorites", scope: data.collection.id, key: next.object, epoch: 1 };
  const first = { ...change, revision: 1, type: "favorite.added" };
  expect(eventId(told.account, first)).toBe(favorite?.id);
  expect(eventId(told.account, { ...change, revision: 2, type: next.type })).toBe(next.id);
  await webhooks.waitFor(() => at("/works").length > 0, 10_000);
  expect(at("/works").flatMap(eventsIn)).toEqual([next.id]);
  expect(webhooks.received.map(({ verdict }) => verdict)).not.toContain("invalid");
}, 60_000);
