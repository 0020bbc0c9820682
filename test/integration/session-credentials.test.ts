import { Redis } from "ioredis";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { accountInputSchema } from "../../src/domain/account.js";
import { createFuse, createMachine, Killed } from "../support/machine.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";
import { createSessionLife, minute, type SessionLife } from "../support/session-life.js";
import { startUpstream } from "../unit/pixieset/upstream-server.js";

let redis: TestRedis;
let life: SessionLife | undefined;

beforeAll(async () => {
  redis = await startTestRedis();
});
afterEach(() => life?.close());
afterAll(() => redis.close());

/** An account that was added with e-mail address and password. */
async function begin(): Promise<SessionLife> {
  life = await createSessionLife(redis, { session: ({ credentials }) => credentials });
  return life;
}
const login = "/login";

test("a session that ends is renewed with the credentials, and told so", async () => {
  const { expire, pass, renewal, requests, status, told } = await begin();
  expect(await renewal()).toBe("credentials");
  expect(requests(login)).toBe(1);
  await expire();
  await pass(1);
  expect(requests(login)).toBe(2);
  expect(await status()).toBe("active");
  const object = { status: "active", by: "credentials", reason: null };
  expect((await told()).map(({ type }) => type)).toEqual(["session.expired", "session.restored"]);
  expect((await told()).at(-1)).toMatchObject({ data: { object } });
  expect(await renewal()).toBe("credentials");
  // It ends again at once: the next login keeps its distance.
  await expire();
  const logins = await pass(30, login);
  expect(logins).toHaveLength(1);
  expect(logins[0]).toBeGreaterThanOrEqual(8);
  expect(new Set((await told()).map(({ id }) => id)).size).toBe(4);
});

test("trouble that passes is met with one login in ten minutes, by however many processes that start anew", async () => {
  const { account, expire, simulator, clock, process, requests, status } = await begin();
  simulator.setFault({ kind: "500", path: "*/login" });
  await expire();
  const logins: number[] = [];
  for (let at = 0; at < 45; at++) {
    const before = requests(login);
    clock.offset += minute;
    const several = [process(), process(), process()];
    await Promise.all(several.map((one) => one.run("poll", account)));
    for (const one of several) await one.close();
    for (let i = before; i < requests(login); i++) logins.push(at);
  }
  expect(logins.length).toBeGreaterThanOrEqual(4);
  for (const [i, at] of logins.slice(1).entries()) expect(at - (logins[i] ?? 0)).toBeGreaterThanOrEqual(10);
  simulator.clearFaults();
  clock.offset += 10 * minute;
  await process().settle();
  expect(await status()).toBe("active");
}, 60_000);

test("a process that is killed at any step makes no second login, and keeps none from being made later", async () => {
  const { account, expire, simulator, clock, process, requests } = await begin();
  simulator.setFault({ kind: "500", path: "*/login" });
  await expire();
  for (let diesAt = 1, alive = false; !alive; diesAt++) {
    clock.offset += 11 * minute;
    const before = requests(login);
    const doomed = process(createFuse(diesAt));
    try {
      await doomed.run("poll", account);
      alive = true;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
    await doomed.close();
    const next = process();
    // The turn of a process that was killed ends by itself.
    const client = new Redis(redis.socketPath);
    await client.del(`pixiehook:{${account}}:turn`);
    client.disconnect();
    for (let i = 0; i < 3; i++) await next.run("poll", account);
    await next.close();
    expect(requests(login) - before, `killed at step ${diesAt}`).toBeLessThanOrEqual(1);
    expect(diesAt).toBeLessThan(200);
  }
  clock.offset += 11 * minute;
  const before = requests(login);
  await process().run("poll", account);
  expect(requests(login) - before).toBe(1);
}, 60_000);

test("a challenge to the login is told once and stops everything; cookies bring the credentials back into use", async () => {
  const { expire, simulator, pass, process, put, requests, status, types, renewal } = await begin();
  simulator.set({ loginChallenge: true });
  await expire();
  await pass(1);
  expect(await status()).toBe("challenged");
  expect(await pass(1_000, "", process)).toEqual([]);
  expect(await types()).toEqual(["session.expired", "session.challenged"]);

  simulator.set({ loginChallenge: false });
  await put({ cookies: simulator.newSession() });
  await pass(1);
  expect(await renewal()).toBe("credentials");
  const before = requests(login);
  await expire();
  await pass(1);
  expect(requests(login) - before).toBe(1);
  expect(await status()).toBe("active");
}, 60_000);

test("a wrong password is tried once: it is forgotten, said so, and only a new one brings renewal back", async () => {
  const { expire, simulator, machine, account, pass, put, reason, renewal, requests, status, types } =
    await begin();
  const { email } = simulator.credentials;
  simulator.studio.owner.password = "another one";
  await expire();
  await pass(1);
  const before = requests(login);
  expect(await status()).toBe("expired");
  expect(await reason()).toMatch(/login was not accepted.*forgotten/);
  expect(await renewal()).toBe("cookies");
  expect(await machine.parts.store.revivals.credentials(account)).toBeNull();
  await pass(100);
  await put({ cookies: simulator.newSession() });
  await pass(1);
  await expire();
  await pass(20);
  expect(requests(login)).toBe(before);
  expect(await renewal()).toBe("cookies");

  expect(await put({ email, password: "wrong" })).toMatchObject({ code: "session_rejected" });
  expect(await renewal()).toBe("cookies");
  expect(await put({ email, password: "another one" })).toMatchObject({ kind: "active" });
  expect(await renewal()).toBe("credentials");
  await pass(1);
  await expire();
  await pass(11);
  expect(await status()).toBe("active");
  const lives = Array.from({ length: 3 }, () => ["session.expired", "session.restored"]);
  expect(await types()).toEqual(lives.flat());
});

test("the session of another login is never taken, whatever the credentials", async () => {
  await redis.flush();
  let [user, isOver] = ["ana@smith.example", false];
  const server = await startUpstream(({ path, headers }) => {
    const cookie = `session=${user}; Path=/`;
    if (path === login) return { status: 302, headers: { "set-cookie": cookie, location: "/dashboard" } };
    if (isOver && !headers.cookie?.includes("eve")) return { status: 401, body: { error: "Unauthorized" } };
    const listing = { data: { data: { collections: [] }, meta: { current_page: 1, last_page: 1 } } };
    return { body: path.endsWith("/user") ? { data: { email: user } } : listing };
  });
  const clock = { offset: 0 };
  const at = { ...server.hosts, loginUrl: `${server.origin}${login}`, socketPath: redis.socketPath, clock };
  const machine = createMachine(at);
  const session = { email: "ana@smith.example", password: "very-secret" };
  const input = accountInputSchema.parse({ name: "x", session, resources: ["collections"] });
  const created = await machine.accounts.create(input);
  if (created.kind !== "created") throw new Error(created.detail);
  const { id } = created.account;
  await machine.settle(2_000);
  const jar = await machine.parts.store.accounts.jar(id);

  [user, isOver] = ["eve@other.example", true];
  clock.offset += 2 * minute;
  await machine.settle(4_000);
  const account = await machine.accounts.get(id);
  expect(account?.session).toMatchObject({
    status: "expired",
    renewal: "cookies",
    user: { email: session.email },
  });
  expect(account?.session.reason).toContain("are of eve@other.example, not of ana@smith.example");
  expect(await machine.parts.store.accounts.jar(id)).toMatchObject({ stored: jar?.stored });
  expect(await machine.accounts.renewSession(id, session)).toMatchObject({ code: "session_rejected" });
  await machine.settle(minute);
  expect(server.requests.filter(({ path }) => path === login)).toHaveLength(3);
  await machine.close();
  await server.stop();
});

test("credentials are forgotten when somebody says so, and no login is made any more", async () => {
  const { account, expire, machine, pass, renewal, requests, status } = await begin();
  expect(await machine.accounts.update(account, { credentials: null })).toMatchObject({
    session: { renewal: "cookies" },
  });
  expect(await machine.parts.store.accounts.get(account)).not.toHaveProperty("credentials");
  await expire();
  await pass(60);
  expect(requests(login)).toBe(1);
  expect(await status()).toBe("expired");
  expect(await renewal()).toBe("cookies");
});

test("a login that was about to begin is not made once the credentials are forgotten", async () => {
  const { account, machine } = await begin();
  const { revivals, accounts } = machine.parts.store;
  const known = await accounts.get(account);
  const revival = { epoch: known?.session.epoch ?? 0, probes: 0, probedAt: null, logins: 1, loggedInAt: 1 };
  const before = await revivals.get(account);
  await revivals.forget(account);
  expect(await revivals.claim(account, revival.epoch, before, revival, "login")).toBe(false);
  expect(await revivals.claim(account, revival.epoch + 1, before, revival, "probe")).toBe(false);
  expect(await revivals.claim(account, revival.epoch, before, revival, "probe")).toBe(true);
  expect(await revivals.claim(account, revival.epoch, before, revival, "probe")).toBe(false);
});

test("credentials stand nowhere in the clear, neither in Redis nor in logs, and go with their account", async () => {
  const { account, expire, simulator, machine, clock, put } = await begin();
  const { email, password } = simulator.credentials;
  const lines: string[] = [];
  const log = pino({ level: "trace" }, { write: (line: string) => void lines.push(line) });
  simulator.setFault({ kind: "500", path: "*/login", count: 1 });
  await expire();
  for (let i = 0; i < 3; i++) {
    clock.offset += 11 * minute;
    await machine.run("poll", account, { log });
  }
  await put({ email, password });
  expect(lines.join("")).toContain('"revive"');
  expect(lines.join("")).not.toContain(password);

  const client = new Redis(redis.socketPath);
  const keys = await client.keys("*");
  expect(keys).toContain(`pixiehook:{${account}}:credentials`);
  expect(keys).toContain(`pixiehook:{${account}}:revival`);
  for (const key of keys)
    expect((await client.dumpBuffer(key)).toString("latin1"), key).not.toContain(password);
  await machine.accounts.remove(account);
  expect((await client.keys(`*${account}*`)).filter((key) => !key.includes("{due}"))).toEqual([]);
  client.disconnect();
});
