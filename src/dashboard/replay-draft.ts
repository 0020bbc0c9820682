import { type ReplayChoice, type ReplayInput, replayChoices } from "../domain/replay.js";
import { spellDuration } from "../domain/retention.js";

/** What somebody filled in to have past events sent again. */
export interface ReplayDraft {
  readonly only: string;
  /** How far back, in hours, or `own` for a time of one's own. */
  readonly hours: string;
  readonly since: string;
  readonly until: string;
}

/** By field: what is wrong with it. */
export type ReplayProblems = Partial<Record<keyof ReplayDraft, string>>;

const hour = 3_600_000;
const usualSpans: readonly (readonly [hours: number, label: string])[] = [
  [1, "The last hour"],
  [24, "The last 24 hours"],
  [168, "The last 7 days"],
  [720, "The last 30 days"],
];

/** How far back, in hours: up to what is kept, and that last. */
export function spansWithin(retentionMs: number): readonly (readonly [hours: number, label: string])[] {
  const all = `The last ${spellDuration(retentionMs).replace(/^1 /, "")}`;
  return [...usualSpans.filter(([hours]) => hours * hour < retentionMs), [retentionMs / hour, all]];
}
export const ownTime = "own";

/** The form before anybody filled it in. */
export const emptyReplay: ReplayDraft = { only: "failed", hours: "24", since: "", until: "" };

/** What a form says; nothing is checked. */
export function readReplay(fields: Readonly<Record<string, unknown>>): ReplayDraft {
  const text = (name: string): string => {
    const value = fields[name];
    return typeof value === "string" ? value.trim().slice(0, 40) : "";
  };
  return { only: text("only"), hours: text("hours"), since: text("since"), until: text("until") };
}

/** A date and a time of day as a browser gives them, taken as UTC; null when it is not one. */
function momentOf(text: string): string | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/.test(text)) return null;
  const ms = Date.parse(`${text}Z`);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

type Checked = { readonly input: ReplayInput } | { readonly problems: ReplayProblems };

function ownRange({ since, until }: ReplayDraft, only: ReplayChoice, now: Date): Checked {
  const from = momentOf(since);
  if (from === null) return { problems: { since: "Say since when: a date and a time." } };
  if (Date.parse(from) >= now.getTime())
    return { problems: { since: "This is still to come. Give a time in the past." } };
  if (until === "") return { input: { since: from, until: null, only } };
  const to = momentOf(until);
  if (to === null) return { problems: { until: "Give a date and a time, or leave it empty for now." } };
  if (to <= from) return { problems: { until: "This must be later than the time it begins." } };
  return { input: { since: from, until: to, only } };
}

/** What is asked for, or what is wrong with it. */
export function checkReplay(draft: ReplayDraft, now: Date, retentionMs: number): Checked {
  const only = replayChoices.find((choice) => choice === draft.only);
  if (only === undefined) return { problems: { only: "Choose what is sent again." } };
  if (draft.hours === ownTime) return ownRange(draft, only, now);
  const [hours] = spansWithin(retentionMs).find(([span]) => String(span) === draft.hours) ?? [];
  if (hours === undefined) return { problems: { hours: "Choose how far back." } };
  const since = new Date(now.getTime() - hours * hour).toISOString();
  return { input: { since, until: null, only } };
}
