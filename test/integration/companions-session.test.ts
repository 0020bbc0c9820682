import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { thawEvent } from "../../src/domain/event.js";
import { handedCookies, pair, readAs } from "../support/companion.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";
import { createSessionLife, type SessionLife } from "../support/session-life.js";
import { openBrowser, signIn } from "../unit/simulator/browser.js";

const agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
let redis: TestRedis;
let life: SessionLife | undefined;

beforeAll(async () => {
  redis = await startTestRedis();
});
afterEach(() => life?.close());
afterAll(() => redis.close());

async function begin(options?: Parameters<typeof createSessionLife>[1]) {
  life = await createSessionLife(redis, options);
  const { machine, account, simulator } = life;
  const { entry } = await pair(machine, account);
  const { accounts, sources } = machine.parts.store;
  return {
    ...life,
    entry,
    accounts,
    sources,
    handOver: (header: string) => machine.companions.handOver(entry, handedCookies(header), agent),
    /** All that a hand-over could change. */
    stored: async () => {
      const { session } = (await accounts.get(account)) ?? {};
      return { session, jar: (await accounts.jar(account))?.stored, events: await eventsOf(life) };
    },
    newSession: () => simulator.newSession(),
  };
}

async function eventsOf(of: SessionLife | undefined) {
  const events = await of?.machine.parts.store.events.after(of.account, "0", 10_000);
  return (events ?? []).map(({ body }) => thawEvent(body));
}

test("a session that a browser hands over brings a lost one back, once, and what happened meanwhile is told", async () => {
  const { expire, handOver, machine, newSession, simulator, told, accounts, account } = await begin();
  await expire();
  const { favorites } = simulator.addFavorites({ count: 2 });
  const state = await handOver(newSession());
  expect(state).toMatchObject({ session: { status: "active", reason: null }, readBy: "server" });
  await machine.settle();
  const [expired, restored, ...more] = await told();
  expect(more).toEqual([]);
  expect(expired?.type).toBe("session.expired");
  expect(restored).toMatchObject({
    type: "session.restored",
    data: { object: { status: "active", by: "companion", user: { email: "owner@smithstudio.example" } } },
  });
  const added = (await eventsOf(life)).filter(({ type }) => type === "favorite.added");
  expect(added).toHaveLength(favorites.length);
  expect((await accounts.jar(account))?.stored.userAgent).toBe(agent);
  expect(simulator.requests.entries.at(-1)?.userAgent).toBe(agent);
});

test("what Pixieset does not take, and what is none of its cookies, is refused and changes nothing", async () => {
  const { expire, handOver, machine, entry, newSession, simulator, stored } = await begin();
  const old = newSession();
  await expire();
  const before = await stored();
  expect(await handOver(old)).toMatchObject({ kind: "refused", code: "session_rejected" });
  const foreign = handedCookies("a=b").map((cookie) => ({ ...cookie, domain: "example.com" }));
  for (const cookies of [foreign, []]) {
    const refused = await machine.companions.handOver(entry, cookies, agent);
    expect(refused).toMatchObject({ kind: "refused", code: "session_unreadable" });
  }
  const hers = openBrowser();
  await signIn(hers, simulator, simulator.stranger.credentials);
  const header = [...hers.cookies.values()]
    .flatMap((jar) => [...jar.values()])
    .map((line) => line.split(";")[0])
    .join("; ");
  const other = await handOver(header);
  expect(other).toMatchObject({ kind: "refused", code: "session_of_another" });
  expect(JSON.stringify(other)).toContain("owner@rivera.example, but this account watches");
  expect(await stored()).toEqual(before);
});

test("a session that does not say whose it is takes the place of none whose owner is known", async () => {
  const { entry, machine, simulator, stored } = await begin();
  const before = await stored();
  const hers = openBrowser();
  await signIn(hers, simulator, simulator.stranger.credentials);
  const header = [...hers.cookies.values()].flatMap((jar) =>
    [...jar.values()].map((line) => line.split(";")[0]),
  );
  // Signed in to the studio alone, which says nothing of its user.
  const cookies = handedCookies(header.join("; ")).map((cookie) => ({ ...cookie, path: "/studio" }));
  const refused = await machine.companions.handOver(entry, cookies, agent);
  expect(refused).toMatchObject({ kind: "refused", code: "session_of_another" });
  expect(JSON.stringify(refused)).toContain("sign in to Pixieset Galleries");
  expect(await stored()).toEqual(before);
});

test("nothing is changed while Pixieset cannot be asked", async () => {
  const { expire, handOver, newSession, simulator, stored } = await begin();
  await expire();
  const before = await stored();
  for (const kind of ["502", "reset"] as const) {
    simulator.setFault({ kind });
    expect(await handOver(newSession())).toMatchObject({ kind: "refused", code: "upstream_unreachable" });
    simulator.clearFaults();
  }
  expect(await stored()).toEqual(before);
});

test("a session in the place of a good one says nothing and hurries nothing", async () => {
  const { account, handOver, machine, newSession, requests, sources, stored, types } = await begin();
  const due = () => Promise.all([sources.list(account), machine.accounts.sources(account)]);
  const [before, dueBefore, asked] = [await stored(), await due(), requests()];
  expect(await handOver(newSession())).toMatchObject({ session: { status: "active" } });
  await machine.settle();
  expect(requests() - asked).toBe(1);
  expect(await due()).toEqual(dueBefore);
  const after = await stored();
  expect(after.jar).not.toEqual(before.jar);
  expect(after.session?.epoch).toBe((before.session?.epoch ?? 0) + 1);
  expect(await types()).toEqual([]);
});

test("cookies while the browser reads, and none while the server does, are refused before anything is asked", async () => {
  const { account, handOver, entry, machine, newSession, requests, stored } = await begin();
  const asked = requests();
  const none = () => machine.companions.handOver(entry, null, agent);
  expect(await none()).toMatchObject({ kind: "refused", code: "read_by_changed" });
  await machine.accounts.update(account, { readBy: "browser" });
  const before = await stored();
  expect(await handOver(newSession())).toMatchObject({ kind: "refused", code: "read_by_changed" });
  expect(await stored()).toEqual(before);
  expect(requests()).toBe(asked);
});

test("cookies that are under way when the browser is made to read are not stored", async () => {
  const { account, expire, handOver, machine, newSession, simulator, stored } = await begin();
  await expire();
  const before = await stored();
  simulator.setFault({ kind: "slow", delayMs: 150, count: 1 });
  const handing = handOver(newSession());
  await expect.poll(() => simulator.faults().length).toBe(0);
  await machine.accounts.update(account, { readBy: "browser" });
  expect(await handing).toMatchObject({ kind: "refused", code: "read_by_changed" });
  expect(await stored()).toEqual(before);
});

test("two browsers at once hand over within the budget, and bring the session back once", async () => {
  const { account, expire, machine, newSession, simulator, requests, types, process } = await begin({
    polling: { requestsPerMinute: 900 },
  });
  const other = process();
  const second = await pair(machine, account, "Chromium");
  const first = await pair(machine, account);
  await expire();
  const before = requests();
  const hand = (of: typeof machine, { entry }: typeof first) =>
    of.companions.handOver(entry, handedCookies(newSession()), agent);
  const handed = await Promise.all([hand(machine, first), hand(other, second), machine.run("poll", account)]);
  expect(handed.slice(0, 2)).toMatchObject([
    { session: { status: "active" } },
    { session: { status: "active" } },
  ]);
  await machine.run("poll", account);
  const times = simulator.requests.entries.slice(before).map(({ at }) => Date.parse(at));
  const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
  expect(times.length).toBeGreaterThan(3);
  expect(Math.min(...gaps)).toBeGreaterThan(55);
  expect(await types()).toEqual(["session.expired", "session.restored"]);
});

test("no event is lost or invented while sessions are handed over in the middle of polls", async () => {
  const { account, clock, handOver, machine, newSession, simulator } = await begin();
  const made: string[] = [];
  for (let round = 0; round < 4; round++) {
    made.push(...simulator.addFavorites({ count: 2 }).favorites.map(({ id }) => String(id)));
    clock.offset += 31_000;
    await Promise.all([machine.settle(), handOver(newSession()), handOver(newSession())]);
  }
  clock.offset += 31_000;
  await machine.settle(60_000);
  const told = await eventsOf(life);
  expect(told.map(({ type }) => type)).toEqual(made.map(() => "favorite.added"));
  expect(told.map(({ data }) => String(data.object.id)).sort()).toEqual(made.sort());
  expect((await machine.accounts.get(account))?.session.status).toBe("active");
});

test("a pairing that is ended while its cookies are tried stores none of them", async () => {
  const { account, entry, expire, handOver, machine, newSession, simulator, stored } = await begin();
  await expire();
  const before = await stored();
  simulator.setFault({ kind: "slow", delayMs: 150, count: 1 });
  const handing = handOver(newSession());
  await expect.poll(() => simulator.faults().length).toBe(0);
  expect(await machine.companions.remove(account, entry.companion.id)).toBe(true);
  expect(await handing).toBeNull();
  expect(await stored()).toEqual(before);
});

test("somebody who signs in in one browser is seen while another one, in which nobody is, is open too", async () => {
  const { account, entry, expire, machine, newSession, simulator } = await begin();
  const second = await pair(machine, account, "Chromium");
  await expire();
  await machine.accounts.update(account, { readBy: "browser" });
  const readers = [readAs(machine, entry, () => "nobody=1")];
  await expect.poll(() => machine.parts.store.errands.isAttended(account)).toBe(true);
  const cookie = newSession();
  readers.push(readAs(machine, second.entry, () => cookie));
  const ask = (of: typeof entry) => machine.companions.handOver(of, null, agent);
  const handed = await Promise.all([ask(entry), ask(second.entry)]);
  expect(handed).toMatchObject([
    { kind: "refused", code: "session_rejected" },
    { session: { status: "active" } },
  ]);
  const { favorites } = simulator.addFavorites({ count: 1 });
  await machine.accounts.requestPoll(account);
  await machine.settle(2_000);
  for (const reader of readers) await reader.stop();
  const added = favorites.map(() => "favorite.added");
  const told = (await eventsOf(life)).map(({ type }) => type);
  expect(told).toEqual(["session.expired", "session.restored", ...added]);
});

test("while the browser reads the server learns through it that somebody signed in, and stores no cookie", async () => {
  const { account, entry, expire, machine, newSession, simulator, stored, types } = await begin();
  await expire();
  await machine.accounts.update(account, { readBy: "browser" });
  let cookie = "nobody=1";
  const reader = readAs(machine, entry, () => cookie);
  const ask = () => machine.companions.handOver(entry, null, agent);
  const before = await stored();
  expect(await ask()).toMatchObject({ kind: "refused", code: "session_rejected" });
  expect(await stored()).toEqual(before);
  cookie = newSession();
  expect(await ask()).toMatchObject({ session: { status: "active" }, readBy: "browser" });
  const asked = simulator.requests.entries.length;
  expect(await ask()).toMatchObject({ session: { status: "active" } });
  expect(simulator.requests.entries.length).toBe(asked);
  await reader.stop();
  expect((await stored()).jar).toEqual(before.jar);
  expect(await types()).toEqual(["session.expired", "session.restored"]);
  expect((await eventsOf(life)).at(-1)).toMatchObject({ data: { object: { by: "companion" } } });
});
