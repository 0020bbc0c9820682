import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { expect, test } from "vitest";
import { createProgram } from "../../../src/cli/program.js";
import { channelOf, digest, quietHours } from "../../../src/cli/subscribe/settings.js";
import { createHarness, token } from "../../api/support/harness.js";
import { createTerminal } from "../../support/terminal.js";

test.each([
  ["none", "none"],
  ["2h", { every: "2h" }],
  ["hourly", { every: "1h" }],
  ["every=1h", { every: "1h" }],
  ["daily=18:00", { dailyAt: "18:00" }],
  ["quiet=2m,max=15m", { quiet: "2m", max: "15m" }],
  ["max=15m, quiet=2m", { quiet: "2m", max: "15m" }],
])("a digest of %s", (text, expected) => expect(digest(text)).toEqual(expected));

test.each(["", "daily", "quiet=2m", "every=1h,daily=18:00", "often", "every=1h,loud=2m"])(
  "no digest of %j",
  (text) => expect(() => digest(text)).toThrow("use none, 2h, daily=18:00, every=1h, or quiet=2m,max=15m"),
);

test("quiet hours", () => {
  expect(quietHours("21:00-8:00")).toEqual({ from: "21:00", to: "08:00" });
  expect(() => quietHours("at night")).toThrow("use times such as 21:00-08:00");
});

test("a subscription has one channel", () => {
  expect(channelOf({})).toBeNull();
  expect(channelOf({ email: ["a@example.com,b@example.com", "c@example.com"] })).toEqual({
    type: "email",
    to: ["a@example.com", "b@example.com", "c@example.com"],
  });
  expect(() => channelOf({ webhook: "https://a.example", slack: "-" })).toThrow("has one channel");
  expect(() => channelOf({ email: ["a@example.com", "favorite.*"] })).toThrow(
    '--email: "favorite.*" is no address. Events come first',
  );
});

test.each([
  [["--digest", "none"], { digest: null }],
  [["--digest", "2h", "--ordered"], { digest: { every: "2h" }, ordered: true }],
  [
    ["--quiet-hours", "21:00-8:00", "--client", "a@x.example,b@x.example"],
    { quietHours: { from: "21:00", to: "08:00" }, filter: { clients: ["a@x.example", "b@x.example"] } },
  ],
])("a line with %j makes the subscription that it describes", async (given, expected) => {
  const { app, state } = createHarness();
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  await new Promise((listening) => server.once("listening", listening));
  const { port } = server.address() as AddressInfo;
  const { terminal } = createTerminal();
  const program = createProgram({
    terminal,
    environment: () => ({}),
    settings: () => {
      throw new Error("a command that asks a service needs no settings of one");
    },
    exitWith: () => undefined,
  });
  const channel = ["--webhook", "https://example.com/hook"];
  const service = ["--url", `http://127.0.0.1:${port}`, "--token", token];
  await program
    .parseAsync(["node", "pixiehook", "subscribe", "favorite.added", ...channel, ...given, ...service])
    .finally(() => server.close());
  expect([...state.subscriptions.values()]).toMatchObject([expected]);
});
