import { describe, expect, it } from "vitest";
import { mailboxState } from "../../src/domain/mailbox.js";
import { receiverOf } from "../../src/domain/receiver.js";
import type { Check, MailboxView, SystemView } from "../../src/services/system.js";
import { createBrowser } from "./support/browser.js";
import { at, makeSubscription, makeSystem, subscriptionId } from "./support/fixtures.js";

async function look(overrides: Partial<SystemView> = {}) {
  const browser = createBrowser();
  browser.state.system = makeSystem(overrides);
  await browser.signIn();
  const html = await (await browser.get("/system")).text();
  // As it is read: without tags, and with one space between words.
  const text = html
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&#39;", "'")
    .replace(/\s+/g, " ");
  return { ...browser, html, text };
}

const missing: Check = {
  area: "workers",
  level: "problem",
  code: "workers_missing",
  text: "No process runs deliver.",
  remedy: "Start one: pixiehook start --roles deliver.",
};
const short: Check = {
  area: "redis",
  level: "notice",
  code: "redis_memory_short",
  text: "Redis uses 82 %.",
  remedy: "Give it more.",
};

function filled(waiting: number, receiver: object = {}, paused = false): MailboxView {
  const subscription = makeSubscription({ description: `Holds ${waiting}`, paused });
  const known = { ...receiverOf(null, subscription.channel), ...receiver };
  const mailbox = mailboxState(subscription, { waiting, due: 7 }, known, Date.parse(at(5)));
  return { subscription, mailbox, firstDueAt: at(-600) };
}

describe("the verdict of the system page", () => {
  it("says that all is well, and what was checked", async () => {
    const { text } = await look();
    expect(text).toContain("All parts run and are in time");
    expect(text).toContain("Redis is well.");
  });

  it("says what is wrong with what to do, the worst first", async () => {
    const { text } = await look({ checks: [short, missing] });
    expect(text).toContain("1 thing needs you, 1 to know of");
    const [problem, notice] = [
      text.indexOf(`${missing.text} ${missing.remedy}`),
      text.indexOf(`${short.text} ${short.remedy}`),
    ];
    expect(problem).toBeGreaterThan(0);
    expect(notice).toBeGreaterThan(problem);
    expect((await look({ checks: [short] })).text).toContain("All parts run; 1 thing to know of");
  });

  it("says while what lies outside is still being looked at", async () => {
    const { text } = await look({ checkedAt: null });
    expect(text).toContain("The mail server, the receivers and the data folder are being looked at.");
  });
});

describe("the system page", () => {
  it("says which processes do what, and leaves out the many", async () => {
    const processes = Array.from({ length: 33 }, (_, index) => ({
      pid: `${9_000 + index}`,
      roles: ["poll"],
    }));
    const { text } = await look({ processes });
    expect(text).toContain("33 processes share the work.");
    expect(text).toContain("Process 9029 reads Pixieset");
    expect(text).not.toContain("Process 9030");
    expect(text).toContain("And 3 more.");
    expect((await look()).text).toContain("One process does all the work.");
    expect((await look({ processes: [] })).text).toContain("No process says that it is there.");
  });

  it("tells of each queue how much there is of what, how old it is, and how late the clock is", async () => {
    const deliver = {
      name: "deliver",
      waiting: 1_234,
      active: 56,
      delayed: 7,
      failed: 8,
      oldestSeconds: 190,
    };
    const { text } = await look({ queues: [deliver], clockLateSeconds: 75 });
    expect(text).toContain("Sends deliveries deliver 1,234 56 7 8 3 min");
    expect(text).toContain("The clock is 75 s late.");
    expect((await look()).text).toContain("The clock is in time.");
  });

  it("tells of the fullest mailboxes how they are, and leads to them", async () => {
    const resting = filled(300, { openUntil: Date.parse(at(65)), failures: 6 });
    const { text, html } = await look({ fullest: [resting, filled(12, {}, true)], filled: 900 });
    expect(html).toContain(`href="/subscriptions/${subscriptionId}"`);
    expect(text).toContain("Holds 300 Resting until 20 Nov 2026, 10:01:05 UTC 300 7 10 min ago");
    expect(text).toContain("Holds 12 Paused 12 7");
    expect(text).toContain("The 2 with the most. Something waits in 898 other subscriptions, too.");
  });

  it("sums up by channel", async () => {
    const none = { mailboxes: 0, resting: 0, paused: 0, waiting: 0 };
    const slack = { mailboxes: 1, resting: 0, paused: 0, waiting: 0 };
    const webhook = { mailboxes: 10_000, resting: 3, paused: 2, waiting: 41_000 };
    const { text } = await look({ mailboxes: { webhook, slack, email: none } });
    expect(text).toContain("Webhooks 41,000 wait in 10,000 subscriptions, 3 at rest, 2 paused");
    expect(text).toContain("Slack Nothing waits in 1 subscription Email No subscription that is on");
  });

  it("tells how Redis is, each node of a cluster for itself", async () => {
    const [well] = makeSystem().redis;
    if (!well) throw new Error("no server");
    const { text } = await look();
    expect(text).toContain("12 MB no limit is set");
    expect(text).toContain("Agrees with pixiehook's");
    const bad = {
      ...well,
      node: "10.0.0.2:6379",
      usedBytes: 2_000_000_000,
      limitBytes: 2_500_000_000,
      keepsAppendOnlyFile: false,
      eviction: "allkeys-lru",
      failedWrite: "snapshot",
    };
    const cluster = await look({ redis: [{ ...well, node: "10.0.0.1:6379" }, bad], redisAheadMs: -1_500 });
    expect(cluster.text).toContain("10.0.0.1:6379 Memory");
    expect(cluster.text).toContain("2.0 GB of 2.5 GB, 80 %");
    expect(cluster.html).toMatch(/<meter aria-label="Memory used" [^>]*value="80"/);
    expect(cluster.text).toContain("Not kept: a crash loses minutes");
    expect(cluster.text).toContain("It may drop keys: allkeys-lru");
    expect(cluster.text).toContain("Failed: snapshot");
    expect(cluster.text.match(/1\.5 s behind pixiehook's/g)).toHaveLength(1);
  });

  it("names its version and address, and leads to what is for programs", async () => {
    const { html, text } = await look();
    expect(text).toContain("Version 1.2.3");
    for (const path of ["/metrics", "/docs", "/openapi.json", "/healthz", "/readyz", "/tokens"])
      expect(html).toContain(`href="${path}"`);
  });

  it("keeps itself fresh, and is open to those who may only look", async () => {
    const browser = createBrowser();
    const { secret } = await browser.services.tokens.create({ name: "Ana", scope: "read", expiresAt: null });
    await browser.signIn(secret);
    const page = await browser.get("/system");
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<div id="system" data-refresh="5">');
  });

  it("writes the names of others as text", async () => {
    const row = filled(1);
    const subscription = { ...row.subscription, description: "<script>alert(1)</script>" };
    const { html } = await look({ fullest: [{ ...row, subscription }], filled: 1 });
    expect(html).not.toContain("<script>alert(1)");
  });

  it("says so when Redis is away", async () => {
    const { get, state } = await look();
    state.fail = new Error("Connection is closed.");
    const page = await get("/system");
    expect(page.status).toBe(503);
    expect(await page.text()).toContain("The store cannot be reached.");
  });
});
