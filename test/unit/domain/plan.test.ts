import fc from "fast-check";
import { expect, test } from "vitest";
import { newActivity, observe } from "../../../src/domain/activity.js";
import { noTrust, worthOf } from "../../../src/domain/hints.js";
import {
  createPlan,
  type Plan,
  type Prospect,
  put,
  refresh,
  take,
  tellsMost,
} from "../../../src/domain/plan.js";
import { dayMs, prospectOf } from "../../support/plans.js";

/** What the columns say of each source. */
function rowsOf(plan: Plan): Record<string, Record<string, number | undefined>> {
  return Object.fromEntries(
    plan.prospects.map(({ id }) => {
      const position = plan.positions.get(id) ?? -1;
      expect(plan.prospects[position]?.id).toBe(id);
      return [
        id,
        Object.fromEntries(Object.entries(plan.columns).map(([name, column]) => [name, column[position]])),
      ];
    }),
  );
}

const now = 100 * dayMs;
const resource = fc.constantFrom("favorites", "collections", "invoices" as const);
const prospect: fc.Arbitrary<Prospect> = fc
  .record({
    index: fc.nat(40),
    resource,
    requests: fc.integer({ min: 1, max: 5 }),
    polledAt: fc.integer({ min: 0, max: now }),
    bornAt: fc.option(fc.integer({ min: 0, max: now })),
    acts: fc.array(fc.integer({ min: 0, max: now }), { maxLength: 3 }),
    hinted: fc.boolean(),
  })
  .map(({ index, acts, ...known }) => {
    const observation = { now, bornAt: known.bornAt, untimed: false, times: acts };
    return prospectOf(index, { ...known, activity: observe(newActivity(now - 20 * dayMs), observation) });
  });

type Step = { readonly put: Prospect } | { readonly take: string } | "refresh";
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: prospect.map((each) => ({ put: each })) },
  { weight: 2, arbitrary: fc.nat(40).map((index) => ({ take: prospectOf(index).id })) },
  { weight: 1, arbitrary: fc.constant("refresh" as const) },
);

test("a plan that sources came into, changed in and left is one made of those that are in it", () => {
  const trust = new Map([
    ["favorites", { hits: 8, misses: 2, followed: 10, found: 8, expected: 0.1 }],
  ] as const);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const plan = createPlan([], now, { trust });
      const model = new Map<string, Prospect>();
      for (const each of steps) {
        if (each === "refresh") refresh(plan, now);
        else if ("put" in each) {
          put(plan, each.put, now);
          model.set(each.put.id, each.put);
        } else {
          take(plan, each.take);
          model.delete(each.take);
        }
        expect(plan.positions.size).toBe(plan.prospects.length);
        expect(new Map(plan.prospects.map((known) => [known.id, known]))).toEqual(model);
      }
      refresh(plan, now);
      expect(rowsOf(plan)).toEqual(rowsOf(createPlan([...model.values()], now, { trust })));
    }),
    { numRuns: 60 },
  );
});

test("a list that hints at others is worth what it tells of them, and they what it does not tell", () => {
  const trust = new Map([
    ["favorites", { hits: 36, misses: 2, followed: 38, found: 36, expected: 0.2 }],
  ] as const);
  const listing = prospectOf(0, { resource: "collections", bornAt: null });
  const told = [1, 2, 3].map((index) => prospectOf(index, { resource: "favorites" }));
  const rates = rowsOf(createPlan([listing, ...told], now, { trust }));
  const alone = rowsOf(createPlan(told, now));
  const recall = worthOf(trust.get("favorites") ?? noTrust);
  expect(recall).toBeCloseTo(36 / 40, 2);
  for (const { id } of told) expect(rates[id]?.rate).toBeCloseTo((alone[id]?.rate ?? 0) * (1 - recall), 15);
  const all = told.reduce((sum, { id }) => sum + (alone[id]?.rate ?? 0), 0);
  expect(rates[listing.id]?.tells).toBeCloseTo(all * recall, 15);
});

test("a source that comes into the place of a list that hinted tells nothing of others", () => {
  const trust = new Map([
    ["favorites", { hits: 36, misses: 2, followed: 38, found: 36, expected: 0.2 }],
  ] as const);
  const listing = prospectOf(0, { resource: "collections", bornAt: null });
  const told = prospectOf(1, { resource: "favorites", bornAt: now });
  const plan = createPlan([told, listing], now, { trust });
  expect(rowsOf(plan)[listing.id]?.tells).toBeGreaterThan(0);
  take(plan, listing.id);
  const other = prospectOf(2, { resource: "favorites", bornAt: now });
  put(plan, other, now);
  expect(rowsOf(plan)[other.id]?.tells).toBe(0);
});

test("a list is read as a whole for what it tells of others only once that is more than it says itself", () => {
  const listing = prospectOf(0, { resource: "collections", bornAt: null });
  const told = Array.from({ length: 50 }, (_, index) =>
    prospectOf(index + 1, { resource: "favorites", bornAt: now }),
  );
  const trust = new Map([
    ["favorites", { hits: 36, misses: 2, followed: 38, found: 36, expected: 0.2 }],
  ] as const);
  expect(tellsMost(createPlan([listing, ...told], now, { trust }), listing.id)).toBe(true);
  expect(tellsMost(createPlan([listing, ...told], now), listing.id)).toBe(false);
  expect(tellsMost(createPlan([], now), listing.id)).toBe(false);
});
