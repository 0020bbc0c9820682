import { type Refusal, refusals } from "./refusals.js";

/** Faults that need the request or the connection, beside the plain refusals. */
const special = [
  "429",
  "429-date",
  "429-none",
  "timeout",
  "reset",
  "cut",
  "truncated",
  "huge",
  "slow",
  "drop-rows",
  "shift",
  "lying-total",
  "same-page",
  "bad-rows",
] as const;

export type FaultKind = Refusal | (typeof special)[number];
export const faultKinds: readonly FaultKind[] = [...(Object.keys(refusals) as Refusal[]), ...special];

/** A trouble to come. */
export interface FaultWanted {
  readonly kind: FaultKind;
  /** Part of the path, `*` for anything; every upstream path unless told. The query is not looked at. */
  readonly path?: string | undefined;
  /** How many requests it hits; all until cleared unless told. */
  readonly count?: number | undefined;
  /** Lets so many matching requests through first. */
  readonly skip?: number | undefined;
  /** Ends by itself after so many milliseconds. */
  readonly forMs?: number | undefined;
  /** Hits this share of the requests, 0 to 1. */
  readonly probability?: number | undefined;
  /** Waits before the answer; for `slow` 2,000 unless told. */
  readonly delayMs?: number | undefined;
  /** For 429 and 503: seconds in Retry-After. */
  readonly retryAfterSeconds?: number | undefined;
  /** For `drop-rows`, `shift`, `lying-total` and `bad-rows`: how many rows, 1 unless told. */
  readonly rows?: number | undefined;
}

export interface Fault extends FaultWanted {
  readonly id: string;
  readonly hits: number;
}

export interface Faults {
  set(wanted: FaultWanted): Fault;
  list(): readonly Fault[];
  /** Without an id, all of them. Answers with how many went. */
  clear(id?: string): number;
  /** The first fault that hits this path, counted as a hit. */
  take(path: string): Fault | null;
}

export function createFaults(now: () => number, chance: (probability: number) => boolean): Faults {
  type Live = { -readonly [Key in keyof Fault]: Fault[Key] } & {
    seen: number;
    until: number;
    matches: RegExp;
  };
  let faults: Live[] = [];
  let made = 0;
  const alive = (fault: Live): boolean => fault.hits < (fault.count ?? Infinity) && now() < fault.until;
  const shown = ({ seen: _seen, until: _until, matches: _matches, ...fault }: Live): Fault => fault;
  return {
    set(wanted) {
      made += 1;
      const until = wanted.forMs === undefined ? Infinity : now() + wanted.forMs;
      const fault = {
        ...wanted,
        id: `fault-${made}`,
        hits: 0,
        seen: 0,
        until,
        matches: toPattern(wanted.path),
      };
      faults.push(fault);
      return shown(fault);
    },
    list: () => faults.filter(alive).map(shown),
    clear(id) {
      const before = faults.length;
      faults = id === undefined ? [] : faults.filter((fault) => fault.id !== id);
      return before - faults.length;
    },
    take(path) {
      faults = faults.filter(alive);
      for (const fault of faults) {
        if (!fault.matches.test(path)) continue;
        fault.seen += 1;
        if (fault.seen <= (fault.skip ?? 0)) continue;
        if (fault.probability !== undefined && !chance(fault.probability)) continue;
        fault.hits += 1;
        return shown(fault);
      }
      return null;
    },
  };
}

function toPattern(path: string | undefined): RegExp {
  const escaped = (path ?? "").replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(escaped);
}
