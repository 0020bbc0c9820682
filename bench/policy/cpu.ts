import { newActivity, observe } from "../../src/domain/activity.js";
import { createPlan, type Prospect, put, refresh } from "../../src/domain/plan.js";
import { nextTurn } from "../../src/domain/turn.js";
import type { Section } from "../support/benchmark.js";
import { longestMs } from "./own.js";
import { seeded } from "./traces.js";
import { dayMs, hourMs, minuteMs } from "./units.js";

const sources = 10_000;

function prospects(now: number): Prospect[] {
  const random = seeded(11);
  return Array.from({ length: sources }, (_, index) => {
    const bornAt = now - random() * 1_000 * dayMs;
    const times = random() < 0.1 ? [now - random() * 3 * dayMs] : [];
    const activity = observe(newActivity(bornAt), { now, bornAt, untimed: false, times });
    const polledAt = now - random() * 11 * hourMs;
    const common = { resource: "favorites", requests: 1, weight: 1, hinted: false } as const;
    return { ...common, id: String(index), bornAt, polledAt, notBefore: polledAt + minuteMs, activity };
  });
}

/** CPU of this process for each of so many calls, ms. */
function cpuOf(times: number, work: (round: number) => void): number {
  const before = process.cpuUsage();
  for (let round = 0; round < times; round++) work(round);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / times;
}

/** What choosing costs an account of 10,000 sources. */
export function cpu(): Section {
  const start = 1_000 * dayMs;
  const all = prospects(start);
  const plan = createPlan(all, start);
  const turn = (round: number) => {
    const now = start + round * 1_000;
    const { id } = nextTurn(plan, now, { requestsPerMinute: 60, longestMs });
    const polled = plan.prospects[plan.positions.get(id ?? "") ?? -1];
    if (polled) put(plan, { ...polled, polledAt: now, notBefore: now + minuteMs }, now);
  };
  cpuOf(200, turn);
  const milliseconds = (name: string, value: number, atMost?: number) =>
    ({ name, value, unit: "milliseconds", ...(atMost === undefined ? {} : { atMost }) }) as const;
  return {
    title: "CPU of choosing among 10,000 sources",
    lines: [
      {
        label: "each",
        figures: [
          milliseconds(
            "a turn, put back",
            cpuOf(2_000, (round) => turn(200 + round)),
            5,
          ),
          milliseconds(
            "a new plan",
            cpuOf(20, () => createPlan(all, start)),
          ),
          milliseconds(
            "a refresh",
            cpuOf(20, () => refresh(plan, start + hourMs)),
          ),
        ],
      },
    ],
    notes: [],
  };
}
