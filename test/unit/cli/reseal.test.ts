import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { afterEach, expect, test } from "vitest";
import { reseal } from "../../../src/cli/reseal.js";
import type { Resealing } from "../../../src/services/seals.js";
import { createHarness, token } from "../../api/support/harness.js";
import { createTerminal } from "../../support/terminal.js";

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

const nothing: Resealing = { checked: 52, sealed: 0, lost: [], next: null };

/** Runs the command against a service whose stretches are these, pass after pass. */
async function run(passes: readonly Resealing[][], json = false) {
  const { app, services } = createHarness();
  const stretches = passes.flat();
  services.seals.reseal = async () => stretches.shift() ?? nothing;
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  await new Promise((listening) => server.once("listening", listening));
  open.push({ close: () => server.close() });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { terminal, lines } = createTerminal();
  const isDone = await reseal({ url, token, json }, {}, terminal);
  return { isDone, lines, left: stretches.length };
}

const pass = (sealed: number): Resealing[] => [
  { checked: 50, sealed, lost: [], next: "bmV4dA" },
  { checked: 2, sealed: 0, lost: [], next: null },
];

test("everything is sealed, looked at once more, and said to be done", async () => {
  const { isDone, lines } = await run([pass(50), pass(0)]);
  expect(isDone).toBe(true);
  expect(lines).toEqual([
    "50 secrets sealed anew, of 52.",
    "None is left under an older key: it can be taken out of PIXIEHOOK_SECRET_KEY.",
  ]);
});

test("what is sealed with an older key all the while is told, after three passes", async () => {
  const { isDone, lines, left } = await run([pass(50), pass(1), pass(1), pass(1)]);
  expect([isDone, left]).toEqual([false, 2]);
  expect(lines).toEqual(["52 secrets sealed anew, of 52.", expect.stringContaining("restart every one")]);
});

test("what no key opens is named, and what to do", async () => {
  const lost = [{ what: "session" as const, of: "acc_0123456789abcdef" }];
  const { isDone, lines } = await run([[{ ...nothing, lost }]]);
  expect(isDone).toBe(false);
  expect(lines).toEqual([
    "0 secrets sealed anew, of 52.",
    "No key opens the session of acc_0123456789abcdef.",
    "Put the key that is missing back into PIXIEHOOK_SECRET_KEY, restart, and say this again.",
  ]);
});

test("JSON for scripts is one value", async () => {
  const { lines } = await run([pass(50), pass(0)], true);
  expect(lines.map((line) => JSON.parse(line))).toEqual([{ checked: 52, sealed: 50, left: 0, lost: [] }]);
});
