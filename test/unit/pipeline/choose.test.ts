import { expect, test } from "vitest";
import { sourceId } from "../../../src/domain/ids.js";
import type { ResourceName } from "../../../src/domain/record.js";
import { newSource, type SourceStatus } from "../../../src/domain/source.js";
import { prospectsOf } from "../../../src/pipeline/choose.js";

const polling = { requestsPerMinute: 20, minIntervalSeconds: 60, maxIntervalMinutes: 720 };
const account = { id: "acc_0123456789abcdef", polling };
const proved = { hits: 36, misses: 2, followed: 38, found: 36, expected: 0.2 };

function known(listing: SourceStatus) {
  const id = sourceId(account.id, "collections", null);
  const source = newSource({ id, account: account.id, resource: "collections", scope: null }, false);
  return {
    sources: { list: async () => [{ ...source, status: listing }] },
    hints: {
      marks: async () => new Map<string, string>(),
      trust: async () => new Map<ResourceName, typeof proved>([["favorites", proved]]),
    },
    subscriptions: { all: async () => [] },
  };
}

test("a list that fails tells nothing of others, and what was learned of its hints is kept", async () => {
  const read = await prospectsOf(account, known("active"), 0);
  expect(read.plan.trust.get("favorites")).toEqual(proved);
  const failing = await prospectsOf(account, known("failing"), 0);
  expect(failing.plan.trust.size).toBe(0);
  expect(failing.trust.get("favorites")).toEqual(proved);
});
