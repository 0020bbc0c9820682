import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { ErrandAnswer } from "../../src/domain/companion.js";
import { thawEvent } from "../../src/domain/event.js";
import { subscriptionInputSchema } from "../../src/domain/subscription.js";
import { startWebhookCatcher } from "../../src/simulator/catchers/webhook.js";
import { createSimulator, type Simulator } from "../../src/simulator/simulator.js";
import { createMachine, type Machine } from "../support/machine.js";
import { letBrowserRead, openReadingBrowser, type ReadingBrowser } from "../support/reading-browser.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";

/** An account that is read through a browser, by a server whose own requests are all challenged. */
let redis: TestRedis;
let simulator: Simulator;
let machine: Machine;
let account: string;
let browser: ReadingBrowser;
let cookies: () => string;
let signIn: string;
let bend: (path: string, answer: ErrandAnswer) => ErrandAnswer | null;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.close());
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

beforeEach(async () => {
  await redis.flush();
  simulator = await createSimulator({ seed: 3, collections: 2 });
  simulator.set({ challenged: "servers" });
  const catcher = await startWebhookCatcher();
  machine = createMachine({ ...simulator, socketPath: redis.socketPath, clock: { offset: 0 } });
  open.push(simulator, catcher, machine);
  const created = await machine.accounts.create({
    name: "Smith Studio",
    resources: null,
    collections: "all",
    polling: { requestsPerMinute: 6_000, minIntervalSeconds: 2, maxIntervalMinutes: 1 },
    timezone: "UTC",
    backfill: false,
    floodThreshold: 200,
  });
  if (created.kind !== "created") throw new Error(created.detail);
  account = created.account.id;
  const channel = { type: "webhook", url: `${catcher.url}/hook` };
  const events = ["favorite.*", "collection.*", "source.*", "session.*"];
  await machine.subscriptions.create(subscriptionInputSchema.parse({ events, channel }));
  const own = simulator.cookies;
  [cookies, signIn, bend] = [() => own, "first", (_path, answer) => answer];
  browser = await letBrowserRead(machine, redis.socketPath, account, signedIn());
  open.push({ close: () => browser.close() });
  await machine.settle(6_000);
});

const signedIn = () => ({
  cookies: () => cookies(),
  signIn: () => signIn,
  bend: (path: string, answer: ErrandAnswer) => bend(path, answer),
  email: simulator.credentials.email,
});
const reopen = () => {
  browser = openReadingBrowser({ socketPath: redis.socketPath, account, ...signedIn() });
};
const told = async () => {
  const events = await machine.parts.store.events.after(account, "0", 1_000);
  return events.map(({ body }) => thawEvent(body).type);
};
const view = async () => {
  const found = await machine.accounts.get(account);
  if (!found) throw new Error("no account");
  return found;
};
/** The cookies of another login. */
async function signInAsStranger(): Promise<string> {
  const body = new URLSearchParams({ ...simulator.stranger.credentials });
  const headers = { "sec-fetch-site": "none" };
  const answer = await fetch(simulator.loginUrl, { method: "POST", body, headers, redirect: "manual" });
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
}
const look = async () => {
  await expect.poll(async () => (await view()).browser?.status).toBe("connected");
  await machine.accounts.requestPoll(account);
  await machine.settle(4_000);
};

test("while no browser is there the account waits, says so, and fails at nothing; what happened is told once", async () => {
  await browser.close();
  simulator.addFavorites({ count: 2 });
  const before = simulator.requests.total;
  await machine.settle(120_000);
  expect(await told()).toEqual([]);
  expect(simulator.requests.total).toBe(before);
  expect((await view()).browser?.status).toBe("away");
  expect((await machine.accounts.sources(account))?.map(({ failures }) => failures)).not.toContain(1);
  expect(await machine.accounts.requestPoll(account)).toMatchObject({
    kind: "refused",
    code: "browser_away",
  });

  reopen();
  await look();
  expect(await told()).toEqual(["favorite.added", "favorite.added"]);
});

test("the account is woken by a browser, also where whoever heard of it first died before it could say so", async () => {
  await browser.close();
  await machine.settle(4_000);
  const { due, companions } = machine.parts.store;
  const [companion] = await companions.list(account);
  if (!companion) throw new Error("no companion");
  const { signal } = new AbortController();
  const take = () =>
    machine.companions.takeErrand({ account, companion }, "one", 0, { gone: signal, stop: signal });
  const asleep = await due.generation("poll", account);
  const { announce } = due;
  Object.assign(due, { announce: () => Promise.reject(new Error("killed")) });
  await expect(take()).rejects.toThrow("killed");
  Object.assign(due, { announce });
  await take();
  expect(await due.generation("poll", account)).not.toEqual(asleep);
});

test("an account that waits for a browser is woken when the server is to read, whoever dies over that", async () => {
  await browser.close();
  await machine.settle(4_000);
  const { due, accounts } = machine.parts.store;
  const asleep = await due.generation("poll", account);
  const { announce } = due;
  const dying: typeof announce = async (...of) => {
    if ((await accounts.get(account))?.readBy === "server") throw new Error("killed");
    return announce(...of);
  };
  Object.assign(due, { announce: dying });
  await expect(machine.accounts.update(account, { readBy: "server" })).rejects.toThrow("killed");
  Object.assign(due, { announce });
  expect(await due.generation("poll", account)).not.toEqual(asleep);
});

test("a browser that is closed over a page leaves nothing invented, and nothing lost", async () => {
  simulator.addFavorites({ count: 1 });
  bend = () => null;
  const { signal } = new AbortController();
  const ended = new AbortController();
  await machine.accounts.requestPoll(account);
  const polling = machine.run("poll", account, { stop: { draining: signal, abort: ended.signal } });
  await expect.poll(async () => (await view()).browser?.status).toBe("away");
  // Long before the page counts as late.
  ended.abort();
  await polling;
  expect(await told()).toEqual([]);
  bend = (_path, answer) => answer;
  reopen();
  await look();
  expect(await told()).toEqual(["favorite.added"]);
});

test("lists of somebody else who signs in there are never told as changes of this account's", async () => {
  const own = cookies;
  const other = await signInAsStranger();
  cookies = () => other;
  await look();
  expect(await told()).toEqual(["session.expired"]);
  const { session } = await view();
  expect(session).toMatchObject({ status: "expired", user: { email: simulator.credentials.email } });
  expect(session.reason).toContain(simulator.stranger.credentials.email);

  simulator.addFavorites({ count: 1 });
  cookies = own;
  await machine.settle(10 * 60_000 + 3_000);
  expect(await told()).toEqual(["session.expired", "session.restored", "favorite.added"]);
});

test("what is missing is not called removed on the word of somebody else, who has none of it either", async () => {
  let list: string | null = null;
  let looks = 0;
  bend = (path, answer) => {
    if ("failure" in answer) return answer;
    if (path.includes("favorites") && answer.body.length > 200) list ??= path;
    if (path === list) {
      // Empty by a hiccup, and when it is looked at again somebody else is signed in.
      looks++;
      return { ...answer, headers: {}, body: '{"data":[]}' };
    }
    const [own, others] = [simulator.credentials.email, simulator.stranger.credentials.email];
    const isOther = path.endsWith("/user") && looks > 1;
    return isOther ? { ...answer, body: answer.body.replaceAll(own, others) } : answer;
  };
  await look();
  expect(looks).toBeGreaterThan(1);
  expect(await told()).toEqual(["session.expired"]);
});

test("somebody who signs in while a list is read makes it be read anew", async () => {
  simulator.addFavorites({ count: 1 });
  const other = await signInAsStranger();
  const own = cookies;
  let pages = 0;
  // Only until the question who it is, which the right one answers again.
  cookies = () => (++pages === 1 ? other : own());
  bend = (_path, answer) => {
    signIn = pages === 1 ? "stranger" : "back";
    return answer;
  };
  await look();
  await machine.settle(60_000);
  expect(await told()).toEqual(["favorite.added"]);
});

test("of two browsers one reads, and the other takes over when it is closed", async () => {
  const second = openReadingBrowser({
    socketPath: redis.socketPath,
    account,
    cookies,
    companion: "cmp_fedcba9876543210",
  });
  open.push(second);
  simulator.addFavorites({ count: 1 });
  await look();
  expect(await told()).toEqual(["favorite.added"]);
  expect(second.visited).toEqual([]);
  await browser.close();
  simulator.addFavorites({ count: 1 });
  await look();
  expect(await told()).toEqual(["favorite.added", "favorite.added"]);
  expect(second.visited.length).toBeGreaterThan(0);
});

test("a page that is too large is that list's trouble, and no other's", async () => {
  bend = (path, answer) => (path.includes("favorites") ? { failure: "too_large" } : answer);
  simulator.addCollection({});
  await look();
  expect(await told()).toContain("collection.created");
  expect(await told()).not.toContain("favorite.removed");
  const sources = (await machine.accounts.sources(account)) ?? [];
  const failing = sources.filter(({ failures }) => failures > 0);
  expect(new Set(failing.map(({ resource }) => resource))).toEqual(new Set(["favorites"]));
  expect(failing[0]?.reason).toContain("over 20000000 bytes");
});

test("a challenge that the browser meets stops the account: nothing more is asked for", async () => {
  bend = () => ({ status: 403, headers: { "cf-mitigated": "challenge" }, body: "<html>" });
  await look();
  expect(await told()).toEqual(["session.challenged"]);
  const asked = browser.visited.length;
  await machine.settle(3_600_000);
  expect(browser.visited).toHaveLength(asked);
});

test("who is signed in is asked where a list differs, and not where it is as it was", async () => {
  const asked = () => browser.visited.filter((path) => path.endsWith("/user")).length;
  await look();
  const before = asked();
  await look();
  expect(asked()).toBe(before);
  simulator.addFavorites({ count: 1 });
  await look();
  expect(await told()).toEqual(["favorite.added"]);
  expect(asked()).toBe(before + 1);
});

test("every page is counted in the account's budget, comes from the browser, and none is got beside another", async () => {
  await look();
  const { usedLastMinute } = (await view()).budget;
  expect(usedLastMinute).toBe(browser.visited.length);
  const { entries } = simulator.requests;
  expect(entries).toHaveLength(browser.visited.length);
  expect(entries.every(({ fromBrowser, concurrent }) => fromBrowser && concurrent === 1)).toBe(true);
});
