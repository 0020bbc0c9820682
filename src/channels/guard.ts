import dns from "node:dns/promises";
import type { LookupFunction } from "node:net";
import { createRecent } from "../recent.js";
import { literalAddress, type Network, refuseAddress } from "./addresses.js";

/** What a name resolves to. */
export type Resolve = (hostname: string) => Promise<readonly { address: string; family: number }[]>;

/** Our own rules refuse the address. */
export class RefusedError extends Error {}

/** Decides which addresses may be reached: once when a URL is given, and again at each connect. */
export interface Guard {
  /** Static check of a URL that is about to be used, remembered for the next time. */
  inspect(url: string): Target;
  /** Static check of a URL: scheme, host, literal address. Why it is refused, or null. */
  checkUrl(url: string): string | null;
  /** As `checkUrl`, and resolves the name. A name that does not resolve now passes: names change. */
  checkReach(url: string): Promise<string | null>;
  /** Whether public addresses may be reached at this origin, or the allowed networks only. */
  mayBePublic(protocol: string, hostname: string): boolean;
  /** A `lookup` for sockets: hands on checked addresses only, so what was checked is what is connected. */
  lookup(mayBePublic: boolean): LookupFunction;
  /** Why this address, once connected, is not acceptable after all; null when it is. */
  refuse(address: string, mayBePublic: boolean): string | null;
}

/** Where a URL leads, in the parts that a request is made of, or why it may not. */
export type Target =
  | { readonly kind: "target"; readonly origin: string; readonly path: string }
  | { readonly kind: "refused"; readonly reason: string };

export interface GuardOptions {
  readonly allowed: readonly Network[];
  /** Hosts that may be public; absent: all. */
  readonly publicHosts?: readonly string[] | undefined;
  readonly resolve?: Resolve | undefined;
}

/** Verdicts that are remembered: receivers are few, and parsing a URL costs as much as writing a request. */
const maxTargets = 10_000;

/** Names that mean this machine whether a resolver knows them or not (RFC 6761, 6.3). */
const loopbackName = /(^|\.)localhost\.?$/;

const resolveName: Resolve = (hostname) => dns.lookup(hostname, { all: true, verbatim: true });

/** The rules of contract.md, "Webhooks out": one bad address refuses the whole name. */
export function createGuard({ allowed, publicHosts, resolve = resolveName }: GuardOptions): Guard {
  const refuse = (address: string, mayBePublic: boolean) => refuseAddress(address, allowed, mayBePublic);
  const mayBePublic = (protocol: string, hostname: string) =>
    protocol === "https:" && (publicHosts?.includes(hostname) ?? true);

  async function resolveChecked(hostname: string, publicToo: boolean) {
    const found = await resolve(hostname);
    for (const { address } of found) {
      const reason = refuse(address, publicToo);
      if (reason) throw new RefusedError(`${hostname} resolves to ${address}, ${reason}`);
    }
    if (found.length === 0) throw Object.assign(new Error("no address"), { code: "ENOTFOUND" });
    return found.map(({ address, family }) => ({ address, family }));
  }

  function checkUrl(text: string): string | null {
    if (!URL.canParse(text)) return "not a URL";
    const url = new URL(text);
    if (url.protocol !== "https:" && url.protocol !== "http:") return "must be an https URL";
    if (url.port === "0") return "must not name port 0";
    if (url.username !== "" || url.password !== "") return "must not carry a user name or password";
    const publicToo = mayBePublic(url.protocol, url.hostname);
    const literal = literalAddress(url.hostname);
    const reason = literal === null ? null : refuse(literal, publicToo);
    const unreachable = !publicToo && (allowed.length === 0 || reason !== null);
    if (unreachable && publicHosts && !publicHosts.includes(url.hostname)) {
      return `must be an https URL on ${publicHosts.join(" or ")}`;
    }
    if (unreachable && url.protocol === "http:") {
      return "must be https: plain http is for addresses in PIXIEHOOK_ALLOWED_NETWORKS";
    }
    if (reason !== null) return `${literal} is ${reason}`;
    const loopback = loopbackName.test(url.hostname) ? refuse("127.0.0.1", publicToo) : null;
    return loopback === null ? null : `${url.hostname} resolves to 127.0.0.1, ${loopback}`;
  }

  function look(text: string): Target {
    const reason = checkUrl(text);
    if (reason !== null) return { kind: "refused", reason };
    const { origin, pathname, search } = new URL(text);
    return { kind: "target", origin, path: pathname + search };
  }

  const targets = createRecent<Target>(maxTargets);
  function inspect(text: string): Target {
    const target = targets.get(text) ?? look(text);
    targets.set(text, target, 1);
    return target;
  }

  return {
    inspect,
    checkUrl,
    mayBePublic,
    refuse,
    async checkReach(text) {
      const reason = checkUrl(text);
      if (reason !== null) return reason;
      const { protocol, hostname } = new URL(text);
      if (literalAddress(hostname) !== null) return null;
      try {
        await resolveChecked(hostname, mayBePublic(protocol, hostname));
        return null;
      } catch (error) {
        return error instanceof RefusedError ? error.message : null;
      }
    },
    lookup: (publicToo) => (hostname, options, callback) => {
      resolveChecked(hostname, publicToo).then(
        (found) => {
          const first = found[0];
          if (options.all || !first) callback(null, found);
          else callback(null, first.address, first.family);
        },
        (error: NodeJS.ErrnoException) => callback(error, []),
      );
    },
  };
}
