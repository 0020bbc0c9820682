import { type DiffMode, diff, type Step } from "../domain/diff.js";
import type { FrozenEvent } from "../domain/event.js";
import { afterFailure, afterScan, isSteady, needsSecondLook } from "../domain/health.js";
import type { Hold } from "../domain/hold.js";
import { holdId } from "../domain/ids.js";
import { removalPauseMs } from "../domain/polling.js";
import type { SourceState } from "../domain/source.js";
import { stateChange, stateServiceEvent } from "../domain/statement.js";
import type { Scan, UpstreamFailure } from "../domain/upstream.js";
import { digestScan } from "./digest.js";
import { iso, type Parts, type UpstreamParts } from "./parts.js";
import { type CommitReport, type Poll, type SteppedEvent, write } from "./write.js";

/** Compares a scan with the snapshot and writes what differs, events and all, in atomic steps. */
export async function commitScan(
  poll: Poll,
  scan: Scan,
  parts: Parts & UpstreamParts,
): Promise<CommitReport> {
  const { state, account } = poll;
  const digest = await digestScan(scan);
  const good = afterScan(state, scan, digest.contentHash, iso(poll.startedAt));
  const recovered = recoveryOf(poll, parts);

  if (state.baselined && digest.contentHash === state.contentHash && state.missing === 0) {
    const same = { ...good, records: state.records };
    return write(poll, same, [], recovered, parts, { outcome: "scan", changed: false });
  }
  if (needsSecondLook(state, scan) && !isSteady(state, digest.contentHash)) {
    // Records that slip from page to page while a baseline is read would later look like new ones: look again.
    const again = { ...good, baselined: false, looks: state.looks + 1 };
    return write(poll, again, [], recovered, parts, { outcome: "scan", changed: false });
  }

  const mode: DiffMode =
    state.baselined || state.startsEmpty ? "compare" : account.backfill ? "stated" : "silent";
  // Also before the baseline: one that states what it finds may have been cut off half-way.
  const entries = mode === "silent" ? new Map() : await parts.store.sources.snapshot(account.id, state.id);
  const result = diff(entries, scan, digest, {
    mode,
    now: parts.now(),
    removalPauseMs: removalPauseMs(account),
    completeAt: state.completeAt,
  });
  const events = eventsOf(poll, result.steps, mode, parts);
  const changed = result.steps.some(({ change }) => change !== null);
  const next: SourceState = {
    ...good,
    contentHash: result.unjudged > 0 ? null : good.contentHash,
    records: result.records,
    missing: result.missing,
    lastChangedAt: changed && state.baselined ? iso(poll.startedAt) : state.lastChangedAt,
  };
  await reviveSources(poll, result.steps, parts);
  const hold = mode === "compare" ? holdFor(poll, events.length, parts) : null;
  return write(poll, next, result.steps, [...recovered, ...events], parts, {
    outcome: "scan",
    changed,
    hold,
    stage: mode === "silent",
  });
}

/** The lists of a collection that came back were given up as gone: they are looked at again now. */
async function reviveSources({ account, state }: Poll, steps: readonly Step[], parts: Parts): Promise<void> {
  if (state.resource !== "collections") return;
  const back = new Set(
    steps.filter(({ change }) => change?.kind === "restored").map(({ entry }) => entry.d.id),
  );
  if (back.size === 0) return;
  const { sources } = parts.store;
  const known = (await sources.list(account.id)).filter(({ scope }) => scope && back.has(scope.id));
  await sources.hurry(
    account.id,
    [],
    known.map(({ id }) => id),
    parts.now(),
  );
}

/** Many events at once are more likely a change of the upstream than of the world: a person looks first. */
function holdFor({ account, state, version }: Poll, count: number, parts: Parts): Hold | null {
  if (state.hold === null && count <= account.floodThreshold) return null;
  return {
    id: state.hold ?? holdId(account.id, state.id, version),
    account: account.id,
    source: state.id,
    resource: state.resource,
    collection: state.scope,
    count,
    status: "held",
    createdAt: iso(parts.now()),
    resolvedAt: null,
  };
}

/** Writes what is known of a failed poll: health, and nothing else. */
export async function commitFailure(
  poll: Poll,
  failure: UpstreamFailure,
  parts: Parts,
): Promise<CommitReport> {
  const { state: next, tells } = afterFailure(poll.state, failure);
  const events = tells ? [freely(healthEvent(poll, next, tells, parts))] : [];
  return write(poll, next, [], events, parts, { outcome: failure.kind, changed: false });
}

/** An event that belongs to no step, and to no flood. */
function freely(event: FrozenEvent): SteppedEvent {
  return { event, step: 0, free: true };
}

function eventsOf(
  poll: Poll,
  steps: readonly Step[],
  mode: DiffMode,
  parts: Parts & UpstreamParts,
): SteppedEvent[] {
  const { account, state } = poll;
  const from = { account, source: state, resource: parts.resource(state.resource) };
  const at = { now: iso(parts.now()), notBefore: state.lastPolledAt, backfill: mode === "stated" };
  return steps.flatMap(({ change }, step) =>
    change ? stateChange(change, from, at).map((event) => ({ event, step })) : [],
  );
}

/** Says that a source which was told to be failing is well again. */
function recoveryOf(poll: Poll, parts: Parts): SteppedEvent[] {
  const { state } = poll;
  if (!state.told) return [];
  const well: SourceState = { ...state, status: "active", reason: null };
  return [freely(healthEvent(poll, well, "source.recovered", parts))];
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
