import { expect, test } from "vitest";
import type { AttemptOutcome } from "../../src/domain/delivery.js";
import { createMailboxGauges, createMailboxSurvey } from "../../src/operations/mailboxes.js";
import type { Scripted } from "../support/scripted.js";
import { useScripted } from "../support/use-scripted.js";

let studio: Scripted;

useScripted((opened) => {
  studio = opened;
});

const retry = { kind: "retry", error: "500", afterMs: null, holdMailbox: false, overloaded: false } as const;
const second = 1_000;

/** What a scrape shows of mailboxes: name and labels → value, without the zeros. */
async function scraped(): Promise<Record<string, number>> {
  const { registry } = studio.machine.parts.metrics;
  const lines = (await registry.metrics()).split("\n");
  const found = lines.filter((line) => /^pixiehook_(mailbox|deliver)/.test(line));
  const pairs = found.map((line) => [line.replace(/ \S+$/, ""), Number(line.split(" ").at(-1))] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== 0));
}

test("a scrape counts mailboxes by what they are doing, and says how long the oldest delivery is overdue", async () => {
  const { parts } = studio.machine;
  const settings = { limits: { perSecond: 1_000, concurrency: 1 }, retry: { delays: ["1s"] } };
  const [failing, paused, off] = [
    await studio.subscribe(settings),
    await studio.subscribe({ ...settings, paused: true }),
    await studio.subscribe(settings),
  ];
  const channel = { type: "slack", url: "https://hooks.slack.com/services/T/B/X" };
  const slack = await studio.subscribe({ channel, digest: null });
  await studio.machine.subscriptions.update(off.id, { enabled: false });
  await studio.state(["1", "2", "3", "4", "5", "6"]);
  await studio.machine.run("fan-out", studio.account);
  const answer = async (): Promise<AttemptOutcome> => retry;
  for (const { id } of [failing, paused]) await studio.machine.run("deliver", id, { send: answer });
  studio.clock.offset += 20 * second;

  const measure = createMailboxGauges({ ...parts, surveyMailboxes: createMailboxSurvey(parts) });
  await measure();
  const first = await scraped();
  const overdue = 'pixiehook_delivery_overdue_seconds{channel="slack"}';
  const failingFor = 'pixiehook_mailbox_failing_seconds{channel="webhook"}';
  expect(first).toEqual({
    'pixiehook_mailboxes{channel="webhook",status="disabled"}': 1,
    'pixiehook_mailboxes{channel="webhook",status="paused"}': 1,
    'pixiehook_mailboxes{channel="webhook",status="resting"}': 1,
    'pixiehook_mailboxes{channel="slack",status="sending"}': 1,
    'pixiehook_mailboxes_failing{channel="webhook"}': 1,
    'pixiehook_deliveries_waiting{channel="webhook"}': 12,
    'pixiehook_deliveries_waiting{channel="slack"}': 6,
    [overdue]: first[overdue],
    [failingFor]: first[failingFor],
  });
  expect(first[failingFor]).toBeGreaterThanOrEqual(20);
  expect(first[overdue]).toBeGreaterThanOrEqual(20);
  expect(first[overdue]).toBeLessThan(25);

  // Asked again at once, it answers what it has; a little later it looks again.
  await studio.machine.subscriptions.update(slack.id, { paused: true });
  await measure();
  expect(await scraped()).toEqual(first);
  studio.clock.offset += 15 * second;
  await measure();
  const later = await scraped();
  expect(later['pixiehook_mailboxes{channel="slack",status="paused"}']).toBe(1);
  expect(later[overdue]).toBeUndefined();
});

test("a look that failed is not kept", async () => {
  const { store, metrics, now } = studio.machine.parts;
  let looks = 0;
  const subscriptions: typeof store.subscriptions = {
    ...store.subscriptions,
    all: async () => {
      if (looks++ === 0) throw new Error("Redis is away");
      return store.subscriptions.all();
    },
  };
  const surveyMailboxes = createMailboxSurvey({ store: { ...store, subscriptions }, now });
  const measure = createMailboxGauges({ surveyMailboxes, metrics });
  await expect(measure()).rejects.toThrow("Redis is away");
  await measure();
  await measure();
  expect(looks).toBe(2);
});
