import { fullyReadAt } from "./head.js";
import { afterHead } from "./order.js";
import type { SourceState } from "./source.js";
import type { Scan, UpstreamFailure } from "./upstream.js";

/** From how many failed polls in a row a source is said to be failing. */
const failuresToTell = 3;

/** How often an unsteady list is looked at before it is taken as a baseline all the same. */
const baselineTries = 5;

/**
 * A source after a list of it was read in a poll that began at `startedAt` (ISO 8601). A reading of its head says
 * nothing of how long the list is, or how it ends; one that skipped what may be behind it says nothing of that.
 */
export function afterScan(
  state: SourceState,
  scan: Scan,
  contentHash: string,
  startedAt: string,
): SourceState {
  const { order } = state;
  const fullAt = scan.skipped ? fullyReadAt(state) : startedAt;
  const full = { fullAt, pages: scan.pages, paging: scan.paging, order: { ...order, heads: 0 } };
  return {
    ...state,
    status: "active",
    baselined: true,
    startsEmpty: false,
    lastPolledAt: startedAt,
    identity: state.identity ?? (scan.identity ? { by: scan.identity, version: 1 } : null),
    doubts: 0,
    doubtedHash: null,
    completeAt: scan.complete ? startedAt : state.completeAt,
    unreadable: scan.unreadable.count,
    failures: 0,
    told: false,
    looks: 0,
    reason: scan.unreadable.reasons[0] ?? null,
    contentHash,
    ...(scan.head ? { order: afterHead(order) } : full),
  };
}

/** A source after a poll that failed, and the type of the event that tells of it, once. */
export function afterFailure(
  state: SourceState,
  failure: UpstreamFailure,
): { readonly state: SourceState; readonly tells: "source.failing" | "source.shape_changed" | null } {
  const off = failure.kind === "forbidden" || failure.kind === "gone";
  // Session trouble is told as a session event, once, not once more for each source.
  const ofSession = failure.kind === "expired" || failure.kind === "challenged";
  // Refusals do not count towards trouble that passes: what was closed and then hiccups once is not failing.
  const failures = (state.status === "off" && !off ? 0 : state.failures) + 1;
  // That a collection's lists are gone is told by `collection.removed`.
  const goesWithItsCollection = failure.kind === "gone" && state.scope !== null;
  const lost = off && state.baselined && !goesWithItsCollection;
  const tells = !state.told && !ofSession && (lost || (!off && failures >= failuresToTell));
  const type = failure.kind === "shape_changed" ? "source.shape_changed" : "source.failing";
  return {
    state: {
      ...state,
      status: off ? "off" : "failing",
      failures,
      doubts: failure.kind === "shape_changed" && failure.lostIdentity ? state.doubts + 1 : state.doubts,
      told: state.told || tells,
      reason: failure.reason,
    },
    tells: tells ? type : null,
  };
}

/** Whether a first look was so unsteady that the list must come out the same twice to be believed. */
export function needsSecondLook(state: SourceState, scan: Scan): boolean {
  return !state.baselined && !state.startsEmpty && !scan.complete;
}

/** From how many readings in a row on it is believed that rows cannot be known any more as they were. */
const readingsToBelieve = 3;

/** Whether this reading, too, having lost the identity, makes it time to know the rows by something else. */
export function isTimeToRename(state: SourceState): boolean {
  return state.doubts + 1 >= readingsToBelieve;
}

/** Whether it did, or has been looked at often enough to see that it never does. */
export function isSteady(state: SourceState, contentHash: string): boolean {
  return contentHash === state.contentHash || state.looks >= baselineTries;
}

/** Whether a source could not be read at its last poll. */
export const isInTrouble = ({ status }: Pick<SourceState, "status">) =>
  status === "failing" || status === "off";

/** From so many lists on that fail for the same reason it is not each of them that has trouble. */
const manyAlike = 10;

type Trouble = Pick<SourceState, "id" | "status" | "failures" | "resource" | "reason">;

/**
 * The sources to be tried again now that one is well, given as it was `before`: many that fail for the same reason.
 * Those that have failed more often since are not: a list that comes and goes says nothing of them.
 */
export function recoveringWith(before: Trouble, all: Iterable<Trouble>): string[] {
  const { status, failures, resource, reason } = before;
  if (status !== "failing" || failures < 2) return [];
  const alike = [...all].filter(
    (other) =>
      other.id !== before.id &&
      other.status === "failing" &&
      other.resource === resource &&
      other.reason === reason &&
      other.failures <= failures + 1,
  );
  return alike.length < manyAlike ? [] : alike.map(({ id }) => id);
}
