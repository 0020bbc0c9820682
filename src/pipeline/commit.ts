import type { Account } from "../domain/account.js";
import { type DiffMode, diff, digestScan, type Step } from "../domain/diff.js";
import type { FrozenEvent } from "../domain/event.js";
import { failuresToTell, nextPollAt, removalPauseMs } from "../domain/polling.js";
import type { SourceState } from "../domain/source.js";
import { stateChange, stateServiceEvent } from "../domain/statement.js";
import type { Scan, UpstreamFailure } from "../domain/upstream.js";
import type { CommitOutcome } from "../store/sources.js";
import { announceMs, iso, type Parts, type UpstreamParts } from "./parts.js";

/** A poll whose answer is in. */
export interface Poll {
  readonly account: Account;
  readonly state: SourceState;
  readonly version: number;
  readonly fence: string;
  readonly ticket: number;
  readonly startedAt: number;
}

export interface CommitReport {
  readonly commit: CommitOutcome;
  readonly events: number;
  readonly records: number;
}

/** Most changes in one step: a script call stays well under 5,000 arguments and a few milliseconds. */
const stepsAtOnce = 500;

/** How often an unsteady list is looked at before it is taken as a baseline all the same. */
const baselineTries = 5;

/** Compares a scan with the snapshot and writes what differs, events and all, in atomic steps. */
export async function commitScan(
  poll: Poll,
  scan: Scan,
  parts: Parts & UpstreamParts,
): Promise<CommitReport> {
  const { state, account } = poll;
  const digest = digestScan(scan);
  const good = goodState(poll, scan, digest.contentHash);

  if (state.baselined && digest.contentHash === state.contentHash && state.missing === 0) {
    return write(poll, { ...good, records: state.records }, [], [], parts, {
      outcome: "scan",
      changed: false,
    });
  }
  if (needsSecondLook(state, scan) && !isSteady(state, digest.contentHash)) {
    // Records that slip from page to page while a baseline is read would later look like new ones: look again.
    const again = { ...good, baselined: false, failures: state.failures + 1 };
    return write(poll, again, [], [], parts, { outcome: "scan", changed: false });
  }

  const mode: DiffMode =
    state.baselined || state.startsEmpty ? "compare" : account.backfill ? "stated" : "silent";
  const entries = state.baselined ? await parts.store.sources.snapshot(account.id, state.id) : new Map();
  const result = diff(entries, scan, digest, {
    mode,
    now: parts.now(),
    removalPauseMs: removalPauseMs(account),
  });
  const events = eventsOf(poll, result.steps, mode, parts);
  const changed = result.steps.some(({ change }) => change !== null);
  const next: SourceState = {
    ...good,
    records: result.records,
    missing: result.missing,
    lastChangedAt: changed && state.baselined ? iso(poll.startedAt) : state.lastChangedAt,
  };
  return write(poll, next, result.steps, events, parts, { outcome: "scan", changed });
}

/** Writes what is known of a failed poll: health, and nothing else. */
export async function commitFailure(
  poll: Poll,
  failure: UpstreamFailure,
  parts: Parts,
): Promise<CommitReport> {
  const { state } = poll;
  const off = failure.kind === "forbidden" || failure.kind === "gone";
  const failures = state.failures + 1;
  const next: SourceState = { ...state, status: off ? "off" : "failing", failures, reason: failure.reason };
  const told = failures === failuresToTell && !off;
  const type = failure.kind === "shape_changed" ? "source.shape_changed" : "source.failing";
  // Session trouble is told as a session event, once, not once more for each source.
  const ofSession = failure.kind === "expired" || failure.kind === "challenged";
  const events = told && !ofSession ? [healthEvent(poll, next, type, parts)] : [];
  return write(
    poll,
    next,
    [],
    events.map((event) => ({ event, step: 0 })),
    parts,
    {
      outcome: failure.kind,
      changed: false,
    },
  );
}

function goodState(poll: Poll, scan: Scan, contentHash: string): SourceState {
  return {
    ...poll.state,
    status: "active",
    baselined: true,
    startsEmpty: false,
    lastPolledAt: iso(poll.startedAt),
    unreadable: scan.unreadable.count,
    failures: 0,
    reason: scan.unreadable.reasons[0] ?? null,
    contentHash,
    pages: scan.pages,
    paging: scan.paging,
  };
}

/** Whether a first look was so unsteady that the list must come out the same twice to be believed. */
export function needsSecondLook(state: SourceState, scan: Scan): boolean {
  return !state.baselined && !state.startsEmpty && !scan.complete;
}

/** Whether it did, or has been looked at often enough to see that it never does. */
function isSteady(state: SourceState, contentHash: string): boolean {
  return contentHash === state.contentHash || state.failures >= baselineTries;
}

interface PlacedFrozenEvent {
  readonly event: FrozenEvent;
  /** Index of the step that it must be written with. */
  readonly step: number;
}

function eventsOf(
  poll: Poll,
  steps: readonly Step[],
  mode: DiffMode,
  parts: Parts & UpstreamParts,
): PlacedFrozenEvent[] {
  const { account, state } = poll;
  const from = { account, source: state, resource: parts.resource(state.resource) };
  const at = { now: iso(parts.now()), notBefore: state.lastPolledAt, backfill: mode === "stated" };
  const events = steps.flatMap(({ change }, step) =>
    change ? stateChange(change, from, at).map((event) => ({ event, step })) : [],
  );
  if (state.failures < failuresToTell || state.status !== "failing") return events;
  const recovered = healthEvent(
    poll,
    { ...state, status: "active", reason: null },
    "source.recovered",
    parts,
  );
  return [{ event: recovered, step: 0 }, ...events];
}

function healthEvent(poll: Poll, state: SourceState, type: string, parts: Parts): FrozenEvent {
  const { account, version } = poll;
  const object = {
    source: state.id,
    resource: state.resource,
    status: state.status,
    failures: state.failures,
    reason: state.reason,
  };
  return stateServiceEvent(account, { type, key: state.id, revision: version, object }, iso(parts.now()));
}

/**
 * Writes a poll in steps, each atomic: entries together with the events about them. The last one moves the source's
 * schedule and content hash, so that a poll that is cut off in between is simply done again.
 */
async function write(
  poll: Poll,
  next: SourceState,
  steps: readonly Step[],
  events: readonly PlacedFrozenEvent[],
  parts: Parts,
  done: { outcome: Scan["kind"] | UpstreamFailure["kind"]; changed: boolean },
): Promise<CommitReport> {
  const { account, state, fence } = poll;
  const { sources, due } = parts.store;
  const first = !state.baselined && events.length === 0 && steps.length > 0;
  if (first) await sources.stage(account.id, state.id, steps);
  const batches = first || steps.length === 0 ? [steps.slice(0, 0)] : chunksOf(steps, stepsAtOnce);
  if (events.length > 0) await due.announce("fan-out", account.id, parts.now() + announceMs);

  let outcome: CommitOutcome = "committed";
  for (const [index, batch] of batches.entries()) {
    const last = index === batches.length - 1;
    const from = index * stepsAtOnce;
    const due = nextPollAt(account, next, done.outcome, parts.now());
    outcome = await sources.commit({
      source: last ? next : { ...state, contentHash: null },
      fence,
      version: poll.version + index,
      steps: batch,
      events: events
        .filter(({ step }) => step >= from && step < from + stepsAtOnce)
        .map(({ event }) => event),
      finished: last ? { nextPollAt: due, ticket: poll.ticket, changed: done.changed } : null,
      switchStaged: first,
    });
    if (outcome !== "committed") break;
  }
  if (events.length > 0) await parts.wakeUps.wake("fan-out", account.id);
  if (outcome === "committed") for (const { event } of events) parts.metrics.events.inc({ type: event.type });
  return { commit: outcome, events: events.length, records: next.records };
}

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let i = 0; i < items.length; i += size) chunks.push(items.slice(i, i + size));
  return chunks;
}
