import { expect, test } from "vitest";
import { learn } from "../../../src/domain/learn.js";
import { newSource } from "../../../src/domain/source.js";
import { dayMs } from "../../support/plans.js";

test("a list that was watched before anything was learned is not taken for one in which nothing ever happened", () => {
  const now = 1_000 * dayMs;
  const key = { id: "src_x", account: "acc_x", resource: "favorites", scope: null } as const;
  const lastPolledAt = new Date(now - 60_000).toISOString();
  const bornAt = now - 20 * dayMs;
  const before = { ...newSource(key, false), baselined: true, lastPolledAt, records: 40, bornAt };
  expect(learn(before, { now, steps: [], first: null }).expected).toBeLessThan(0.01);
});
