import type { ActivityView } from "../services/events.js";
import { count } from "./format.js";

/** What is told apart in the chart of a day, in the order of its colours; what is nowhere else is in the last one. */
const groups: readonly (readonly [name: string, objects: readonly string[]])[] = [
  ["Favorites", ["favorite"]],
  ["Downloads", ["download", "photo_download", "video_download"]],
  ["Invoices and payments", ["invoice", "payment"]],
];
const rest = "Everything else";

/** One hour of the last day. */
export interface Hour {
  /** `14:00 to 15:00 UTC`. */
  readonly name: string;
  /** Events of each group. */
  readonly parts: readonly number[];
}

/** What happened in the last day, by hour and by kind. */
export interface LastDay {
  readonly hours: readonly Hour[];
  /** Each group with all its events of the day. */
  readonly groups: readonly { readonly name: string; readonly total: number }[];
  readonly sentence: string;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** The stretches that are asked for: the last of them is the hour that lasts now. */
export const dayStretches = { slots: 24, slotSeconds: 3_600 } as const;

/** Puts what was counted by objects into the groups of the chart. */
export function lastDayOf({ from, slots, slotSeconds, counts }: ActivityView): LastDay {
  const placed = new Set(groups.flatMap(([, objects]) => objects));
  const others = Object.keys(counts).filter((object) => !placed.has(object));
  const all = [...groups, [rest, others] as const];
  const clock = (slot: number) =>
    new Date(Date.parse(from) + slot * slotSeconds * 1_000).toISOString().slice(11, 16);
  const hours = Array.from({ length: slots }, (_, slot) => ({
    name: `${clock(slot)} to ${clock(slot + 1)} UTC`,
    parts: all.map(([, objects]) => sum(objects.map((object) => counts[object]?.[slot] ?? 0))),
  }));
  const totals = all.map(([name], index) => ({
    name,
    total: sum(hours.map(({ parts }) => parts[index] ?? 0)),
  }));
  return { hours, groups: totals, sentence: sentenceOf(totals) };
}

/** `42 events in the last 24 hours, most of them favorites.` */
function sentenceOf(totals: LastDay["groups"]): string {
  const total = sum(totals.map((group) => group.total));
  if (total === 0) return "Nothing happened in the last 24 hours.";
  const most = totals.find((group) => group.name !== rest && group.total > total / 2);
  const share = most?.total === total ? "all" : "most";
  const them = most && total > 1 ? `, ${share} of them ${most.name.toLowerCase()}` : "";
  return `${count(total, "event")} in the last 24 hours${them}.`;
}
