import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "@hono/node-server";
import { afterEach, describe, expect, test } from "vitest";
import { fateOf, isSettled } from "../../../src/cli/trigger/fates.js";
import { listTypes, type TriggerOptions, trigger } from "../../../src/cli/trigger.js";
import { eventTypes } from "../../../src/domain/catalog.js";
import type { Attempt, Delivery } from "../../../src/domain/delivery.js";
import type { Subscription } from "../../../src/domain/subscription.js";
import {
  accountId,
  at,
  makeAccount,
  makeDelivery,
  makeMailbox,
  makeSubscription,
} from "../../api/support/fixtures.js";
import { createHarness, token } from "../../api/support/harness.js";
import { createTerminal } from "../../support/terminal.js";

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** A service over fakes with some subscriptions, and a command that asks it. */
async function begin(...subscriptions: Partial<Subscription>[]) {
  const harness = createHarness();
  const { state } = harness;
  state.accounts.set(accountId, makeAccount());
  const ids = subscriptions.map((more, index) => {
    const subscription = makeSubscription({ id: `sub_${index}`, description: `Hook ${index}`, ...more });
    state.subscriptions.set(subscription.id, subscription);
    return subscription.id;
  });
  const server = serve({ fetch: harness.app.fetch, port: 0, hostname: "127.0.0.1" });
  await new Promise((listening) => server.once("listening", listening));
  open.push({ close: () => server.close() });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { terminal, lines, stop } = createTerminal();
  const run = (more: Partial<TriggerOptions> = {}, type = "favorite.added") => {
    const plain = { count: 1, wait: true, json: false };
    return trigger(type, { url, token, ...plain, ...more }, {}, terminal);
  };
  /** Waits for the samples, and gives each subscription a delivery of the first. */
  const deliver = async (...deliveries: Partial<Delivery>[]) => {
    while (state.events.length === 0) await sleep(5);
    const [event] = state.events;
    for (const [index, more] of deliveries.entries()) {
      const made = makeDelivery(event?.id ?? "", { subscription: ids[index] ?? "", ...more });
      state.deliveries.set(made.id, made);
    }
  };
  return { ...harness, run, deliver, lines, stop };
}

const attempt = (more: Partial<Attempt>): Attempt => ({
  at: at(1),
  durationMs: 120,
  outcome: "delivered",
  ...more,
});
const inTime = (ms: number) => new Date(Date.now() + ms).toISOString();
const delivered = { attempts: [attempt({})], attemptCount: 1 };
const failed = {
  status: "pending",
  attempts: [attempt({ outcome: "retry", error: "the endpoint answered 500" })],
  attemptCount: 1,
} as const;

test("what came of each delivery is said, and whether one failed", async () => {
  const { run, deliver, lines, state } = await begin({}, {});
  const ended = run({ subscription: ["sub_0", "sub_1"] });
  await deliver(delivered, { ...failed, nextAttemptAt: inTime(315_000) });
  expect(await ended).toEqual({ failed: true });
  expect(lines).toEqual([
    `Stated 1 sample of favorite.added: ${state.events[0]?.id}`,
    "sub_0 Hook 0: delivered in 120 ms",
    "sub_1 Hook 1: failed: the endpoint answered 500, tried again in 5 min",
  ]);
});

test("without anybody chosen it is said who could be", async () => {
  const { run, lines, state } = await begin(
    {},
    { events: ["invoice.*"] },
    { enabled: false },
    { filter: { amountAtLeast: 1 } },
    { account: "acc_other" },
  );
  expect(await run({ account: accountId })).toEqual({ failed: false });
  expect(lines).toEqual([
    `Stated 1 sample of favorite.added: ${state.events[0]?.id}`,
    "No subscription was chosen: only `pixiehook listen` and the list of events show it.",
    "Name some of these with --subscription, or take --all; they want favorite.added:",
    "  sub_0 Hook 0",
  ]);
});

test("nothing in a name or a reason can steer the terminal", async () => {
  const description = "Hook \u001b[2J\u009b31m\nbad";
  const { run, deliver, lines } = await begin({ description });
  const ended = run({ subscription: ["sub_0"] });
  const attempts = [attempt({ outcome: "retry", error: "\u001b]0;title\u0007" })];
  await deliver({ ...failed, attempts, nextAttemptAt: inTime(5_400) });
  await ended;
  await run({});
  expect(lines.filter((line) => line.includes("Hook"))).toHaveLength(2);
  expect(lines.join("")).not.toMatch(/\p{Cc}/u);
});

test("all are those that are on and can get it; where there is none, nothing is sent", async () => {
  const { run, lines, state } = await begin({}, { events: ["invoice.*"] }, { enabled: false });
  await run({ all: true, wait: false, count: 2 });
  expect(state.events.map(({ onlyFor }) => onlyFor)).toEqual([["sub_0"], ["sub_0"]]);
  expect(lines.at(-1)).toBe("On their way to 1 subscription.");
  state.subscriptions.delete("sub_0");
  await expect(run({ all: true })).rejects.toThrow("No subscription that is enabled wants favorite.added");
  expect(state.events).toHaveLength(2);
});

test("JSON for scripts is one value, with the deliveries", async () => {
  const { run, deliver, lines, state } = await begin({});
  const ended = run({ subscription: ["sub_0"], json: true });
  await deliver(delivered);
  await ended;
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    {
      type: "favorite.added",
      events: [state.events[0]?.id],
      subscriptions: ["sub_0"],
      deliveries: [{ subscription: "sub_0", status: "delivered" }],
    },
  ]);
});

test("nobody waits for a digest, for quiet hours or for one that is paused", async () => {
  const quietHours = { from: "00:00", to: "23:59", except: [] };
  const { run, deliver, lines } = await begin({}, { quietHours }, { paused: true });
  const ended = run({ all: true });
  const waiting = { status: "pending", attempts: [], attemptCount: 0 } as const;
  const [digestAt, now] = [inTime(3_600_000), inTime(0)];
  await deliver(
    { ...waiting, digest: true, nextAttemptAt: digestAt },
    { ...waiting, nextAttemptAt: now },
    { ...waiting, nextAttemptAt: now },
  );
  expect(await ended).toEqual({ failed: false });
  expect(lines.slice(1).sort()).toEqual([
    expect.stringMatching(/^sub_0 Hook 0: waits for its digest at \d\d:\d\d/),
    expect.stringMatching(/^sub_1 Hook 1: waits for the end of its quiet hours at \d\d:\d\d/),
    "sub_2 Hook 2: kept: the subscription is paused",
  ]);
});

test("a wait that is interrupted says how far it came", async () => {
  const { run, deliver, lines, stop } = await begin({});
  const ended = run({ subscription: ["sub_0"] });
  await deliver({ status: "pending", attempts: [], attemptCount: 0, nextAttemptAt: inTime(0) });
  stop.abort();
  expect(await ended).toEqual({ failed: false });
  expect(lines.at(-1)).toMatch(/Stated|not sent yet/);
});

test("what stands in the way is said, whatever it is", async () => {
  const { run, state } = await begin({});
  await expect(run({}, "favorite.add")).rejects.toThrow(
    /Did you mean favorite\.added.*\? `pixiehook trigger` lists them all\.$/,
  );
  await expect(run({ url: "http://127.0.0.1:1" })).rejects.toThrow("No service answers");
  state.refuse["samples.trigger"] = { kind: "refused", code: "not_wanted", detail: "It wants invoices." };
  await expect(run({ subscription: ["sub_0"] })).rejects.toThrow("It wants invoices.");
});

test("without a type all are listed, each with what it says", () => {
  const { terminal, lines } = createTerminal();
  listTypes(false, terminal);
  const listed = lines.join().split("\n");
  expect(listed).toHaveLength(eventTypes.length);
  expect(listed[0]).toMatch(/^favorite\.added +A client added a photo/);
  listTypes(true, terminal);
  expect(JSON.parse(lines.at(-1) ?? "")).toHaveLength(eventTypes.length);
});

describe("a delivery", () => {
  const now = Date.parse(at(10));
  const subscription = { ...makeSubscription(), mailbox: makeMailbox() };
  const base = { ...makeDelivery("evt_1"), event: "evt_1", events: ["evt_1"], attempts: [] };
  const waiting = { ...base, status: "pending", attemptCount: 0, nextAttemptAt: at(10) } as const;

  test("is waited for until it was tried or is not to be tried soon", () => {
    expect(isSettled(waiting, now + 20_000)).toBe(false);
    expect(isSettled({ ...waiting, nextAttemptAt: at(31) }, now + 20_000)).toBe(true);
    expect(isSettled({ ...waiting, attemptCount: 1 }, now + 20_000)).toBe(true);
    expect(isSettled({ ...waiting, status: "failed" }, now + 20_000)).toBe(true);
  });

  test("that failed for good is not tried again", () => {
    const { attempts } = failed;
    const fate = fateOf(
      { ...base, status: "failed", attempts: [...attempts], nextAttemptAt: null },
      subscription,
      now,
    );
    expect(fate).toEqual({ text: "failed: the endpoint answered 500, not tried again", failed: true });
  });

  test("to a receiver that rests says so", () => {
    const mailbox = makeMailbox({ restsUntil: at(70), restReason: "failures" });
    const { text } = fateOf(waiting, { ...subscription, mailbox }, now);
    expect(text).toMatch(/^waits until \d\d:\d\d.*: the receiver failed too often$/);
  });
});
