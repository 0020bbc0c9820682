import { expect, test } from "vitest";
import type { AttemptOutcome } from "../../src/domain/delivery.js";
import type { Scripted } from "../support/scripted.js";
import { useScripted } from "../support/use-scripted.js";

let studio: Scripted;

useScripted((opened) => {
  studio = opened;
});

const delivered: AttemptOutcome = { kind: "delivered" };
const times = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);

/** Lets these mailboxes work at once. Answers when (ms) each sent. */
async function work(ids: readonly string[]): Promise<Map<string, number[]>> {
  await studio.machine.run("fan-out", studio.account);
  const sent = new Map(ids.map((id) => [id, [] as number[]]));
  const send = async ({ subscription }: { subscription: { id: string } }) => {
    sent.get(subscription.id)?.push(Date.now());
    return delivered;
  };
  await Promise.all(ids.map((id) => studio.machine.run("deliver", id, { send })));
  return sent;
}

test("a Slack URL gets one message a second, and a slow subscription of it holds up no other", async () => {
  const channel = { type: "slack", url: "https://hooks.slack.com/services/T/B/1" };
  const [slow, fast] = [
    await studio.subscribe({ channel, digest: null, limits: { perSecond: 0.01 } }),
    await studio.subscribe({ channel, digest: null }),
  ];
  await studio.state(times(3));
  const sent = await work([slow.id, fast.id]);
  const all = [...sent.values()].flat().sort((a, b) => a - b);
  expect(sent.get(slow.id)).toHaveLength(1);
  expect(sent.get(fast.id)).toHaveLength(3);
  for (const [i, at] of all.slice(1).entries()) expect(at - (all[i] ?? 0)).toBeGreaterThanOrEqual(990);
  expect((all.at(-1) ?? 0) - (all[0] ?? 0)).toBeLessThan(6_000);
});

test("no second sees more than the rate, whatever waits, with tokens that were kept and with places to spare", async () => {
  const limits = { perSecond: 40, concurrency: 20 };
  const { id } = await studio.subscribe({ limits });
  await studio.state(times(100));
  const sent = (await work([id])).get(id) ?? [];
  expect(sent).toHaveLength(100);
  const fullest = Math.max(
    ...sent.map((from) => sent.filter((at) => at >= from && at < from + 1_000).length),
  );
  expect(fullest).toBeLessThanOrEqual(limits.perSecond);
  expect(fullest).toBeGreaterThan(limits.perSecond * 0.8);
});

test("a rate that everyone takes out of alike is not stopped for long when the clock is set back", async () => {
  const { rates } = studio.store;
  const key = "pixiehook:{rate:token:tok_a}";
  await studio.client.set(key, `${Date.now() + 1_800_000}`, "PX", 1_900_000);
  expect(await rates.take("token:tok_a", 20, 1_200, 1, true)).toMatchObject({ granted: 0, waitMs: 50 });
  // Of an address that several share, each with a rate of its own, it can be meant so.
  await studio.client.set(key, `${Date.now() + 1_800_000}`, "PX", 1_900_000);
  expect((await rates.take("token:tok_a", 20, 1_200, 1)).waitMs).toBeGreaterThan(1_000_000);
});
