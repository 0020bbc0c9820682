import type { Account } from "../domain/account.js";
import type { Step } from "../domain/diff.js";
import type { FrozenEvent } from "../domain/event.js";
import type { Hold } from "../domain/hold.js";
import { nextPollAt } from "../domain/polling.js";
import type { SourceState } from "../domain/source.js";
import { stateServiceEvent } from "../domain/statement.js";
import type { ReadOutcome } from "../domain/upstream.js";
import type { CommitOutcome } from "../store/sources.js";
import { announceMs, iso, type Parts } from "./parts.js";

/** A poll whose answer is in. */
export interface Poll {
  readonly account: Account;
  readonly state: SourceState;
  readonly version: number;
  readonly fence: string;
  readonly ticket: number;
  readonly startedAt: number;
}

/** What was written, for the log. */
export interface CommitReport {
  readonly commit: CommitOutcome;
  readonly events: number;
  readonly records: number;
}

/** An event, and the index of the step that it must be written with. */
export interface SteppedEvent {
  readonly event: FrozenEvent;
  readonly step: number;
  /** Not part of a flood, should there be one; written with the last step, beside the state that it tells of. */
  readonly free?: boolean;
}

/** Most changes in one step: a script call stays well under 5,000 arguments and a few milliseconds. */
const stepsAtOnce = 400;

/**
 * Writes a poll in steps, each atomic: entries together with the events about them. The last one moves the source's
 * schedule and content hash, so that a poll that is cut off in between is simply done again.
 */
export async function write(
  poll: Poll,
  next: SourceState,
  steps: readonly Step[],
  events: readonly SteppedEvent[],
  parts: Parts,
  done: { outcome: ReadOutcome["kind"]; changed: boolean; hold?: Hold | null; stage?: boolean },
): Promise<CommitReport> {
  const { account, state, fence } = poll;
  const { sources, due } = parts.store;
  const hold = done.hold ?? null;
  // A silent baseline has no events that its entries must go with: it is put aside, then switched to in one step.
  const staged = done.stage === true;
  if (staged && !(await sources.stage(account.id, fence, state.id, steps))) {
    return { commit: "fenced", events: 0, records: next.records };
  }
  const batches = staged || steps.length === 0 ? [steps.slice(0, 0)] : chunksOf(steps, stepsAtOnce);
  const stated = hold
    ? [floodOf(poll, hold, parts), ...events.map((each) => (each.free ? each : heldBack(each, hold)))]
    : events;
  let outcome: CommitOutcome = "committed";
  for (const [index, batch] of batches.entries()) {
    const last = index === batches.length - 1;
    const from = index * stepsAtOnce;
    const written = stated.filter(({ step, free }) =>
      free ? last : step >= from && step < from + stepsAtOnce,
    );
    // For each step anew: writing a flood can take longer than the promise of an announcement lasts.
    if (written.length > 0) await due.announce("fan-out", account.id, parts.now() + announceMs);
    const polledNext = nextPollAt(account, next, done.outcome, parts.now());
    outcome = await sources.commit({
      source: last ? { ...next, hold: null } : { ...state, contentHash: null, hold: hold?.id ?? null },
      fence,
      version: poll.version + index,
      steps: batch,
      events: written.map(({ event }) => event),
      hold,
      finished: last ? { nextPollAt: polledNext, ticket: poll.ticket, changed: done.changed } : null,
      switchStaged: staged,
    });
    if (outcome !== "committed") break;
  }
  if (stated.length > 0) await parts.wakeUps.wake("fan-out", account.id);
  if (outcome === "committed") for (const { event } of stated) parts.metrics.events.inc({ type: event.type });
  return { commit: outcome, events: events.length, records: next.records };
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

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let i = 0; i < items.length; i += size) chunks.push(items.slice(i, i + size));
  return chunks;
}
