import type { Account } from "../domain/account.js";
import { bucketOf } from "../domain/buckets.js";
import type { FrozenEvent } from "../domain/event.js";
import type { Hold } from "../domain/hold.js";
import { learn } from "../domain/learn.js";
import { nextPoll } from "../domain/polling.js";
import type { SourceState } from "../domain/source.js";
import { stateServiceEvent } from "../domain/statement.js";
import type { ProbeOutcome, ReadOutcome, Step } from "../domain/upstream.js";
import type { Bucket, Entries } from "../store/snapshots.js";
import type { CommitOutcome } from "../store/sources.js";
import { observeEvents } from "./observe.js";
import { announceMs, iso, type Parts } from "./parts.js";

/** A poll whose answer is in. */
export interface Poll {
  readonly account: Account;
  readonly state: SourceState;
  readonly version: number;
  readonly fence: string;
  readonly ticket: number;
  readonly startedAt: number;
  /** Whether the whole list is read: somebody asked for it, it has an appointment, or it is read for its hints. */
  readonly whole: boolean;
  /** How many other sources of the account fail, or are off. */
  readonly failing: () => number;
  /** What the hint for this source says. */
  readonly hint: string | null;
  /** Asks whether the session is good. */
  probe(): Promise<ProbeOutcome>;
}

/** What was written. */
export interface CommitReport {
  readonly commit: CommitOutcome;
  readonly events: number;
  readonly records: number;
  /** Whether anything in the list is otherwise than before; null where the next poll will tell. */
  readonly changed: boolean | null;
  /** The source as it is stored now, as far as it was written. */
  readonly state: SourceState;
}

/** An event, and the index of the step that it must be written with. */
export interface SteppedEvent {
  readonly event: FrozenEvent;
  readonly step: number;
  /** Not part of a flood, should there be one; written with the last step, beside the state that it tells of. */
  readonly free?: boolean;
}

/** What a poll writes. */
export interface Writing {
  readonly next: SourceState;
  readonly outcome: ReadOutcome["kind"];
  readonly changed: boolean;
  readonly events: readonly SteppedEvent[];
  /** In the order in which they are told. */
  readonly steps?: readonly Step[];
  /** Every bucket that the steps touch, as it is before them; changed on the way. */
  readonly buckets?: Map<number, Entries>;
  readonly hold?: Hold | null;
  /** A whole snapshot to be switched to, before anything else. */
  readonly snapshot?: Entries;
  /** When (ms) the source is polled next, if not after its interval. */
  readonly nextPollAt?: number;
  /** What the poll found is told by the next one: whoever waits for it waits for that. */
  readonly isUnsettled?: boolean;
  /** The poll goes on after this. */
  readonly goesOn?: boolean;
}

/** Most changes in one step: a script call stays under 5,000 arguments and a few milliseconds. */
const stepsAtOnce = 400;

/**
 * Writes a poll in steps, each atomic: buckets together with the events about them. The last one moves the source's
 * schedule and content hash, so that a poll that is cut off in between is simply done again.
 */
export async function write(poll: Poll, writing: Writing, parts: Parts): Promise<CommitReport> {
  const { account, fence } = poll;
  const { next, snapshot, events, steps = [], buckets = new Map<number, Entries>() } = writing;
  const { sources, snapshots, due } = parts.store;
  const hold = writing.hold ?? null;
  const ticket = writing.isUnsettled ? null : poll.ticket;
  const { records } = next;
  const refused: CommitReport = { commit: "fenced", events: 0, records, changed: null, state: poll.state };
  if (snapshot && !(await snapshots.stage(account.id, fence, poll.state.id, snapshot, next.buckets)))
    return refused;
  const stated = hold
    ? [floodOf(poll, hold, parts), ...events.map((each) => (each.free ? each : heldBack(each, hold)))]
    : events;
  const batches = Math.max(1, Math.ceil(steps.length / stepsAtOnce));
  let outcome: CommitOutcome = "committed";
  const polledNext = writing.nextPollAt
    ? { at: writing.nextPollAt, appointed: true }
    : nextPoll(account, next, writing.outcome, parts.now(), poll.failing);
  const after: SourceState = {
    ...next,
    ...learned(poll, writing),
    hold: writing.steps ? null : next.hold,
    appointed: polledNext.appointed,
  };
  for (let index = 0; index < batches && outcome === "committed"; index++) {
    const last = index === batches - 1;
    const from = index * stepsAtOnce;
    const written = stated.filter(({ step, free }) =>
      free ? last : step >= from && step < from + stepsAtOnce,
    );
    // For each step anew: writing a flood can take longer than the promise of an announcement lasts.
    if (written.length > 0) await due.announce("fan-out", account.id, parts.now() + announceMs);
    outcome = await sources.commit({
      source: last
        ? after
        : {
            ...poll.state,
            buckets: next.buckets,
            identity: next.identity,
            contentHash: null,
            hold: hold?.id ?? null,
          },
      fence,
      version: poll.version + index,
      buckets: apply(steps.slice(from, from + stepsAtOnce), buckets, next.buckets),
      events: written.map(({ event }) => event),
      hold,
      // What is cut off in the middle is polled again at once.
      nextPollAt: last && !writing.goesOn ? polledNext.at : parts.now(),
      finished: last && !writing.goesOn ? { ticket, changed: writing.changed } : null,
      switchStaged: snapshot !== undefined && index === 0,
    });
  }
  if (stated.length > 0) await parts.wakeUps.wake("fan-out", account.id);
  if (outcome === "committed")
    observeEvents(
      stated.map(({ event }) => event),
      parts.metrics,
    );
  const state = outcome === "committed" ? after : poll.state;
  return { commit: outcome, events: events.length, records, changed: hasChanged(poll, writing), state };
}

/** A record that went missing is a change that is not told yet. */
function hasChanged({ state }: Poll, { changed, isUnsettled, next }: Writing): boolean | null {
  return isUnsettled ? null : changed || next.missing > state.missing;
}

/** What a good poll teaches of how busy the source is. One that is told by the next poll teaches nothing yet. */
function learned(
  { state, startedAt, hint }: Poll,
  writing: Writing,
): Partial<Pick<SourceState, "activity" | "hint">> {
  if (writing.outcome !== "scan" || writing.isUnsettled) return {};
  const { steps = [], snapshot } = writing;
  const first = snapshot ? snapshot.values() : null;
  return { activity: learn(state, { now: startedAt, steps, first }), hint };
}

/** Puts the entries of some steps into their buckets; the buckets that this touched. */
function apply(steps: readonly Step[], buckets: Map<number, Entries>, count: number): Bucket[] {
  const touched = new Map<number, Entries>();
  for (const { key, entry } of steps) {
    const index = bucketOf(key, count);
    const entries = buckets.get(index) ?? new Map();
    buckets.set(index, entries.set(key, entry));
    touched.set(index, entries);
  }
  return [...touched].map(([index, entries]) => ({ index, entries }));
}

function heldBack({ event, step }: SteppedEvent, hold: Hold): SteppedEvent {
  return { event: { ...event, hold: hold.id }, step };
}

/** The one event that tells of a flood. */
function floodOf({ account }: { account: Account }, hold: Hold, parts: Parts): SteppedEvent {
  const { id, source, resource, count } = hold;
  const object = { hold: id, source, resource, count, threshold: account.floodThreshold };
  const happening = { type: "flood.held", key: id, revision: 1, object };
  return { event: stateServiceEvent(account, happening, iso(parts.now())), step: 0 };
}
