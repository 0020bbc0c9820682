import { type Activity, newActivity, observe } from "./activity.js";
import { isLive, type SnapshotEntry } from "./record.js";
import type { SourceState } from "./source.js";
import type { Step } from "./upstream.js";

/** What records tell of the time before the first poll counts as far back as this, ms. */
const historyMs = 400 * 86_400_000;

/** Clocks differ by so much, ms. */
const skewMs = 60_000;

type Known = Pick<SourceState, "baselined" | "lastPolledAt" | "bornAt" | "activity">;

/** What a good poll at `now` (ms) says of how often something happens. `first`: all records, of a first look. */
export function learn(
  source: Known,
  poll: {
    readonly now: number;
    readonly steps: readonly Step[];
    readonly first: Iterable<SnapshotEntry> | null;
  },
): Activity {
  const { now, steps } = poll;
  const { bornAt } = source;
  if (!source.baselined) {
    return firstLook(bornAt, now, [...(poll.first ?? steps.map(({ entry }) => entry))].filter(isLive));
  }
  // An earlier release learned nothing. What its snapshot holds is not looked at: it tells nothing of the time before.
  const activity = source.activity ?? newActivity(timeOf(source.lastPolledAt) ?? now);
  const since = activity.at - skewMs;
  const times: number[] = [];
  let untimed = false;
  for (const { change } of steps) {
    if (!change) continue;
    const time = change.kind === "created" ? timeOf(change.record.occurredAt) : null;
    // What is told late says that something changed, and not when.
    if (time !== null && time >= since && time <= now + skewMs) times.push(time);
    else untimed = true;
  }
  return observe(activity, { now, bornAt, untimed, times });
}

/**
 * The records of a list tell its history, if they tell the time, however seldom it was looked at. An empty list tells
 * that nothing happened.
 */
function firstLook(bornAt: number | null, now: number, entries: readonly SnapshotEntry[]): Activity {
  const times = entries.flatMap(({ o }) => timeOf(o) ?? []);
  if (times.length * 2 < entries.length) return newActivity(now);
  const first = times.reduce((least, time) => Math.min(least, time), bornAt ?? now);
  const since = Math.max(Math.min(first, now), now - historyMs);
  return observe(newActivity(since), {
    now,
    bornAt,
    untimed: false,
    times: times.filter((time) => time >= since),
  });
}

function timeOf(text: string | null): number | null {
  const time = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? null : time;
}
