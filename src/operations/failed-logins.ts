import ipaddr from "ipaddr.js";

/** How many wrong tokens an address may show, and in which time (ms). */
const mostFailures = 20;
const windowMs = 60_000;
/** For how long (ms) an address is known by a token that it showed. */
const knownMs = 86_400_000;
/** Addresses, and tokens, that are remembered at most: the oldest are forgotten first. */
const remembered = 10_000;

/** Counts wrong tokens by address. In this process only, and within bounds. */
export interface FailedLogins {
  /**
   * Counts a try from an address. Where too many have failed: the seconds until the next try. A token that was right
   * at this address within a day always gets its try.
   */
  begin(address: string, digest: string): Try | { readonly retryAfterSeconds: number };
}

/** It ends with one of `forgive` and `fail`. */
interface Try {
  /** It was no guess: it does not count. */
  forgive(): void;
  /** The token is wrong. */
  fail(): void;
  /** The token is right, at this address. */
  recognise(): void;
}

/** The tries of an address within a window. */
interface Tries {
  count: number;
  readonly until: number;
  /** By token: those that are not judged yet. Together they are one guess, as when a program begins with many requests. */
  readonly underWay: Map<string, { left: number; isWrong: boolean }>;
}

/** Whoever has one address of IPv6 has its whole /64. IPv4 within IPv6 is IPv4. */
export function clientOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  return (parsed as ipaddr.IPv6).parts.slice(0, 4).join(":");
}

/** Puts an entry last, and forgets the first ones beyond the bound. */
function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= remembered) break;
    map.delete(oldest);
  }
}

export function createFailedLogins(now: () => number): FailedLogins {
  const failures = new Map<string, Tries>();
  // By address as well: a guess from elsewhere does not get a try because the token is in use somewhere.
  const known = new Map<string, number>();

  return {
    begin(address, digest) {
      const client = clientOf(address);
      const seen = `${client} ${digest}`;
      const isKnown = (known.get(seen) ?? Number.NEGATIVE_INFINITY) > now() - knownMs;
      let failed = failures.get(client);
      // One that ends later than a window from now is from before the clock was set back.
      const isOver = !failed || failed.until <= now() || failed.until > now() + windowMs;
      if (!failed || isOver) failed = { count: 0, until: now() + windowMs, underWay: new Map() };
      const same = failed.underWay.get(digest);
      if (!same && !isKnown && failed.count >= mostFailures) {
        return { retryAfterSeconds: Math.max(1, Math.ceil((failed.until - now()) / 1_000)) };
      }
      const counted = failed;
      const guess = same ?? { left: 0, isWrong: false };
      guess.left++;
      // Counted before it is judged: many at once are many.
      if (!same) {
        counted.count++;
        counted.underWay.set(digest, guess);
        remember(failures, client, counted);
      }
      const end = (isWrong: boolean) => {
        guess.isWrong ||= isWrong;
        if (--guess.left > 0) return;
        counted.underWay.delete(digest);
        if (guess.isWrong) return;
        counted.count--;
        if (counted.count === 0 && failures.get(client) === counted) failures.delete(client);
      };
      return {
        forgive: () => end(false),
        fail: () => end(true),
        recognise: () => remember(known, seen, now()),
      };
    },
  };
}
