import { describe, expect, it } from "vitest";
import { audit, type Evidence, type Receipt, type ToldEvent } from "../../chaos/support/audit.js";

/** Two things happened to a favourite, seen by one account and told to one receiver: what is right about it. */
const events: readonly ToldEvent[] = [
  { account: "acc_1", id: "evt_1", type: "favorite.added", object: "7" },
  { account: "acc_1", id: "evt_2", type: "favorite.updated", object: "7" },
];
const came = (event: string, at: number, more: Partial<Receipt> = {}): Receipt => ({
  receiver: "all",
  event,
  digest: `bytes of ${event}`,
  at,
  taken: true,
  ...more,
});
const right: Evidence = {
  accounts: ["acc_1"],
  expected: [
    { type: "favorite.added", object: "7", at: 1_000 },
    { type: "favorite.updated", object: "7", at: 2_000 },
  ],
  events,
  others: [],
  receipts: [came("evt_1", 1_500), came("evt_2", 2_700)],
  listeners: [{ receiver: "all", account: null, ordered: true }],
  lateMs: 5_000,
  wasInFlight: () => false,
};

/** What the judge finds wrong, by name, with how many examples. */
function wrongs(evidence: Partial<Evidence>) {
  const verdict = audit({ ...right, ...evidence });
  const { lost, invented, undelivered, misdelivered, unexplained, altered, outOfOrder, late, doubles } =
    verdict;
  const found = { lost, invented, undelivered, misdelivered, unexplained, altered, outOfOrder, late };
  const counts = Object.entries(found).map(([name, all]) => [name, all.length] as const);
  return Object.fromEntries([...counts, ["doubles", doubles] as const].filter(([, count]) => count > 0));
}

describe("the judge of what happened, what was told and what arrived", () => {
  it("finds nothing wrong where everything was told and arrived once, and says how late", () => {
    expect(wrongs({})).toEqual({});
    expect(audit(right)).toMatchObject({ delays: [500, 700], events: 2, deliveries: 2 });
  });

  it("finds what was not told", () => {
    const [first] = events;
    expect(wrongs({ events: first ? [first] : [], receipts: [came("evt_1", 1_500)] })).toEqual({ lost: 1 });
  });

  it("finds what was told although nothing happened, and what was told twice", () => {
    const made = { account: "acc_1", id: "evt_3", type: "favorite.removed", object: "7" };
    const again = { account: "acc_1", id: "evt_4", type: "favorite.added", object: "7" };
    const all = [...events, made, again];
    const receipts = [...right.receipts, came("evt_3", 3_000), came("evt_4", 3_000)];
    // The second one is about the first of two events in the log, and arrives after a later one of its object.
    expect(wrongs({ events: all, receipts })).toEqual({ invented: 2 });
  });

  it("takes what happens to an object again for what it is", () => {
    const expected = [...right.expected, { type: "favorite.updated", object: "7", at: 3_000 }];
    const third = { account: "acc_1", id: "evt_5", type: "favorite.updated", object: "7" };
    expect(wrongs({ expected })).toEqual({ lost: 1 });
    const receipts = [...right.receipts, came("evt_5", 3_100)];
    expect(wrongs({ expected, events: [...events, third], receipts })).toEqual({});
  });

  it("finds what came too late", () => {
    expect(wrongs({ lateMs: 600 })).toEqual({ late: 1 });
  });

  it("finds what never arrived, and what was sent but never taken", () => {
    expect(wrongs({ receipts: [came("evt_1", 1_500)] })).toEqual({ undelivered: 1 });
    const refused = came("evt_2", 2_700, { taken: false });
    expect(wrongs({ receipts: [came("evt_1", 1_500), refused] })).toEqual({ undelivered: 1 });
  });

  it("finds what nobody said, and what was meant for others", () => {
    const receipts = [...right.receipts, came("evt_9", 3_000)];
    expect(wrongs({ receipts })).toEqual({ misdelivered: 1 });
    const listeners = [{ receiver: "all", account: "acc_2", ordered: false }];
    expect(wrongs({ listeners })).toEqual({ misdelivered: 2 });
  });

  it("finds doubles, and among them those that nothing explains", () => {
    const receipts = [...right.receipts, came("evt_1", 3_000)];
    expect(wrongs({ receipts })).toEqual({ doubles: 1, unexplained: 1 });
    expect(wrongs({ receipts, wasInFlight: ({ at }) => at === 1_500 })).toEqual({ doubles: 1 });
    expect(wrongs({ receipts, wasInFlight: ({ at }) => at === 3_000 })).toEqual({
      doubles: 1,
      unexplained: 1,
    });
  });

  it("takes a request that was refused for no double", () => {
    const receipts = [came("evt_1", 1_400, { taken: false }), ...right.receipts];
    expect(wrongs({ receipts })).toEqual({});
  });

  it("finds bodies that changed between two requests", () => {
    const receipts = [came("evt_1", 1_400, { taken: false, digest: "other bytes" }), ...right.receipts];
    expect(wrongs({ receipts })).toEqual({ altered: 1 });
  });

  it("finds what came before what it follows, where order was asked for", () => {
    const receipts = [...right.receipts].reverse();
    expect(wrongs({ receipts })).toEqual({ outOfOrder: 1 });
    expect(wrongs({ receipts, listeners: [{ receiver: "all", account: null, ordered: false }] })).toEqual({});
  });
});
