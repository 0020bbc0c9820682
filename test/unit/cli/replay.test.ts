import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { afterEach, expect, test } from "vitest";
import { type ReplayOptions, replay } from "../../../src/cli/replay.js";
import type { Replay } from "../../../src/domain/replay.js";
import { StartError } from "../../../src/errors.js";
import { at, makeSubscription, subscriptionId } from "../../api/support/fixtures.js";
import { createHarness, token } from "../../api/support/harness.js";
import { createTerminal } from "../../support/terminal.js";

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** A service over fakes that a command can reach, and a terminal that keeps what is written. */
async function begin(interactive = false) {
  const harness = createHarness();
  harness.state.subscriptions.set(subscriptionId, makeSubscription());
  const server = serve({ fetch: harness.app.fetch, port: 0, hostname: "127.0.0.1" });
  await new Promise((listening) => server.once("listening", listening));
  open.push({ close: () => server.close() });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { terminal, lines, progress, stop } = createTerminal({ interactive });
  const run = (more: Partial<ReplayOptions> = {}, id = subscriptionId) => {
    const asked = { since: at(-60), only: "failed", wait: false, json: false } as const;
    return replay(id, { url, token, ...asked, ...more }, {}, terminal);
  };
  const { replays } = harness.state;
  const move = (change: Partial<Replay>) => {
    const [now] = replays.splice(0);
    if (now) replays.push({ ...now, ...change });
  };
  return { ...harness, lines, progress, run, stop, move };
}

test("a replay is begun, and left to itself", async () => {
  const { run, lines, state } = await begin();
  await run({ until: at(-30), only: "missing" });
  expect(state.replays).toMatchObject([{ since: at(-60), until: at(-30), only: "missing" }]);
  expect(lines).toEqual([`Sending 3 events again (${state.replays[0]?.id}).`, "It goes on by itself."]);
});

test("a replay that is waited for shows how far it has come, beside the answer", async () => {
  const { run, lines, progress, state, move } = await begin(true);
  const ended = run({ wait: true });
  while (progress.length < 1) await new Promise((later) => setTimeout(later, 10));
  move({ queued: 2 });
  while (progress.length < 2) await new Promise((later) => setTimeout(later, 10));
  move({ status: "done", queued: 3, skipped: 4 });
  await ended;
  expect(progress).toEqual(["0 of 3 events", "2 of 3 events", ""]);
  expect(lines).toEqual([
    `Sending 3 events again (${state.replays[0]?.id}).`,
    "Done: 3 events put into the mailbox, 4 left as they are.",
  ]);
});

test("JSON for scripts is one value, the last state", async () => {
  const { run, lines, state, move } = await begin();
  const ended = run({ wait: true, json: true });
  while (state.replays.length === 0) await new Promise((later) => setTimeout(later, 10));
  move({ status: "done", queued: 3 });
  await ended;
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ status: "done", queued: 3, count: 3 }]);
});

test("a wait that is interrupted leaves the replay going on", async () => {
  const { run, lines, state, stop } = await begin();
  const ended = run({ wait: true });
  while (lines.length < 1) await new Promise((later) => setTimeout(later, 10));
  stop.abort();
  await ended;
  expect(lines.at(-1)).toBe("It goes on without you.");
  expect(state.replays).toMatchObject([{ status: "running" }]);
});

test("what stands in the way is said, whatever it is", async () => {
  const { run, state } = await begin();
  const backwards = run({ until: at(-90) });
  await expect(backwards).rejects.toThrow(/^--until: must be later than since/);
  await expect(backwards).rejects.toMatchObject({ exitCode: 2 });
  await expect(run({}, "sub_nothing")).rejects.toThrow('There is no subscription "sub_nothing".');
  await expect(run({ token: "wrong" })).rejects.toThrow(StartError);
  await expect(run({ url: "http://127.0.0.1:1" })).rejects.toThrow("No service answers");
  state.refuse["replays.begin"] = { kind: "refused", code: "replay_running", detail: "One runs already." };
  await expect(run()).rejects.toThrow("One runs already.");
});

test("where nothing fits, nothing is said to go on", async () => {
  const { run, lines, services } = await begin();
  const { begin: make } = services.replays;
  services.replays.begin = async (id, asked) => {
    const begun = await make(id, asked);
    if (begun?.kind !== "begun") return begun;
    return { ...begun, replay: { ...begun.replay, count: 0 } };
  };
  await run({ wait: true });
  expect(lines).toEqual(["There is nothing to send again."]);
});
