import fc from "fast-check";
import type { Digest, QuietHours } from "../../../src/domain/subscription.js";

/** Clocks change in each of them, at other times of the year, the last by half an hour. */
export const zones = ["UTC", "Europe/London", "America/New_York", "Australia/Lord_Howe"] as const;
export const types = ["favorite.added", "favorite.removed", "invoice.paid"] as const;

/** Who wants what, of one account (its number) or of all. */
export interface Wish {
  readonly account: number | null;
  readonly digest: Digest | null;
  readonly quietHours: QuietHours | null;
}

export type Step =
  | {
      readonly do: "event";
      readonly account: number;
      readonly collection: number;
      readonly client: number;
      readonly type: (typeof types)[number];
      /** So many at once, alike. */
      readonly count: number;
    }
  | { readonly do: "wait"; readonly ms: number }
  /** Another process goes on. */
  | { readonly do: "restart" }
  /** The process dies after so many steps; another one goes on when its leases have run out. */
  | { readonly do: "kill"; readonly steps: number }
  /** A batch is handed on again, as after a death before the cursor moved. */
  | { readonly do: "again"; readonly account: number }
  /** The receiver of a subscription answers so, once. */
  | { readonly do: "fail"; readonly wish: number; readonly status: number }
  /** The slice that sends next is cut off while the receiver reads. */
  | { readonly do: "abort" }
  | ({ readonly do: "patch"; readonly wish: number } & Partial<Pick<Wish, "digest" | "quietHours">>);

export interface History {
  /** When (ms) it begins. */
  readonly begin: number;
  /** Zones of the accounts, by number. */
  readonly zones: readonly (typeof zones)[number][];
  readonly wishes: readonly Wish[];
  readonly steps: readonly Step[];
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

const digest = fc.constantFrom<(Digest | null)[]>(
  null,
  { quiet: "2m", max: "15m" },
  { quiet: "5m", max: "6m" },
  { quiet: "2m", max: "3m" },
  { quiet: "30s", max: "2m", events: ["favorite.*"] },
  { every: "1h" },
  { every: "90m" },
  { every: "7h" },
  { every: "1d" },
  { dailyAt: "18:00" },
  { dailyAt: "01:30", events: ["favorite.added"] },
);
const quietHours = fc.constantFrom<(QuietHours | null)[]>(
  null,
  null,
  { from: "21:00", to: "08:00", except: [] },
  { from: "21:00", to: "08:00", except: ["invoice.paid"] },
  { from: "01:30", to: "02:30", except: [] },
  { from: "12:00", to: "01:15", except: ["favorite.added", "favorite.removed"] },
);
const number = (most: number) => fc.integer({ min: 0, max: most });
const wait = fc.record({
  do: fc.constant("wait" as const),
  ms: fc.oneof(
    fc.integer({ min: second, max: 5 * minute }),
    fc.constantFrom(30 * second, 2 * minute, 15 * minute, hour),
    fc.integer({ min: 10 * minute, max: 20 * hour }),
  ),
});
const event = fc.record({
  do: fc.constant("event" as const),
  // Mostly the first: events that are never alike never come together.
  account: fc.constantFrom(0, 0, 1),
  collection: fc.constantFrom(0, 0, 0, 1),
  client: fc.constantFrom(0, 0, 0, 1),
  type: fc.constantFrom(types[0], ...types),
  count: fc.constantFrom(1, 1, 2, 4),
});
const trouble: fc.Arbitrary<Step> = fc.oneof(
  fc.constant({ do: "restart" as const }),
  fc.record({ do: fc.constant("kill" as const), steps: fc.integer({ min: 1, max: 80 }) }),
  fc.record({ do: fc.constant("again" as const), account: number(1) }),
  fc.record({
    do: fc.constant("fail" as const),
    wish: number(1),
    status: fc.constantFrom(500, 502, 503),
  }),
  fc.constant({ do: "abort" as const }),
  fc.record({ do: fc.constant("patch" as const), wish: number(1), digest }),
  fc.record({ do: fc.constant("patch" as const), wish: number(1), quietHours }),
);
const step = fc.oneof(
  { weight: 6, arbitrary: event },
  { weight: 4, arbitrary: wait },
  { weight: 2, arbitrary: trouble },
);

/** Days on which clocks change, a day without, all to come: what is past has run out for Redis. */
const days = [
  "2027-03-14",
  "2027-03-28",
  "2027-04-03",
  "2027-10-02",
  "2027-10-31",
  "2027-11-07",
  "2027-06-15",
];

export const histories: fc.Arbitrary<History> = fc.record({
  begin: fc
    .tuple(fc.constantFrom(...days), fc.integer({ min: -600, max: 600 }), number(59_999))
    .map(([day, minutes, ms]) => Date.parse(`${day}T00:00:00Z`) + minutes * minute + ms),
  zones: fc.tuple(fc.constantFrom(...zones), fc.constantFrom(...zones)),
  wishes: fc.tuple(
    fc.record({ account: fc.constant(null), digest, quietHours }),
    fc.record({ account: fc.option(number(1)), digest, quietHours }),
  ),
  steps: fc.array(step, { minLength: 1, maxLength: 30 }),
});
