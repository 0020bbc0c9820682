import { expect, test } from "vitest";
import type { Simulator } from "../../../src/simulator/simulator.js";
import { fixedMoment, simulator } from "./support.js";

function live(studio: Simulator, ticks: number): unknown {
  for (let tick = 0; tick < ticks; tick++) studio.life.tick();
  return studio.oracle();
}

test("a seed lives the same life twice, and another seed another", async () => {
  const fixed = { now: () => fixedMoment };
  const [one, two, other] = [
    await simulator(fixed),
    await simulator(fixed),
    await simulator({ ...fixed, seed: 8 }),
  ];
  const lived = live(one, 300);
  expect(live(two, 300)).toEqual(lived);
  expect(live(other, 300)).not.toEqual(lived);
});

test("many kinds of things happen, favorites in bursts most of all", async () => {
  const studio = await simulator();
  live(studio, 500);
  const counts: Record<string, number> = {};
  for (const { kind } of studio.oracle()) counts[kind] = (counts[kind] ?? 0) + 1;
  expect(Object.keys(counts).length).toBeGreaterThan(12);
  expect(Math.max(...Object.values(counts))).toBe(counts["favorite.added"]);
  expect(counts["invoice.paid"]).toBeGreaterThan(0);
});

test("the oracle agrees with what the studio holds", async () => {
  const studio = await simulator();
  const before = studio.state().favorites;
  live(studio, 400);
  const count = (kind: string): number => studio.oracle().filter((entry) => entry.kind === kind).length;
  // A removed collection takes its favourites with it; life itself removes none.
  expect(studio.state().favorites).toBe(before + count("favorite.added") - count("favorite.removed"));
});

test("runs by the clock, faster with speed, and stops", async () => {
  const seen: string[] = [];
  const studio = await simulator({ life: 20_000, onAct: ({ kind }) => seen.push(kind) });
  await expect.poll(() => seen.length, { timeout: 4000 }).toBeGreaterThan(20);
  studio.life.stop();
  const stopped = studio.oracle().length;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(studio.oracle()).toHaveLength(stopped);
  expect(studio.life.running).toBe(false);
});
