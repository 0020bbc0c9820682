import { expect, test } from "vitest";
import type { Account } from "../../../src/domain/account.js";
import { newActivity } from "../../../src/domain/activity.js";
import { sourceId } from "../../../src/domain/ids.js";
import type { ResourceName } from "../../../src/domain/record.js";
import { newSource, type SourceStatus } from "../../../src/domain/source.js";
import { createChooser, prospectsOf } from "../../../src/pipeline/choose.js";
import type { Store } from "../../../src/store/store.js";

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

test("what somebody asked for is polled as that, also when its index has it polled", async () => {
  const key = { account: account.id, resource: "invoices", scope: null } as const;
  const lastPolledAt = new Date(0).toISOString();
  const read = { status: "active", appointed: false, activity: newActivity(0), lastPolledAt } as const;
  const known = ["src_1", "src_2"].map((id) => ({ ...newSource({ id, ...key }, false), ...read }));
  for (const asked of [["src_1", "src_2"], []]) {
    const store = {
      sources: {
        list: async () => known,
        nextDue: async () => ({ id: "src_1", at: asked.length > 0 ? 0 : Number.MAX_VALUE }),
        isDue: async (_account: string, id: string) => asked.includes(id),
      },
      hints: { marks: async () => new Map(), trust: async () => new Map() },
      subscriptions: { all: async () => [] },
      budget: { state: async () => ({ effectiveRequestsPerMinute: 20 }) },
    } as unknown as Store;
    const chooser = await createChooser(account as Account, "1", { store, now: () => 3_600_000 });
    for (let turn = 0; turn < 8; turn++)
      expect(await chooser.pick()).toMatchObject({ asked: asked.length > 0 });
  }
});
