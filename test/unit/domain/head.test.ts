import { describe, expect, it } from "vitest";
import { expectedRequests, notBeforeOf, readsHead } from "../../../src/domain/head.js";
import {
  afterFullScan,
  afterHead,
  isVerified,
  type ListOrder,
  unknownOrder,
} from "../../../src/domain/order.js";
import { newSource, type SourceState } from "../../../src/domain/source.js";
import type { Change, Step } from "../../../src/domain/upstream.js";

const change = (key: string, kind: Change["kind"], occurredAt: string | null = null): Change => {
  const record = { key, fields: {}, client: null, occurredAt };
  return { kind, key, record, previous: null, revision: 1 };
};
const step = (key: string, kind: Change["kind"]): Step => {
  return { key, entry: { r: 1, f: "", d: {}, c: null, o: null }, change: change(key, kind) };
};
const pages = [
  ["a", "b"],
  ["c", "d"],
  ["e", "f"],
];

describe("the order of a list", () => {
  const scan = (order: ListOrder, ...steps: Step[]) => afterFullScan(order, pages, steps);

  it("is known after three scans whose new records all stood first", () => {
    let order = unknownOrder;
    for (const wanted of [false, false, true]) {
      order = scan(order, step("a", "created"), step("b", "created"), step("d", "updated"));
      expect(isVerified(order)).toBe(wanted);
    }
  });

  it("is learned of nothing but new records among known ones", () => {
    const others = [step("c", "created"), step("b", "updated"), step("x", "removed"), step("a", "restored")];
    expect(scan(unknownOrder, ...others.slice(1)).agreed).toBe(0);
    const all = ["a", "b", "c", "d", "e", "f"].map((key) => step(key, "created"));
    expect(scan(unknownOrder, ...all)).toMatchObject({ agreed: 0, needed: 3 });
    expect(scan(unknownOrder)).toEqual(unknownOrder);
  });

  it("is not known any more after one that stood behind, and takes twice as long to be believed", () => {
    const verified = { ...unknownOrder, agreed: 7 };
    const turned = scan(verified, step("a", "created"), step("f", "created"));
    expect(turned).toMatchObject({ agreed: 0, needed: 6 });
    let order = turned;
    for (let i = 0; i < 9; i++) order = scan(order, step("f", "created"));
    expect(order.needed).toBe(48);
  });

  it("tells changes that a look at the head shows from those below", () => {
    const order = scan(unknownOrder, step("a", "updated"), step("b", "created"), step("e", "updated"));
    expect(order).toMatchObject({ inside: 2, below: 1 });
    expect(scan(order, step("x", "removed"))).toMatchObject({ inside: 1.9, below: 1.95 });
  });
});

describe("a head poll", () => {
  const account = { polling: { requestsPerMinute: 20, minIntervalSeconds: 60, maxIntervalMinutes: 60 } };
  const at = "2026-11-20T10:00:00.000Z";
  const now = Date.parse(at) + 60_000;
  const good: SourceState = {
    ...newSource({ id: "src_1", account: "acc_1", resource: "invoices", scope: null }, false),
    status: "active",
    baselined: true,
    contentHash: "x",
    completeAt: at,
    fullAt: at,
    lastPolledAt: at,
    pages: 40,
    order: { ...unknownOrder, agreed: 3, inside: 10 },
  };

  it("comes where the order is known and nothing speaks against it", () => {
    expect(readsHead(account, good, now)).toBe(true);
    const against: readonly Partial<SourceState>[] = [
      { order: { ...good.order, agreed: 2 } },
      { pages: 1 },
      { missing: 1 },
      { contentHash: null },
      { doubts: 1 },
      { unreadable: 1 },
      { aside: { ...good.aside, paths: ["note"] } },
      { status: "failing" },
      { completeAt: null },
    ];
    for (const each of against) expect(readsHead(account, { ...good, ...each }, now)).toBe(false);
    expect(readsHead(account, good, Date.parse(at) + 3_600_000)).toBe(false);
  });

  it.each([
    { pages: 40, inside: 10, below: 0, heads: 28 },
    { pages: 40, inside: 5, below: 5, heads: 6 },
    { pages: 40, inside: 1, below: 99, heads: 0 },
    { pages: 4, inside: 10, below: 0, heads: 4 },
    { pages: 400, inside: 9, below: 1, heads: 60 },
  ])(
    "comes $heads times between scans of $pages pages, given $inside changes inside and $below below",
    (given) => {
      const state = (heads: number) => {
        return { ...good, pages: given.pages, order: { ...good.order, ...given, heads } };
      };
      if (given.heads > 0) expect(readsHead(account, state(given.heads - 1), now)).toBe(true);
      expect(readsHead(account, state(given.heads), now)).toBe(false);
      const mean = (given.heads + given.pages) / (given.heads + 1);
      expect(expectedRequests(state(0))).toBeCloseTo(mean);
    },
  );

  it("is counted until the next full scan", () => {
    const order = afterHead(afterHead(good.order));
    expect(order.heads).toBe(2);
    expect(afterFullScan(order, pages, []).heads).toBe(0);
  });

  it("says since when a change can have happened, and never later", () => {
    const [full, seen, last] = [at, "2026-11-20T10:01:00.000Z", "2026-11-20T10:02:00.000Z"];
    const state = { ...good, fullAt: full, lastPolledAt: last };
    const head = { front: new Set(["new"]), seen: { at: seen, keys: new Set(["seen"]) } };
    const since = (key: string, kind: Change["kind"], occurredAt?: string) =>
      notBeforeOf(state, { head }, change(key, kind, occurredAt ?? null));
    expect(since("new", "created")).toBe(last);
    expect(since("new", "created", "2026-11-20T10:02:30.000Z")).toBe(last);
    expect(since("new", "created", "2026-11-20T09:00:00.000Z")).toBe(full);
    expect(since("behind", "created")).toBe(full);
    expect(since("new", "restored")).toBe(full);
    expect(since("seen", "updated")).toBe(seen);
    expect(since("unseen", "updated")).toBe(full);
    expect(notBeforeOf(state, {}, change("new", "created"))).toBe(full);
    const later = { ...state, fullAt: "2026-11-20T10:01:30.000Z" };
    expect(notBeforeOf(later, { head }, change("seen", "updated"))).toBe(later.fullAt);
  });
});
