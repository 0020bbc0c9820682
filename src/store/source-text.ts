import type { Activity } from "../domain/activity.js";
import { contentHashOf, newDigests } from "../domain/buckets.js";
import type { ResourceName } from "../domain/record.js";
import { newSource, type SourceState } from "../domain/source.js";

/**
 * How a source stands in Redis: `version snapshot-version epoch {fields}`. There are thousands of sources, and most of
 * them are as well and as empty as any other, so a field that is as it usually is is not written.
 */
export interface SourceText {
  readonly state: SourceState;
  /** One more with each commit; null where an earlier release wrote it, which kept versions elsewhere. */
  readonly version: number | null;
  /** The version with which the snapshot last changed. */
  readonly snapshotVersion: number | null;
}

/** What is written: all that cannot be told from the key, or that scripts put before it. */
type Fields = Omit<SourceState, "id" | "account" | "epoch" | "scope">;
type Written = { readonly [K in keyof Fields]?: unknown } & {
  readonly scope?: readonly [id: string, name: string | null];
};

const times = ["lastPolledAt", "fullAt", "completeAt", "lastChangedAt"] as const;
/** As a rule those of the last poll: it read the list to its end. */
const ofLastPoll = ["fullAt", "completeAt"] as const;

const emptyHash = contentHashOf(newDigests(1));
const {
  id: _id,
  account: _account,
  epoch: _epoch,
  scope: _scope,
  ...fresh
} = newSource({ id: "", account: "", resource: "collections", scope: null }, false);
/** A source that is well, and has nothing in it. A list that was read to its end at the last poll is the rule, too. */
const usual: Omit<Fields, "resource"> = {
  ...fresh,
  status: "active",
  baselined: true,
  contentHash: emptyHash,
  appointed: false,
};
const usualTexts = new Map(Object.entries(usual).map(([name, value]) => [name, JSON.stringify(value)]));

/** A time as a number, where that says the same. */
function shortened(time: string | null): string | number | null {
  if (time === null) return null;
  const ms = Date.parse(time);
  return Number.isNaN(ms) || new Date(ms).toISOString() !== time ? time : ms;
}

const lengthened = (time: unknown) => (typeof time === "number" ? new Date(time).toISOString() : time);

/** Four digits are more than is known of how busy a source is. */
const rounded = (value: number) => Number(value.toPrecision(4));

type ShortActivity = readonly [
  visits: number,
  expected: number,
  lately: number,
  actedAt: number | null,
  at?: number,
];

/** It nearly always counts up to the last good poll. */
function shortActivity(activity: Activity, lastPolledAt: string | null): ShortActivity {
  const { visits, expected, lately, actedAt, at } = activity;
  const short = [
    rounded(visits),
    rounded(expected),
    rounded(lately),
    actedAt && Math.round(actedAt),
  ] as const;
  return lastPolledAt !== null && Date.parse(lastPolledAt) === at ? short : [...short, at];
}

function longActivity(written: unknown, lastPolledAt: unknown): Activity | null {
  if (!Array.isArray(written)) return null;
  const [visits, expected, lately, actedAt, at] = written as unknown as ShortActivity;
  return { visits, expected, lately, actedAt, at: at ?? Date.parse(String(lastPolledAt)) };
}

/** The fields of a source as they are written; version and epoch are put before them by the script that writes. */
export function writeFields(state: SourceState): string {
  const { id: _ofKey, account: _owner, epoch: _before, scope, ...fields } = state;
  const written: Record<string, unknown> = { resource: state.resource };
  if (scope) written.scope = [scope.id, scope.name];
  for (const [name, value] of Object.entries(fields)) {
    if (name === "resource" || name === "fullAt" || name === "completeAt" || name === "activity") continue;
    if (JSON.stringify(value) !== usualTexts.get(name)) written[name] = value;
  }
  for (const name of ofLastPoll) if (state[name] !== state.lastPolledAt) written[name] = state[name];
  if (state.activity) written.activity = shortActivity(state.activity, state.lastPolledAt);
  for (const name of times) if (name in written) written[name] = shortened(state[name]);
  return JSON.stringify(written);
}

/** Reads a source, also one that an earlier release wrote: as JSON, with every field. */
export function readSource(account: string, id: string, text: string): SourceText {
  const begin = text.indexOf("{");
  const fields: unknown = JSON.parse(text.slice(begin));
  if (begin === 0) {
    const before = fields as SourceState;
    return { state: { ...newSource(before, false), ...before }, version: null, snapshotVersion: null };
  }
  const [version, snapshotVersion, epoch] = text.slice(0, begin).split(" ").map(Number);
  const { scope, ...written } = fields as Written;
  const lastPolledAt = lengthened(written.lastPolledAt ?? null);
  const state = {
    id,
    account,
    resource: written.resource as ResourceName,
    scope: scope ? { id: scope[0], name: scope[1] } : null,
    epoch,
    ...usual,
    ...written,
    lastPolledAt,
    fullAt: "fullAt" in written ? lengthened(written.fullAt) : lastPolledAt,
    completeAt: "completeAt" in written ? lengthened(written.completeAt) : lastPolledAt,
    lastChangedAt: lengthened(written.lastChangedAt ?? null),
    activity: longActivity(written.activity, lastPolledAt),
  } as SourceState;
  return { state, version: version ?? 0, snapshotVersion: snapshotVersion ?? 0 };
}
