import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiToken, startCompanionService } from "../support/companion-service.js";
import { dumpRedis } from "../support/secrets/dump.js";

let world: Awaited<ReturnType<typeof startCompanionService>>;
beforeAll(async () => {
  world = await startCompanionService();
}, 30_000);
afterAll(() => world.close());

const pairWith = (code: string) =>
  world.ask("POST", "/companion/v1/pair", null, { code, browser: "Chromium on Linux" });
const newCode = async (account: string): Promise<string> =>
  (await world.ask("POST", `/v1/accounts/${account}/pairings`, apiToken)).body.code;
const take = (token: string, waitSeconds: number) =>
  world.ask("POST", "/companion/v1/errands/take", token, { waitSeconds, signIn: "one" });
const tell = (token: string, errand: string, body: unknown = { failure: "unreachable" }) =>
  world.ask("POST", `/companion/v1/errands/${errand}/answer`, token, body);
const page = { status: 200, headers: { "content-type": "application/json" }, body: "{}" };

describe("a pairing code", () => {
  test("is good once, however it is spelled, and shows a token that nothing else shows", async () => {
    const { id } = await world.addAccount("Smith Studio", "server");
    const made = await world.ask("POST", `/v1/accounts/${id}/pairings`, apiToken);
    expect(made.status).toBe(201);
    const { code, link } = made.body;
    expect(link).toBe(`${world.url}/companion#${code}`);
    const spelled = code.toLowerCase().replaceAll("-", "").replaceAll("0", "o").replaceAll("1", "l");
    const paired = await pairWith(` ${spelled}`);
    expect(paired.status).toBe(201);
    expect(paired.body.state).toMatchObject({
      account: { id, name: "Smith Studio" },
      session: { status: "active", reason: null },
      readBy: "server",
      hosts: { gallery: world.simulator.galleryUrl, studio: world.simulator.studioUrl },
    });
    const state = await world.ask("GET", "/companion/v1/state", paired.body.token);
    expect(state.body).toEqual(paired.body.state);
    expect((await pairWith(code)).body).toMatchObject({ status: 404, code: "pairing_unknown" });
    const listed = await world.ask("GET", `/v1/accounts/${id}/companions`, apiToken);
    expect(listed.body).toMatchObject({
      data: [{ id: paired.body.companion, browser: "Chromium on Linux", connected: true }, {}],
      next: null,
    });
    const shown = `${listed.text}${JSON.stringify(await dumpRedis(world.redis))}${world.lines.join("")}`;
    for (const secret of [code, paired.body.token, paired.body.token.split("_").at(-1)])
      expect(shown).not.toContain(secret);
  });

  test("is won by one of two that use it at once", async () => {
    const { id } = await world.addAccount("Race");
    const code = await newCode(id);
    const answers = await Promise.all([pairWith(code), pairWith(code), pairWith(code)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 404, 404]);
  });

  test("ends after ten minutes", async () => {
    const { id } = await world.addAccount("Late");
    const code = await newCode(id);
    const [name = ""] = await world.redis.keys("*{pairing:*");
    const left = await world.redis.pttl(name);
    expect(left).toBeGreaterThan(595_000);
    expect(left).toBeLessThanOrEqual(600_000);
    await world.redis.pexpire(name, 1);
    await sleep(5);
    expect((await pairWith(code)).status).toBe(404);
  });

  test("ends when three newer ones were made", async () => {
    const { id } = await world.addAccount("Many codes");
    const codes = [];
    for (let made = 0; made < 4; made++) codes.push(await newCode(id));
    const statuses = [];
    for (const code of codes) statuses.push((await pairWith(code)).status);
    expect(statuses).toEqual([404, 201, 201, 201]);
  });

  test("makes a pairing that the companion ends itself, and no other", async () => {
    const { id, token } = await world.addAccount("Disconnected");
    const other = (await pairWith(await newCode(id))).body.token;
    expect((await world.ask("DELETE", "/companion/v1/pairing", token)).status).toBe(204);
    expect((await world.ask("GET", "/companion/v1/state", token)).status).toBe(401);
    expect((await world.ask("DELETE", "/companion/v1/pairing", token)).status).toBe(401);
    expect((await world.ask("GET", "/companion/v1/state", other)).status).toBe(200);
    const { data } = (await world.ask("GET", `/v1/accounts/${id}/companions`, apiToken)).body;
    expect(data).toHaveLength(1);
  });

  test("and every companion ends with the account, and leaves nothing behind", async () => {
    const { id, token } = await world.addAccount("Gone");
    const code = await newCode(id);
    await world.putErrand(id);
    await take(token, 0);
    const traces = async () =>
      (await dumpRedis(world.redis))
        .filter(({ key, values }) => [key, ...values.map(String)].some((text) => text.includes(id)))
        .map(({ key }) => key.replace(/:[0-9a-f]{64}/, ""));
    const kinds = ["companions", "errand", "attending", "pairings"].map(
      (kind) => `pixiehook:{${id}}:${kind}`,
    );
    expect(await traces()).toEqual(expect.arrayContaining(kinds));
    expect((await world.ask("DELETE", `/v1/accounts/${id}`, apiToken)).status).toBe(204);
    expect(await traces()).toEqual([]);
    expect((await pairWith(code)).status).toBe(404);
    expect((await world.ask("GET", "/companion/v1/state", token)).status).toBe(401);
    expect(await traces()).toEqual([]);
    expect((await world.ask("POST", `/v1/accounts/${id}/pairings`, apiToken)).status).toBe(404);
  });

  test("that is wrong may be tried twenty times a minute from an address, and so may a token", async () => {
    const { companions } = world.service.context.services;
    const { id, token } = await world.addAccount("Guessed");
    const kinds = async (guess: (n: number) => Promise<{ kind: string }>) => {
      const all = await Promise.all(Array.from({ length: 22 }, (_, n) => guess(n)));
      return all.map(({ kind }) => kind).sort();
    };
    const guessed = await kinds((n) => companions.pair(`0000-0000-00${10 + n}`, "x", "9.9.9.9"));
    expect(guessed.filter((kind) => kind === "limited")).toHaveLength(2);
    const code = await newCode(id);
    expect(await companions.pair(code, "x", "9.9.9.9")).toMatchObject({ kind: "limited", by: "failures" });
    expect((await companions.pair(code, "x", "9.9.9.8")).kind).toBe("paired");

    expect((await companions.enter(token, "9.9.9.7")).kind).toBe("entered");
    const wrong = await kinds((n) => companions.enter(`${token.slice(0, -2)}${10 + n}`, "9.9.9.7"));
    expect(wrong.filter((kind) => kind === "limited")).toHaveLength(2);
    expect((await companions.enter(token, "9.9.9.7")).kind).toBe("entered");
    expect(await companions.enter(token, "9.9.9.9")).toMatchObject({ kind: "entered" });
  });
});

test("a companion is heard of, and makes six hundred requests a minute at most", async () => {
  const { companions } = world.service.context.services;
  const { id, companion, token } = await world.addAccount("Busy");
  const old = new Date(Date.now() - 60_000).toISOString();
  await world.store.companions.noteHeard(id, token, old);
  const heard = async () =>
    (await companions.list(id))?.find((one) => one.id === companion)?.lastHeardAt ?? "";
  await companions.enter(token, "");
  await expect.poll(heard).not.toBe(old);
  const noted = await heard();
  const all = await Promise.all(Array.from({ length: 640 }, () => companions.enter(token, "")));
  const limited = all.filter(({ kind }) => kind === "limited");
  expect(limited.length).toBeGreaterThan(10);
  expect(limited[0]).toMatchObject({ by: "requests", retryAfterSeconds: 1 });
  expect(await heard()).toBe(noted);
});

describe("who reads an account", () => {
  test("can be its browser only where one is paired, and is the server in accounts of earlier releases", async () => {
    const { body } = await world.ask("POST", "/v1/accounts", apiToken, { name: "Old" });
    expect(body).toMatchObject({ readBy: "server", browser: null });
    const path = `/v1/accounts/${body.id}`;
    const wish = { readBy: "browser" };
    expect((await world.ask("PATCH", path, apiToken, wish)).body).toMatchObject({
      status: 409,
      code: "companion_missing",
    });
    const record = `pixiehook:{${body.id}}:account`;
    const { readBy: _, ...settings } = JSON.parse((await world.redis.hget(record, "settings")) ?? "{}");
    await world.redis.hset(record, "settings", JSON.stringify(settings));
    expect((await world.ask("GET", path, apiToken)).body.readBy).toBe("server");

    const { token } = await world.pair(body.id);
    expect((await world.ask("GET", path, apiToken)).body.browser).toMatchObject({ status: "connected" });
    const changed = await world.ask("PATCH", path, apiToken, wish);
    expect(changed.body).toMatchObject({ readBy: "browser", browser: { status: "away" } });
    await take(token, 0);
    expect((await world.ask("GET", path, apiToken)).body.browser.status).toBe("connected");
  });
});

describe("an errand", () => {
  test("goes to one of two browsers, and the other one's answer is not taken", async () => {
    const { id, token } = await world.addAccount("Two browsers");
    const other = await world.pair(id);
    await take(token, 0);
    const waiting = [take(token, 3), take(other.token, 0.5)] as const;
    const errand = await world.putErrand(id);
    const [first, second] = await Promise.all(waiting);
    expect(first.body.errand).toEqual(errand);
    expect(second.body.errand).toBeNull();
    expect((await tell(other.token, errand.id, page)).body).toMatchObject({
      status: 404,
      code: "errand_over",
    });
    expect((await tell(token, errand.id, page)).status).toBe(204);
    expect(await world.store.errands.standing(id, errand.id)).toMatchObject({
      kind: "answered",
      answer: page,
    });
    expect((await tell(token, errand.id, page)).status).toBe(404);
  });

  test("that is withdrawn, or in whose place another one is, takes no answer any more", async () => {
    const { id, token } = await world.addAccount("Late answer");
    const errand = await world.putErrand(id);
    expect((await take(token, 1)).body.errand.id).toBe(errand.id);
    await world.store.errands.withdraw(id, errand.id);
    expect((await tell(token, errand.id, page)).status).toBe(404);
  });

  test("is given out at once while the browser reads, and none is while the server does", async () => {
    const { id, token } = await world.addAccount("Server again");
    const waiting = take(token, 20);
    await sleep(300);
    await world.ask("PATCH", `/v1/accounts/${id}`, apiToken, { readBy: "server" });
    expect((await waiting).body).toMatchObject({ errand: null, state: { readBy: "server" } });
    await world.putErrand(id);
    const started = performance.now();
    expect((await take(token, 20)).body.errand).toBeNull();
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(await world.store.errands.isAttended(id)).toBe(false);
  });

  test("is waited for by nobody as soon as the browser is closed", async () => {
    const { id, token } = await world.addAccount("Closed");
    const generation = await world.store.due.generation("poll", id);
    const gone = new AbortController();
    const waiting = fetch(`${world.url}/companion/v1/errands/take`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ waitSeconds: 20, signIn: "one" }),
      signal: gone.signal,
    }).catch(() => null);
    await expect.poll(() => world.store.errands.isAttended(id)).toBe(true);
    // The account waits for a browser, and is told that one came.
    await expect.poll(() => world.store.due.generation("poll", id)).not.toEqual(generation);
    gone.abort();
    await waiting;
    await expect.poll(() => world.store.errands.isAttended(id), { timeout: 1_000 }).toBe(false);
  });

  test("is waited for four times at once by one companion at most, and again when a wait is over", async () => {
    const { token } = await world.addAccount("Many waits");
    const waits = await Promise.all(Array.from({ length: 6 }, () => take(token, 0.5)));
    expect(waits.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 429, 429]);
    expect(waits.find(({ status }) => status === 429)?.body).toMatchObject({ code: "rate_limited" });
    expect((await take(token, 0)).status).toBe(200);
  });

  test("is waited for no longer when the pairing is ended", async () => {
    const { id, companion, token } = await world.addAccount("Ended");
    const waiting = take(token, 20);
    await expect.poll(() => world.store.errands.isAttended(id)).toBe(true);
    const started = performance.now();
    const path = `/v1/accounts/${id}/companions/${companion}`;
    expect((await world.ask("DELETE", path, apiToken)).status).toBe(204);
    expect((await world.ask("GET", "/companion/v1/state", token)).status).toBe(401);
    const errand = await world.putErrand(id);
    expect((await waiting).body).toMatchObject({ status: 401, code: "unauthorized" });
    expect(performance.now() - started).toBeLessThan(2_000);
    expect((await tell(token, errand.id)).status).toBe(401);
    expect(await world.store.errands.isAttended(id)).toBe(false);
    expect((await world.ask("DELETE", path, apiToken)).status).toBe(404);
  });
});
