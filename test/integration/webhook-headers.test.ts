import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseNetworks } from "../../src/channels/addresses.js";
import { createHttp } from "../../src/channels/http.js";
import { createWebhookChannel } from "../../src/channels/webhook.js";
import { type ChannelSettings, channelSchema } from "../../src/domain/subscription.js";
import { type RawReceiver, startRawReceiver } from "../support/raw-receiver.js";
import { example, messageOf } from "../unit/channels/messages.js";

let receiver: RawReceiver;
const http = createHttp({ allowed: parseNetworks(["127.0.0.0/8"]) });
const channel = createWebhookChannel({ http, version: "1.2.3" });

beforeAll(async () => {
  receiver = await startRawReceiver();
});
afterAll(async () => {
  await http.close();
  await receiver.close();
});

const settingsWith = (headers: unknown) => ({ type: "webhook", url: `${receiver.url}/hook`, headers });

/** Why the API would refuse these headers; null when it takes them. */
function refusal(headers: unknown): string | null {
  const { error } = channelSchema.safeParse(settingsWith(headers));
  const [issue] = error?.issues ?? [];
  if (!issue) return null;
  return issue.code === "invalid_key" ? (issue.issues[0]?.message ?? "") : issue.message;
}

/** The lines of the head that come over the wire, without what pixiehook and HTTP put there. */
async function arrive(headers: Record<string, string>): Promise<string[]> {
  const whole = { ...settingsWith({}), format: "standard", asymmetric: false, headers } as ChannelSettings;
  const before = receiver.requests.length;
  const outcome = await channel.send(
    messageOf([example("favorite.added")], whole),
    AbortSignal.timeout(5_000),
  );
  expect(outcome).toMatchObject({ kind: "delivered" });
  expect(receiver.requests).toHaveLength(before + 1);
  const lines = receiver.lastHeaders();
  const names = lines.map((line) => line.split(":")[0]?.toLowerCase() ?? "");
  expect(new Set(names).size, names.join()).toBe(names.length);
  for (const name of own) expect(names).toContain(name);
  return lines.filter((_, index) => !own.includes(names[index] ?? ""));
}
const own = [
  ...["host", "connection", "content-length", "content-type", "user-agent"],
  ...["webhook-id", "webhook-timestamp", "webhook-signature"],
];

const reserved = [
  ...["webhook-id", "Webhook-Id", "WEBHOOK-SIGNATURE", "webhook-timestamp", "webhook-anything"],
  ...["webhook_id", "Webhook_Signature", "svix-id", "Svix-Signature", "svix_timestamp"],
  ...["Host", "HOST", "Connection", "Keep-Alive", "Content-Length", "content_length", "CONTENT-TYPE"],
  ...["Content-Encoding", "Transfer-Encoding", "transfer_encoding", "Upgrade", "HTTP2-Settings", "TE"],
  ...["Trailer", "Expect", "Proxy-Authorization", "Proxy-Connection", "Accept-Encoding", "User-Agent"],
];

describe("a header that is ours or of HTTP", () => {
  test.each(reserved)("%s is refused", (name) =>
    expect(refusal({ [name]: "x" })).toMatch(/cannot be overridden/),
  );

  test.each(reserved)("%s never leaves, were it stored", async (name) => {
    expect(await arrive({ [name]: "forged" })).toEqual([]);
    expect(receiver.requests.at(-1)?.toString("latin1")).not.toContain("forged");
  });
});

describe("a header of the subscriber's", () => {
  const theirs = {
    Authorization: "Bearer abc",
    Cookie: "session=1; theme=dark",
    "X-Api-Key": "k\ty",
    "x_my.own~name!": "",
    constructor: "kept",
    toString: "kept too",
    "X-Forwarded-For": "192.0.2.1",
  };

  test("arrives as it was given, once", async () => {
    expect(refusal(theirs)).toBeNull();
    const lines = Object.entries(theirs).map(([name, value]) => `${name}: ${value}`);
    expect((await arrive(theirs)).sort()).toEqual(lines.sort());
  });

  test.each(["X A", "X:A", "X-A\r\nX-B", "X-A\n", "\tX", "", "X-Ä", "X(A)", '"X"', "X\0", "x".repeat(101)])(
    "with the name %j is refused",
    (name) => expect(refusal({ [name]: "x" })).toBe("is not a header name"),
  );

  test.each([
    "a\r\nX-Injected: 1",
    "a\nb",
    "a\rb",
    "a\0b",
    "ä",
    "\u{1f4f7}",
    "a\x7f",
    " a",
    "a ",
    "\ta",
    "a\t",
    " ",
  ])("with the value %j is refused", (value) => expect(refusal({ "X-A": value })).toMatch(/printable ASCII/));

  test("comes once, whatever its case", () => {
    expect(refusal({ "X-A": "1", "x-a": "2" })).toMatch(/same header twice/);
    expect(refusal({ "X-A": "1", "X-B": "1" })).toBeNull();
  });

  test("cannot reach a prototype by its name", async () => {
    const named = JSON.parse('{"__proto__": {"polluted": "1"}, "X-A": "1"}');
    const { headers } = channelSchema.parse(settingsWith(named)) as { headers: Record<string, string> };
    expect(Object.keys(headers)).toEqual(["X-A"]);
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
    expect(await arrive(JSON.parse('{"__proto__": "1", "X-A": "1"}'))).toContain("X-A: 1");
  });
});

describe("all headers together", () => {
  const many = (count: number, length: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`X-${i + 10}`, "v".repeat(length)]));

  test("are bounded by number and by size", () => {
    expect(refusal(many(20, 10))).toBeNull();
    expect(refusal(many(21, 10))).toBe("at most 20 headers");
    expect(refusal({ "X-A": "v".repeat(4_097) })).toMatch(/4096/);
    expect(refusal(many(2, 3_576))).toBeNull();
    expect(refusal({ ...many(2, 3_576), X: "" })).toBe("at most 7168 bytes of headers in all");
  });

  test("stay under 8 kB with ours, five signatures of the longer kind among them", async () => {
    const whole = {
      ...settingsWith(many(2, 3_576)),
      format: "standard",
      asymmetric: true,
    } as ChannelSettings;
    const until = "2030-01-01T00:00:00.000Z";
    const { secrets } = messageOf([example("favorite.added")], whole);
    const previous = Array.from({ length: 4 }, () => ({ secret: secrets.current, until }));
    const message = messageOf([example("favorite.added")], whole, { secrets: { ...secrets, previous } });
    expect(await channel.send(message, AbortSignal.timeout(5_000))).toMatchObject({ kind: "delivered" });
    expect(receiver.requests.at(-1)?.indexOf("\r\n\r\n")).toBeLessThan(8_192);
  });
});
