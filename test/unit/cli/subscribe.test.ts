import { expect, test } from "vitest";
import { channelOf, digest, quietHours } from "../../../src/cli/subscribe/settings.js";

test.each([
  ["none", null],
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
