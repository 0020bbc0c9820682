import { describe, expect, test } from "vitest";
import { clientOf, createFailedLogins } from "../../src/operations/failed-logins.js";

let time = 0;
const now = () => time;
/** Tries tokens from an address and says how many got their try. */
function tries(logins: ReturnType<typeof createFailedLogins>, address: string, count: number, name = "w") {
  let passed = 0;
  for (let i = 0; i < count; i++) if ("forgive" in logins.begin(address, `${name}${i}`)) passed++;
  return passed;
}
function succeed(logins: ReturnType<typeof createFailedLogins>, address: string, digest: string): boolean {
  const attempt = logins.begin(address, digest);
  if (!("forgive" in attempt)) return false;
  attempt.forgive();
  attempt.recognise();
  return true;
}

describe("failed logins", () => {
  test("are twenty a minute for each address, then it is said for how long nothing is taken", () => {
    const logins = createFailedLogins(now);
    expect(tries(logins, "1.2.3.4", 30)).toBe(20);
    expect(tries(logins, "1.2.3.5", 30)).toBe(20);
    time += 15_500;
    expect(logins.begin("1.2.3.4", "right")).toEqual({ retryAfterSeconds: 45 });
    time += 44_500;
    expect(tries(logins, "1.2.3.4", 30)).toBe(20);
  });

  test("leave whoever was let in within a day alone, at the same address", () => {
    const logins = createFailedLogins(now);
    expect(succeed(logins, "10.0.0.1", "mine")).toBe(true);
    tries(logins, "10.0.0.1", 30);
    expect(succeed(logins, "10.0.0.1", "mine")).toBe(true);
    expect(succeed(logins, "10.0.0.1", "another's")).toBe(false);
    tries(logins, "10.0.0.2", 30);
    expect(succeed(logins, "10.0.0.2", "mine")).toBe(false);
    time += 86_400_000;
    tries(logins, "10.0.0.1", 30);
    expect(succeed(logins, "10.0.0.1", "mine")).toBe(false);
  });

  test("are not those that turned out right, however many", () => {
    const logins = createFailedLogins(now);
    for (let i = 0; i < 100; i++) expect(succeed(logins, "10.0.0.1", `token ${i}`)).toBe(true);
    expect(tries(logins, "10.0.0.1", 30)).toBe(20);
  });

  test("keep nobody out for longer than a minute when the clock is set back", () => {
    const logins = createFailedLogins(now);
    time = 7_200_000;
    tries(logins, "10.0.0.1", 30);
    time -= 3_600_000;
    expect(succeed(logins, "10.0.0.1", "mine")).toBe(true);
    expect(tries(logins, "10.0.0.1", 30)).toBe(20);
    expect(logins.begin("10.0.0.1", "w")).toEqual({ retryAfterSeconds: 60 });
  });

  test("are forgotten, the oldest first, when they come from everywhere", () => {
    const logins = createFailedLogins(now);
    tries(logins, "10.0.0.1", 20);
    for (let i = 0; i < 10_000; i++) logins.begin(`host-${i}`, "x");
    expect(tries(logins, "10.0.0.1", 30)).toBe(20);
    expect(tries(logins, "host-9999", 30)).toBe(19);
  });
});

test.each([
  ["::ffff:1.2.3.4", "1.2.3.4", true],
  ["2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true],
  ["2001:db8:0:1::1", "2001:db8:0:2::1", false],
  ["1.2.3.4", "1.2.3.5", false],
])("the clients %s and %s are the same: %s", (one, other, same) => {
  expect(clientOf(one) === clientOf(other)).toBe(same);
});
