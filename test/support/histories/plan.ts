import fc from "fast-check";
import { type Fault, hardFaults, type Login, loginAnswers } from "./faults.js";
import { otherKinds } from "./kinds.js";
import { pagings } from "./paging.js";
import type { Disturbances } from "./server.js";
import type { Change, ListStart } from "./world.js";

/** One poll by one of two processes. */
export interface PollPlan extends Disturbances {
  readonly seconds: number;
  readonly process: 0 | 1;
  /** The step at which the process is killed. */
  readonly diesAt: number | null;
}

export type Action =
  | { readonly kind: "change"; readonly change: Change }
  | { readonly kind: "poll"; readonly poll: PollPlan }
  /** A poll that is held up with this answer in hand, while the truth changes and the other process polls. */
  | {
      readonly kind: "overlap";
      readonly slow: PollPlan;
      readonly holdAt: number;
      readonly changes: readonly Change[];
      readonly fast: PollPlan;
    }
  /** A process begins anew, and remembers nothing. */
  | { readonly kind: "restart"; readonly process: 0 | 1 }
  | { readonly kind: "lock out"; readonly how: Login }
  | { readonly kind: "let in" }
  | { readonly kind: "grow"; readonly list: 0 | 1; readonly count: number };

/** All that happens to one account. */
export interface History {
  /** Index into the kinds of lists beside collections. */
  readonly kind: number;
  readonly starts: readonly [ListStart, ListStart];
  readonly renewEvery: number;
  /** Whether answers carry validators. */
  readonly tags: boolean;
  /** Whether the first poll is calm. */
  readonly calmStart: boolean;
  readonly actions: readonly Action[];
  /** Whether it is looked at once more when all is told. */
  readonly lookAgain: boolean;
}

const quietly = { seconds: 61, process: 0, faults: [], changes: [], diesAt: null } as const;
const plain = { paging: "last page", size: 4, records: 3 } as const;

/** Runs every script once: Redis then knows them all, and a process takes the same steps at each replay. */
export const warmUp: History = {
  kind: 0,
  starts: [plain, plain],
  renewEvery: 1,
  tags: true,
  calmStart: true,
  actions: [
    { kind: "change", change: { kind: "create", list: 1, pick: 0 } },
    { kind: "poll", poll: quietly },
    { kind: "lock out", how: "401" },
    { kind: "poll", poll: quietly },
    { kind: "poll", poll: { ...quietly, seconds: 901 } },
    { kind: "let in" },
  ],
  lookAgain: true,
};

const create: Action = { kind: "change", change: { kind: "create", list: 1, pick: 0 } };
const aSecondLater = { ...quietly, seconds: 1 };

/**
 * A head whose first page lacks a row, in a list that tells no count: it must not pass for one to which nothing came.
 */
const shortHead: History = {
  kind: 0,
  starts: [
    { paging: "last page", size: 2, records: 6 },
    { paging: "last page", size: 2, records: 6 },
  ],
  renewEvery: 0,
  tags: false,
  calmStart: true,
  actions: [
    ...[1, 2, 3].flatMap((): Action[] => [create, { kind: "poll", poll: aSecondLater }]),
    {
      kind: "overlap",
      slow: aSecondLater,
      holdAt: 1,
      changes: [],
      fast: { ...aSecondLater, changes: [{ at: 6, change: { kind: "remove", list: 1, pick: 2 } }] },
    },
    create,
    {
      kind: "poll",
      poll: {
        ...aSecondLater,
        faults: [{ at: 1, fault: { kind: "drop", row: 0, silent: false } }],
        changes: [{ at: 2, change: { kind: "create", list: 1, pick: 339 } }],
      },
    },
    { kind: "poll", poll: aSecondLater },
  ],
  lookAgain: false,
};

/**
 * A list of one page loses a record, comes back but for an answer that lacks another one, and loses the record again: it
 * must not pass for the list that was seen to be whole before.
 */
const lostAgain: readonly History[] = [1, 2].map((at) => ({
  kind: 0,
  starts: [
    { paging: "last page", size: 2, records: 1 },
    { paging: "one page and a count", size: 2, records: 2 },
  ],
  renewEvery: 0,
  tags: false,
  calmStart: true,
  actions: [
    { kind: "change", change: { kind: "remove", list: 1, pick: 0 } },
    { kind: "poll", poll: { ...quietly, seconds: 1 } },
    { kind: "poll", poll: { ...quietly, seconds: 1 } },
    { kind: "change", change: { kind: "restore", list: 1, pick: 117 } },
    {
      kind: "poll",
      // Which of the two lists is read first is not known.
      poll: { ...quietly, seconds: 1, faults: [{ at, fault: { kind: "drop", row: 0, silent: false } }] },
    },
    { kind: "change", change: { kind: "remove", list: 1, pick: 22 } },
  ],
  lookAgain: false,
}));

/** Histories that were told wrong once. */
export const oldFaults: readonly History[] = [...lostAgain, shortHead];

const list = fc.constantFrom<0 | 1>(0, 1, 1);
const process = fc.constantFrom<0 | 1>(0, 1);
const pick = fc.nat(999);

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom("create", "update", "update", "remove", "remove", "restore", "move"),
  list,
  pick,
});

const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("hard"), name: fc.constantFrom(...hardFaults) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("truncated"),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("duplicate"), row: pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("drop"), row: pick, silent: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("unreadable"),
      row: pick,
      as: fc.constantFrom(null, "text", 42, {}, [], "{}"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("total"), shift: fc.constantFrom(-1, 1, 3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("hollow") }) },
);

const at = fc.integer({ min: 1, max: 7 });
const seconds = fc.constantFrom(1, 2, 6, 6, 61, 61, 901);
const few = { maxLength: 2 };
const alive: fc.Arbitrary<PollPlan> = fc.record({
  seconds,
  process,
  faults: fc.array(fc.record({ at, fault }), few),
  changes: fc.array(fc.record({ at, change }), few),
  diesAt: fc.constant(null),
});
const doomed: fc.Arbitrary<PollPlan> = fc.record({
  seconds,
  process,
  faults: fc.array(fc.record({ at, fault }), { maxLength: 1 }),
  changes: fc.array(fc.record({ at, change }), { maxLength: 1 }),
  diesAt: fc.integer({ min: 1, max: 130 }),
});

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant("change"), change }) },
  { weight: 10, arbitrary: fc.record({ kind: fc.constant("poll"), poll: alive }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("poll"), poll: doomed }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("overlap"),
      slow: alive,
      holdAt: fc.integer({ min: 1, max: 4 }),
      changes: fc.array(change, few),
      fast: alive,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart"), process }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("lock out"),
      how: fc.constantFrom(...(Object.keys(loginAnswers) as Login[])),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("let in") }) },
);

const start = (least: number): fc.Arbitrary<ListStart> =>
  fc.record({
    paging: fc.constantFrom(...pagings),
    size: fc.integer({ min: 2, max: 6 }),
    records: fc.integer({ min: least, max: 12 }),
  });

const actions = fc.oneof(
  { weight: 4, arbitrary: fc.array(action, { maxLength: 6, size: "max" }) },
  { weight: 1, arbitrary: fc.array(action, { maxLength: 14, size: "max" }) },
);

/** Lists of a few records, and everything that can happen to them. */
const smallHistories = (kind: fc.Arbitrary<number>): fc.Arbitrary<History> =>
  fc.record({
    kind,
    starts: fc.tuple(start(1), start(0)),
    renewEvery: fc.constantFrom(0, 0, 3),
    tags: fc.boolean(),
    calmStart: fc.boolean(),
    actions,
    lookAgain: fc.constantFrom(false, false, true),
  });

const large = fc.record({
  paging: fc.constantFrom(...pagings),
  size: fc.integer({ min: 120, max: 400 }),
  records: fc.integer({ min: 0, max: 600 }),
});
const growth: fc.Arbitrary<Action> = fc.record({
  kind: fc.constant("grow"),
  list: fc.constant(1),
  count: fc.integer({ min: 100, max: 900 }),
});

/** Lists that outgrow their buckets, and changes that take several steps to write. */
const largeHistories = (kind: fc.Arbitrary<number>): fc.Arbitrary<History> =>
  fc.record({
    kind,
    starts: fc.tuple(start(1), large),
    renewEvery: fc.constant(0),
    tags: fc.boolean(),
    calmStart: fc.boolean(),
    actions: fc
      .tuple(
        fc.array(action, { maxLength: 3, size: "max" }),
        growth,
        fc.array(fc.oneof(action, growth), few),
        fc.record({ kind: fc.constant("poll"), poll: doomed }),
      )
      .map(([before, grown, after, killed]): Action[] => [...before, grown, killed, ...after]),
    lookAgain: fc.boolean(),
  });

/** A new record at the front, and a poll that finds it there. */
const grownAtFront = (index: 0 | 1): Action[] => [
  { kind: "change", change: { kind: "create", list: index, pick: 0 } },
  { kind: "poll", poll: { ...quietly, seconds: 1 } },
];

const soon: fc.Arbitrary<Action> = fc.record({
  kind: fc.constant("poll"),
  poll: fc.record({
    seconds: fc.constantFrom(1, 1, 2),
    process: fc.constantFrom<0 | 1>(0, 0, 0, 1),
    faults: fc.array(fc.record({ at, fault }), { maxLength: 1 }),
    changes: fc.array(fc.record({ at, change }), { maxLength: 1 }),
    diesAt: fc.constant(null),
  }),
});
const quiet: fc.Arbitrary<Action> = fc.constant({ kind: "poll", poll: { ...quietly, seconds: 1 } });
const atFront: fc.Arbitrary<Action> = list.map((index) => ({
  kind: "change",
  change: { kind: "create", list: index, pick: 0 },
}));

/** Lists of which it is learned that they are newest-first, so that their heads are read, and whatever then happens. */
const newestHistories = (kind: fc.Arbitrary<number>): fc.Arbitrary<History> => {
  const long = fc.record({
    paging: fc.constantFrom(...pagings),
    size: fc.integer({ min: 2, max: 4 }),
    records: fc.integer({ min: 6, max: 24 }),
  });
  const what = fc.oneof(
    { weight: 6, arbitrary: quiet },
    { weight: 4, arbitrary: soon },
    { weight: 4, arbitrary: atFront },
    { weight: 6, arbitrary: action },
  );
  return fc.record({
    kind,
    starts: fc.tuple(long, long),
    renewEvery: fc.constant(0),
    tags: fc.boolean(),
    calmStart: fc.constant(true),
    actions: fc
      .tuple(fc.constantFrom<0 | 1>(0, 1, 1), fc.array(what, { maxLength: 20, size: "max" }))
      .map(([index, after]) => [...[1, 2, 3].flatMap(() => grownAtFront(index)), ...after]),
    lookAgain: fc.constantFrom(false, false, true),
  });
};

/** Histories of accounts whose other list is known by ids, or has none. */
export function histories(hasIds: boolean): fc.Arbitrary<History> {
  const indexes = [...otherKinds.keys()].filter((index) => otherKinds[index]?.hasIds === hasIds);
  const kind = fc.constantFrom(...indexes);
  return fc.oneof(
    { weight: 174, arbitrary: smallHistories(kind) },
    { weight: 75, arbitrary: newestHistories(kind) },
    { weight: 1, arbitrary: largeHistories(kind) },
  );
}
