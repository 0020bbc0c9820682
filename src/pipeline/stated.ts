import type { FrozenEvent } from "../domain/event.js";
import { notBeforeOf } from "../domain/head.js";
import type { Hold } from "../domain/hold.js";
import { holdId } from "../domain/ids.js";
import type { SourceState } from "../domain/source.js";
import { stateChange, stateServiceEvent } from "../domain/statement.js";
import type { Scan, Step } from "../domain/upstream.js";
import { iso, type Parts, type UpstreamParts } from "./parts.js";
import type { Poll, SteppedEvent } from "./write.js";

/** An event that belongs to no step, and to no flood. */
export function freely(event: FrozenEvent): SteppedEvent {
  return { event, step: 0, free: true };
}

/** The changes that a scan showed as events; `backfill` for what was there before watching began. */
export function eventsOf(
  poll: Poll,
  scan: Scan,
  steps: readonly Step[],
  backfill: boolean,
  parts: Parts & UpstreamParts,
): SteppedEvent[] {
  const { account, state } = poll;
  const from = { account, source: state, resource: parts.resource(state.resource) };
  const now = iso(parts.now());
  return steps.flatMap(({ change }, step) => {
    if (!change) return [];
    // What changed since a backfill that was cut off is a change, and was not there before.
    const notBefore = notBeforeOf(state, scan, change);
    const how = { now, notBefore, backfill: backfill && change.kind === "created" };
    return stateChange(change, from, how).map((event) => ({ event, step }));
  });
}

/** Many events at once are more likely a change of the upstream than of the world: a person looks first. */
export function holdFor({ account, state, version }: Poll, count: number, parts: Parts): Hold | null {
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

/** Says that a source which was told to be failing is well again. */
export function recoveryOf(poll: Poll, parts: Parts): SteppedEvent[] {
  const { state } = poll;
  if (!state.told) return [];
  const well: SourceState = { ...state, status: "active", reason: null };
  return [freely(healthEvent(poll, well, "source.recovered", parts))];
}

/** What pixiehook says of a source itself. */
export function healthEvent(poll: Poll, state: SourceState, type: string, parts: Parts): FrozenEvent {
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
