import ipaddr from "ipaddr.js";
import { SettingsError } from "../errors.js";

/** A network that may be reached although it is private, and over plain http. */
export type Network = ReturnType<typeof ipaddr.parseCIDR>;

/** Public by their range, but they serve credentials to the machine that asks. */
const metadata: readonly Network[] = [ipaddr.parseCIDR("168.63.129.16/32")];
/** The only block of IPv6 that is given out; source: IANA, "IPv6 Global Unicast Address Assignments". */
const globalUnicast = ipaddr.parseCIDR("2000::/3");

const names: Readonly<Record<string, string>> = {
  unspecified: "an unspecified",
  broadcast: "a broadcast",
  multicast: "a multicast",
  linkLocal: "a link-local",
  loopback: "a loopback",
  carrierGradeNat: "a carrier-grade NAT",
  private: "a private",
  uniqueLocal: "a private",
  ipv4Mapped: "an IPv4-mapped",
  rfc6052: "a NAT64",
  rfc6145: "an IPv4-translated",
  "6to4": "a 6to4",
  teredo: "a Teredo",
};

/** Reads CIDRs (or single addresses). Throws `SettingsError` with a line for each one that is wrong. */
export function parseNetworks(texts: readonly string[]): Network[] {
  const problems = texts.filter((text) => !ipaddr.isValidCIDR(text) && !ipaddr.isValid(text));
  if (problems.length > 0) throw new SettingsError(problems.map((text) => `${text} is not a network (CIDR)`));
  return texts.map((text) => {
    if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
    const address = ipaddr.parse(text);
    return [address, address.kind() === "ipv4" ? 32 : 128];
  });
}

function isWithin(address: ReturnType<typeof ipaddr.parse>, networks: readonly Network[]): boolean {
  return networks.some(
    ([network, bits]) => address.kind() === network.kind() && address.match(network, bits),
  );
}

/**
 * Why an address may not be reached, or null when it may.
 * `mayBePublic` is false where only the allowed networks count: plain http, and hosts that are not Slack's.
 */
export function refuseAddress(
  text: string,
  allowed: readonly Network[],
  mayBePublic: boolean,
): string | null {
  if (!ipaddr.isValid(text)) return "not an address";
  const address = ipaddr.parse(text);
  // A mapped address reaches its IPv4 twin, so the allowance of the twin counts for it.
  if (isWithin(address, allowed) || isWithin(ipaddr.process(text), allowed)) return null;
  const range = address.range();
  if (range !== "unicast") return `${names[range] ?? "a reserved"} address`;
  if (isWithin(address, metadata)) return "a metadata address";
  if (address.kind() === "ipv6" && !address.match(globalUnicast)) return "a reserved address";
  return mayBePublic ? null : "outside the allowed networks";
}

/** The address that a URL's host literally is, or null when it is a name. WHATWG URLs have normalised it. */
export function literalAddress(hostname: string): string | null {
  const bare = hostname.replace(/^\[|\]$/g, "");
  return ipaddr.isValid(bare) && (bare.includes(":") || /^\d+\.\d+\.\d+\.\d+$/.test(bare)) ? bare : null;
}

/** Whether a URL's host is of this machine or network: a name without a domain, or an address that is not public. */
export function isOwnHost(hostname: string): boolean {
  const address = literalAddress(hostname);
  if (address !== null) return refuseAddress(address, [], true) !== null;
  return !hostname.includes(".") || /\.(localhost|local|internal)$/.test(hostname);
}
