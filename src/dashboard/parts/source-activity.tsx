import type { ActivityView } from "../../services/events.js";
import { count } from "../format.js";
import { Bars } from "./chart.js";

/** How many days the small charts of sources show. */
const activityDays = 14;

/** The stretches that the charts count: days. */
export const activityStretches = { slots: activityDays, slotSeconds: 86_400 } as const;

const dayMs = activityStretches.slotSeconds * 1_000;

function nameOfDay(from: string, index: number): string {
  const date = new Date(Date.parse(from) + index * dayMs);
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
}

/** What happened in the last two weeks in some sources together, as bars and in words. */
export function SourceActivity({ activity, ids }: { activity: ActivityView; ids: readonly string[] }) {
  const days = Array.from({ length: activityDays }, (_, day) =>
    ids.reduce((sum, id) => sum + (activity.counts[id]?.[day] ?? 0), 0),
  );
  const all = days.reduce((sum, number) => sum + number, 0);
  if (all === 0) return <span class="quiet-days">Quiet for {activityDays} days</span>;
  const today = days.at(-1) ?? 0;
  const label = `${count(all, "event")} in ${activityDays} days, ${today === 0 ? "none" : today.toLocaleString("en-GB")} of them today`;
  const bars = days.map((number, day) => ({
    label: `${nameOfDay(activity.from, day)}: ${count(number, "event")}`,
    parts: [number],
  }));
  return (
    <span class="activity" title={label}>
      <Bars bars={bars} label={label} class="spark" />
      <span aria-hidden="true">{count(all, "event")}</span>
    </span>
  );
}
