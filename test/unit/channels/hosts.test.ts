import { afterAll, describe, expect, it } from "vitest";
import { createChannels } from "../../../src/channels/registry.js";
import { channelSchema } from "../../../src/domain/subscription.js";

const channels = createChannels({
  allowedNetworks: [],
  smtp: null,
  version: "1",
  unsubscribeUrl: () => "https://p.example/u",
});
afterAll(() => channels.close());

/** What a create of the API goes through: the shape, then the registry. Null when it would be created. */
async function refusalOf(url: string): Promise<string | null> {
  const parsed = channelSchema.safeParse({ type: "webhook", url });
  return parsed.success ? channels.check(parsed.data) : (parsed.error.issues[0]?.message ?? "refused");
}

const inside = [
  // 127.0.0.1 as a number, in parts, in other bases, in other scripts, escaped.
  ..."2130706433 017700000001 0x7f000001 0X7F.1 127.1 127.0.1 0177.0.0.1 0x7f.0.0.1 127.0.0.1. 127.000.000.001".split(
    " ",
  ),
  ..."127.0.0.1 127.0.0.1 ①②⑦.⓪.⓪.① 127。0。0。1 127%2e0%2e0%2e1 %31%32%37.0.0.1 127.0.0.1%2e".split(" "),
  ..."localhost localhost. LOCALHOST x.localhost ⓛocalhost 0 0.0.0.0 0x0 000.0.0.0 255.255.255.255 4294967295 240.0.0.1 224.0.0.1".split(
    " ",
  ),
  ..."10.1 192.168.1 172.16.1 100.64.0.1 169.254.169.254 2852039166 0xa9fea9fe 168.63.129.16 192.0.0.8 198.18.0.1".split(
    " ",
  ),
  ..."192.88.99.1 192.0.2.1 203.0.113.9 [::] [::1] [0:0:0:0:0:0:0:1] [::ffff:7f00:1] [::ffff:127.0.0.1] [::127.0.0.1]".split(
    " ",
  ),
  ..."[::ffff:0:127.0.0.1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [64:ff9b:1:ffff::1] [2002:7f00:1::] [2002:a00:1::1]".split(
    " ",
  ),
  ..."[2001:0:7f00:1::] [2001:10::1] [2001:20::1] [2001:2::1] [2001:db8::1] [3fff::1] [fec0::1] [fe80::1] [fc00::1]".split(
    " ",
  ),
  ..."[fd00:ec2::254] [ff02::1] [100::1] [5f00::1] [4000::1] [::ffff:a9fe:a9fe]".split(" "),
];
const broken = [
  ..."https:// https://? https://# https://:443 https://1.1.1.1:65536 https://1.1.1.1:-1 https://1.1.1.1:x https://[fe80::1%25eth0]".split(
    " ",
  ),
  ..."https://[::1 https://1.2.3.4.5 https://256.1.1.1 https://a_b%00c https://exa%23mple.com https://xn--a javascript:1".split(
    " ",
  ),
  ..."ftp://1.1.1.1 gopher://1.1.1.1 file:///etc/passwd data:,x //1.1.1.1 1.1.1.1".split(" "),
];
const other: readonly (readonly [string, RegExp])[] = [
  ["https://1.1.1.1:0/", /^must not name port 0$/],
  ["http://1.1.1.1/", /^must be https/],
  ["https://user@1.1.1.1/", /user name or password/],
  ["https://:secret@1.1.1.1/", /user name or password/],
  ["https://1.1.1.1@127.0.0.1/", /user name or password/],
  ["https://127.0.0.1\\@1.1.1.1/", /loopback/],
  ["https:127.0.0.1", /http or https URL/],
  ["https:///127.0.0.1/", /loopback/],
  ["https://127.0.0.1\t:443/", /loopback/],
];

describe("an address inside", () => {
  it.each(inside)("%s is refused when it is given, in a sentence", async (host) => {
    const refusal = await refusalOf(`https://${host}/hook?token=s3cret`);
    expect(refusal).toMatch(/address|https URL/);
    expect(refusal).not.toContain("s3cret");
  });
  it.each(broken)("%s is refused as no URL", async (url) =>
    expect(await refusalOf(url)).toMatch(/URL|https/),
  );
  it.each(other)("%s is %s", async (url, why) => {
    const refusal = await refusalOf(url);
    expect(refusal).toMatch(why);
    expect(refusal).not.toContain("secret");
  });
});

describe("an address outside", () => {
  it.each([
    "1.1.1.1",
    "1.1.1.1.",
    "0x01010101",
    "[2606:4700:4700::1111]",
    "1.1.1.1:8443",
    "1.1.1.1:65535",
    "1.1.1.1#@127.0.0.1",
  ])("%s is taken", async (host) => expect(await refusalOf(`https://${host}/`)).toBeNull());
});
