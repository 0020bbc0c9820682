import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startTestRedis, type TestRedis } from "../support/redis.js";
import { createScripted, many, type Scripted, scan } from "../support/scripted.js";

/** Redis writes its file once a second: a crash may lose what came last, and everything is found anew. */
let redis: TestRedis;
let studio: Scripted;

beforeAll(async () => {
  redis = await startTestRedis();
});
beforeEach(async () => {
  studio = await createScripted(redis, { floodThreshold: 20 });
  studio.answer("collections", scan(["other lists are well"]));
});
afterEach(() => studio.close());
afterAll(() => redis.close());

/** Everything that Redis holds, to be put back. */
async function remember(): Promise<() => Promise<void>> {
  const { client } = studio;
  const keys = await client.keys("*");
  const dumps = await Promise.all(keys.map((key) => client.dumpBuffer(key)));
  return async () => {
    await client.flushall();
    for (const [i, key] of keys.entries()) {
      const dump = dumps[i];
      if (dump) await client.restore(key, 0, dump);
    }
  };
}

async function told() {
  const events = await studio.store.events.after(studio.account, "0", 10_000);
  return events.map(({ id, type }) => `${type} ${id}`).sort();
}

async function happen(rounds: readonly (() => void)[]) {
  for (const round of rounds) {
    round();
    await studio.poll();
    await studio.poll();
  }
  return told();
}

const histories: Readonly<Record<string, readonly (() => void)[]>> = {
  "what was added, changed, removed and restored": [
    () => studio.answer("invoices", scan(many(12))),
    () => studio.answer("invoices", scan(many(12), { amount: 2 })),
    () => studio.answer("invoices", scan(many(10))),
    () => studio.answer("invoices", scan(many(12))),
  ],
  "a flood that is held": [() => studio.answer("invoices", scan(many(600, 100)))],
  "a source that fails and recovers": [
    () => studio.answer("invoices", { kind: "rejected", reason: "422" }),
    () => undefined,
    () => studio.answer("invoices", scan(many(9))),
  ],
  "a session that is lost": [() => studio.answer("invoices", { kind: "expired", reason: "401" })],
};

test.each(Object.keys(histories))(
  "%s is told under the same ids when Redis lost it and it is found again",
  async (name) => {
    studio.answer("invoices", scan(many(8)));
    await studio.poll();
    const putBack = await remember();
    const first = await happen(histories[name] ?? []);
    expect(first.length).toBeGreaterThan(0);
    await putBack();
    expect(await told()).toEqual([]);
    studio.clock.offset += 90_000;
    studio.answer("invoices", scan(many(8)));
    expect(await happen(histories[name] ?? [])).toEqual(first);
  },
);

test("a second that was lost in the middle of a poll leaves neither a gap nor a double", async () => {
  studio.answer("invoices", scan(many(8)));
  await studio.poll();
  studio.answer("invoices", scan(many(1_300)));
  const { store, machine, account } = studio;
  let commits = 0;
  let putBack: Awaited<ReturnType<typeof remember>> = async () => undefined;
  const commit: typeof store.sources.commit = async (step) => {
    const outcome = await store.sources.commit(step);
    if (step.source.resource === "invoices" && ++commits === 2) putBack = await remember();
    return outcome;
  };
  studio.clock.offset += 6_000;
  await machine.run("poll", account, { store: { ...store, sources: { ...store.sources, commit } } });
  const whole = await told();
  expect(whole).toHaveLength(1_293);
  await putBack();
  const kept = await told();
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.length).toBeLessThan(whole.length);
  await studio.poll(90_000);
  expect(await told()).toEqual(whole);
});
