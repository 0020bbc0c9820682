import { describe, expect, it } from "vitest";
import { isOwnHost, literalAddress, parseNetworks, refuseAddress } from "../../../src/channels/addresses.js";
import { createGuard } from "../../../src/channels/guard.js";
import { SettingsError } from "../../../src/errors.js";

const refused = [
  "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 100.100.100.200 127.0.0.1 127.255.255.254",
  "168.63.129.16 169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1",
  "192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1",
  "255.255.255.255 :: ::1 ::7f00:1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::ffff:0:8.8.8.8",
  "64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1 2001:0:53aa:64c:0:fbff:f5ff:1 2001:2::1 2001:10::1",
  "2001:20::1 2001:db8::1 2002:7f00:1:: 2002:808:808::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0",
  "fec0::1 ff02::1 4000::1 nonsense",
].flatMap((line) => line.split(" "));
const reachable = [
  "1.1.1.1 8.8.8.8 99.255.255.255 100.63.255.255 100.128.0.1 126.0.0.1 128.0.0.1 168.63.129.17 172.15.0.1 172.32.0.1",
  "192.167.0.1 192.169.0.1 223.255.255.255 2606:4700:4700::1111 2a00:1450:4001:82a::200e 2001:4860:4860::8888",
].flatMap((line) => line.split(" "));

describe("refuseAddress", () => {
  it.each(refused)("refuses %s", (address) => expect(refuseAddress(address, [], true)).not.toBeNull());
  it.each(reachable)("lets %s pass", (address) => expect(refuseAddress(address, [], true)).toBeNull());

  it("lets allowed networks pass, and nothing else where nothing may be public", () => {
    const allowed = parseNetworks(["10.1.0.0/16", "127.0.0.1", "fd00::/8"]);
    for (const address of ["10.1.2.3", "127.0.0.1", "::ffff:10.1.2.3", "fd12::1"]) {
      expect(refuseAddress(address, allowed, false)).toBeNull();
    }
    for (const address of ["10.2.0.1", "127.0.0.2", "8.8.8.8", "::ffff:8.8.8.8"]) {
      expect(refuseAddress(address, allowed, false)).not.toBeNull();
    }
    expect(refuseAddress("8.8.8.8", allowed, true)).toBeNull();
  });
});

describe("parseNetworks", () => {
  it("names each line that is wrong", () => {
    expect(() => parseNetworks(["10.0.0.0/8", "10.0.0.0/33", "lan"])).toThrowError(
      new SettingsError(["10.0.0.0/33 is not a network (CIDR)", "lan is not a network (CIDR)"]),
    );
  });
});

describe("literal spellings", () => {
  it.each([
    ["http://127.1/", "127.0.0.1"],
    ["http://0x7f.1/", "127.0.0.1"],
    ["http://2130706433/", "127.0.0.1"],
    ["http://017700000001/", "127.0.0.1"],
    ["http://127.0.0.1./", "127.0.0.1"],
    ["http://①②⑦.0.0.1/", "127.0.0.1"],
    ["http://[::FFFF:127.0.0.1]/", "::ffff:7f00:1"],
    ["http://example.com/", null],
    ["http://dead.beef/", null],
  ])("%s is %s", (url, address) => expect(literalAddress(new URL(url).hostname)).toBe(address));
});

describe("checkUrl", () => {
  const open = createGuard({ allowed: [] });
  const local = createGuard({ allowed: parseNetworks(["127.0.0.0/8"]) });
  it.each([
    "http://example.com/",
    "ftp://example.com/",
    "javascript:alert(1)",
    "https://user:pass@example.com/",
    "https://127.1/",
    "https://0x7f.1/",
    "https://2130706433/",
    "https://[::1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://169.254.169.254/latest/meta-data/",
    "nothing",
  ])("refuses %s", (url) => expect(open.checkUrl(url)).not.toBeNull());

  it("lets https pass, and http within the allowed networks", () => {
    expect(open.checkUrl("https://example.com/hook")).toBeNull();
    expect(local.checkUrl("http://127.0.0.1:8080/")).toBeNull();
    expect(local.checkUrl("https://127.0.0.1:8443/")).toBeNull();
    expect(local.checkUrl("http://8.8.8.8/")).toMatch(/must be https/);
    expect(local.checkUrl("https://10.0.0.1/")).toBe("10.0.0.1 is a private address");
  });

  it("keeps Slack to its hosts", () => {
    const slack = createGuard({ allowed: [], publicHosts: ["hooks.slack.com"] });
    expect(slack.checkUrl("https://hooks.slack.com/services/T/B/x")).toBeNull();
    for (const url of [
      "http://hooks.slack.com/",
      "https://hooks.slack.com.evil.example/",
      "https://8.8.8.8/",
      "https://hooks.slack.com@evil.example/",
    ]) {
      expect(slack.checkUrl(url)).not.toBeNull();
    }
  });

  it("says when a name leads inside, and leaves names that do not resolve for later", async () => {
    const addresses: Record<string, string[]> = {
      "mixed.example": ["8.8.8.8", "10.0.0.5"],
      "good.example": ["8.8.8.8"],
    };
    const guard = createGuard({
      allowed: [],
      resolve: async (name) => {
        const found = addresses[name];
        if (!found) throw Object.assign(new Error("not found"), { code: "ENOTFOUND" });
        return found.map((address) => ({ address, family: 4 }));
      },
    });
    expect(await guard.checkReach("https://mixed.example/")).toBe(
      "mixed.example resolves to 10.0.0.5, a private address",
    );
    expect(await guard.checkReach("https://good.example/")).toBeNull();
    expect(await guard.checkReach("https://absent.example/")).toBeNull();
  });
});

describe("isOwnHost", () => {
  it("knows hosts of this machine and network from those of the internet", () => {
    const own =
      "localhost 127.0.0.1 [::1] 10.1.2.3 192.168.0.7 [fd00::1] simulator studio.localhost nas.local x.internal";
    for (const host of own.split(" ")) expect(isOwnHost(host), host).toBe(true);
    for (const host of "galleries.pixieset.com 8.8.8.8 [2606:4700:4700::1111] local.example.com".split(" "))
      expect(isOwnHost(host), host).toBe(false);
  });
});
