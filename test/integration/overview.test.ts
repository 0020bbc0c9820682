import { expect, test } from "vitest";
import type { AttemptOutcome } from "../../src/domain/delivery.js";
import { createOverviewService } from "../../src/operations/overview.js";
import { refused, type Scripted } from "../support/scripted.js";
import { useScripted } from "../support/use-scripted.js";

let studio: Scripted;

useScripted((opened) => {
  studio = opened;
});

const retry = { kind: "retry", error: "500", afterMs: null, holdMailbox: false, overloaded: false } as const;

test("the overview names the source that fails most, and says when one was last read", async () => {
  const { machine, account, source } = studio;
  const overview = createOverviewService(machine.parts);
  await studio.poll();
  const before = (await machine.accounts.sources(account)) ?? [];
  expect(await overview.accounts()).toMatchObject([
    { account: { id: account }, sources: { active: before.length, failing: 0 }, worst: null, held: [] },
  ]);
  studio.answer("invoices", refused);
  for (let i = 0; i < 3; i++) await studio.poll(3_600_000);
  const [outline] = await overview.accounts();
  const after = (await machine.accounts.sources(account)) ?? [];
  const invoices = after.find(({ id }) => id === source("invoices"));
  expect(outline?.sources).toEqual({ waiting: 0, active: before.length - 1, failing: 1, off: 0 });
  expect(outline?.worst).toMatchObject({ resource: "invoices", failures: 3, reason: invoices?.reason });
  expect(outline?.lastPolledAt).toBe(
    after
      .flatMap(({ lastPolledAt }) => lastPolledAt ?? [])
      .sort()
      .at(-1),
  );
  expect(await overview.expectedDelay(account)).toBe(
    (await machine.accounts.forecast(account))?.expectedDelaySeconds,
  );
});

test("the overview knows the browsers of an account, and soon whether the one that reads is there", async () => {
  const { machine, account } = studio;
  const { companions, errands } = machine.parts.store;
  const overview = createOverviewService(machine.parts);
  const browserNow = async () => {
    studio.clock.offset += 1_500;
    return (await overview.accounts())[0]?.browser ?? null;
  };
  expect(await browserNow()).toBeNull();
  const at = new Date(Date.now() + studio.clock.offset).toISOString();
  const companion = { id: "cmp_1", browser: "Chromium on Linux", createdAt: at, lastHeardAt: at };
  await companions.add(account, companion, `pxc_${"1".repeat(16)}_${"a".repeat(43)}`);
  studio.clock.offset += 5_000;
  expect(await browserNow()).toEqual({ status: "connected", lastHeardAt: at });
  expect((await overview.accounts())[0]?.companions).toEqual([companion]);

  expect(await machine.accounts.update(account, { readBy: "browser" })).toMatchObject({ readBy: "browser" });
  studio.clock.offset += 5_000;
  expect((await browserNow())?.status).toBe("away");
  await errands.take(account, { companion: companion.id, signIn: "1" });
  expect((await browserNow())?.status).toBe("connected");
  expect((await machine.accounts.get(account))?.browser?.status).toBe("connected");
});

test("the overview judges every subscription as the doctor does", async () => {
  const { parts, subscriptions } = studio.machine;
  const overview = createOverviewService(parts);
  const settings = { limits: { perSecond: 1_000, concurrency: 1 }, retry: { delays: ["1s"] } };
  const [failing, paused, off, well] = [
    await studio.subscribe(settings),
    await studio.subscribe({ ...settings, paused: true }),
    await studio.subscribe(settings),
    await studio.subscribe({ ...settings, events: ["client.*"] }),
  ];
  await subscriptions.update(off.id, { enabled: false });
  await studio.state(["1"]);
  await studio.machine.run("fan-out", studio.account);
  await studio.machine.run("deliver", failing.id, { send: async (): Promise<AttemptOutcome> => retry });
  const judged = async () => {
    const outlines = await overview.subscriptions();
    return Object.fromEntries(outlines.map((each) => [each.subscription.id, [each.level, each.isFailing]]));
  };
  const others = { [paused.id]: ["notice", false], [off.id]: ["good", false], [well.id]: ["good", false] };
  expect(await judged()).toEqual({ ...others, [failing.id]: ["good", true] });
  studio.clock.offset += 600_000;
  expect(await judged()).toEqual({ ...others, [failing.id]: ["problem", true] });
});
