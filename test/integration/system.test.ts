import { pino } from "pino";
import { afterEach, expect, test } from "vitest";
import { good, problem } from "../../src/domain/finding.js";
import { createMailboxSurvey } from "../../src/operations/mailboxes.js";
import { createServerReader } from "../../src/operations/server-reading.js";
import { createSystemService } from "../../src/operations/system.js";
import { createWakeUps, type WakeUps } from "../../src/queues/wake-ups.js";
import type { Diagnosis } from "../../src/services/system.js";
import { queuePrefix } from "../../src/store/keys.js";
import type { Store } from "../../src/store/store.js";
import type { Scripted } from "../support/scripted.js";
import { useScripted } from "../support/use-scripted.js";

let studio: Scripted;
let wakeUps: WakeUps;

useScripted((opened) => {
  studio = opened;
  wakeUps = createWakeUps(opened.client, queuePrefix, pino({ level: "silent" }));
});
afterEach(() => wakeUps.close(0));

const limits = { perSecond: 1_000, concurrency: 1 };
const mail = { area: "mail" as const, ...problem("mail_login", "It refuses the login.", "Mend SMTP_URL.") };
const found: Diagnosis = {
  checkedAt: "2026-11-20T10:00:00.000Z",
  // What is judged from what was just read is not taken from an older look.
  checks: [mail, { area: "workers", ...good("workers", "All was well a minute ago.") }],
};

function createSystem(run: () => Promise<Diagnosis> = async () => found, replaced: Partial<Store> = {}) {
  const { now } = studio.machine.parts;
  const store = { ...studio.machine.parts.store, ...replaced };
  const readServer = createServerReader({ store, wakeUps, now });
  const surveyMailboxes = createMailboxSurvey({ store, now });
  return createSystemService({
    readServer,
    surveyMailboxes,
    diagnostics: { run, now },
    redis: "url",
    patienceMs: 100,
  });
}

test("the system is read from the store and the queues as they are", async () => {
  const { store } = studio.machine.parts;
  const paused = await studio.subscribe({ limits, paused: true });
  const slack = await studio.subscribe({
    channel: { type: "slack", url: "https://hooks.slack.com/services/T/B/X" },
    digest: null,
  });
  const off = await studio.subscribe({ limits });
  await studio.machine.subscriptions.update(off.id, { enabled: false });
  await studio.state(["1", "2", "3"]);
  await studio.machine.run("fan-out", studio.account);
  await store.due.announce("deliver", slack.id, Date.now() - 90_000);
  await store.presence.beat({ id: "77-abc", roles: ["api", "poll"], redisAheadMs: 0, upstream: null });
  await wakeUps.wakeMany("deliver", [slack.id, paused.id]);

  const view = await createSystem().read();
  expect(view.processes).toEqual([{ pid: "77", roles: ["api", "poll"] }]);
  expect(view.clockLateSeconds).toBeGreaterThanOrEqual(90);
  expect(view.queues.map(({ name }) => name)).toEqual([
    "poll",
    "fan-out",
    "deliver",
    "replay",
    "clock",
    "sweep",
  ]);
  const deliver = view.queues.find(({ name }) => name === "deliver");
  expect(deliver).toMatchObject({ waiting: 2, active: 0, delayed: 0, failed: 0 });
  expect(deliver?.oldestSeconds).toBeLessThan(30);
  expect(view.queues[0]?.oldestSeconds).toBeNull();
  expect(view.mailboxes).toEqual({
    webhook: { mailboxes: 1, resting: 0, paused: 1, waiting: 3 },
    slack: { mailboxes: 1, resting: 0, paused: 0, waiting: 3 },
    email: { mailboxes: 0, resting: 0, paused: 0, waiting: 0 },
  });
  expect(view.filled).toBe(2);
  const rows = view.fullest.map(({ subscription, mailbox }) => [subscription.id, mailbox.status]);
  expect(new Map(rows as [string, string][])).toEqual(
    new Map([
      [paused.id, "paused"],
      [slack.id, "sending"],
    ]),
  );
  for (const { firstDueAt } of view.fullest)
    expect(Date.parse(firstDueAt ?? "")).toBeLessThan(Date.now() + 1);
  expect(view.redis).toMatchObject([{ node: null, keepsAppendOnlyFile: true, eviction: null }]);
  expect(view.redis[0]?.usedBytes).toBeGreaterThan(100_000);
  expect(Math.abs(view.redisAheadMs)).toBeLessThan(1_000);
  expect(view.checks.map(({ level, code }) => `${level} ${code}`)).toEqual([
    "good redis",
    "good clock",
    "problem workers_missing",
    "problem mail_login",
  ]);
  expect(view.checkedAt).toBe(found.checkedAt);
});

test("of many mailboxes the twenty fullest are told, and those who ask at once share what it costs", async () => {
  const subscriptions = [];
  for (let i = 0; i < 24; i++) subscriptions.push(await studio.subscribe({ limits }));
  const waiting = subscriptions.map(({ id }, index) => {
    const entries = Array.from({ length: index + 1 }, (_, entry) => [entry, `dlv_${entry}`]);
    return studio.client.zadd(`pixiehook:{${id}}:due`, ...entries.flat());
  });
  await Promise.all(waiting);
  const { mailboxes, server } = studio.machine.parts.store;
  const asked = { mailboxes: 0, server: 0 };
  const system = createSystem(undefined, {
    mailboxes: {
      ...mailboxes,
      size(...of) {
        asked.mailboxes++;
        return mailboxes.size(...of);
      },
    },
    server: {
      ...server,
      facts() {
        asked.server++;
        return server.facts();
      },
    },
  });
  const view = await system.read();
  expect(view.fullest.map(({ mailbox }) => mailbox.waiting)).toEqual(
    Array.from({ length: 20 }, (_, index) => 24 - index),
  );
  expect(view.filled).toBe(24);
  await Promise.all(Array.from({ length: 50 }, () => system.read()));
  expect(asked).toEqual({ mailboxes: 24, server: 1 });
  // A little later the server is asked again, and the mailboxes, which may be many, are not.
  studio.clock.offset += 3_000;
  await system.read();
  expect(asked).toEqual({ mailboxes: 24, server: 2 });
  studio.clock.offset += 12_000;
  await system.read();
  expect(asked).toEqual({ mailboxes: 48, server: 3 });
});

test("a page waits for what lies outside only so long, and gets the last that is known", async () => {
  let runs = 0;
  const hangs = new Promise<Diagnosis>(() => undefined);
  const system = createSystem(() => (runs++ === 0 ? Promise.resolve(found) : hangs));
  expect((await system.read()).checkedAt).toBe(found.checkedAt);
  studio.clock.offset += 59_000;
  await system.read();
  expect(runs).toBe(1);
  studio.clock.offset += 1_000;
  const began = Date.now();
  const view = await system.read();
  expect(Date.now() - began).toBeLessThan(5_000);
  expect(runs).toBe(2);
  expect(view.checks).toContainEqual(mail);
});

test("a reading that failed is not kept", async () => {
  const { server } = studio.machine.parts.store;
  let looks = 0;
  const facts = async () => {
    if (looks++ === 0) throw new Error("Redis is away");
    return server.facts();
  };
  const system = createSystem(undefined, { server: { ...server, facts } });
  await expect(system.read()).rejects.toThrow("Redis is away");
  expect((await system.read()).redis).toHaveLength(1);
});

test("what could not be looked at while Redis was away is looked at when it is back, and not a minute later", async () => {
  const away: Diagnosis = {
    checkedAt: "2026-11-20T10:01:00.000Z",
    checks: [{ area: "redis", ...problem("redis_away", "Redis does not answer.", "Start it.") }],
  };
  let [runs, answer] = [0, away];
  const system = createSystem(async () => {
    runs++;
    return answer;
  });
  expect((await system.read()).checkedAt).toBeNull();
  answer = found;
  studio.clock.offset += 10_000;
  const view = await system.read();
  expect(view.checks).toContainEqual(mail);
  expect(view.checkedAt).toBe(found.checkedAt);
  // A minute after the first look it is asked for again, and the last that was whole stays meanwhile.
  answer = away;
  studio.clock.offset += 50_000;
  expect((await system.read()).checkedAt).toBe(found.checkedAt);
  answer = found;
  await system.read();
  studio.clock.offset += 60_000;
  await system.read();
  const before = runs;
  studio.clock.offset += 59_000;
  await system.read();
  expect(runs).toBe(before);
});
