import { expect, test } from "vitest";
import { createOverviewService } from "../../../src/operations/overview.js";
import type { Parts } from "../../../src/pipeline/parts.js";

test("an overview of many accounts looks at the sources of some at a time, and of none too late", async () => {
  let [time, asked, known] = [0, 0, 250];
  const accounts = {
    ids: async () => Array.from({ length: known }, (_, index) => `acc_${index}`),
    get: async () => null,
    summary: async () => {
      asked++;
      return { held: 0 };
    },
  };
  const parts = { store: { accounts }, now: () => time } as unknown as Parts;
  const overview = createOverviewService(parts);
  const asksAfter = async (seconds: number) => {
    [time, asked] = [time + seconds * 1_000, 0];
    await overview.accounts();
    return asked;
  };
  expect(await asksAfter(0)).toBe(250);
  expect(await asksAfter(4)).toBe(0);
  expect(await asksAfter(2)).toBe(200);
  // The fifty whose turn did not come, and as many of the others as fit.
  expect(await asksAfter(6)).toBe(200);
  known = 251;
  expect(await asksAfter(1)).toBe(51);
  expect(await asksAfter(120)).toBe(251);
});
