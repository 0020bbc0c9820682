import { bucketsFor } from "../domain/buckets.js";
import { fingerprint, type Path } from "../domain/fingerprint.js";
import { type Identity, tellApart } from "../domain/identity.js";
import { removalPauseMs } from "../domain/polling.js";
import { isLive, recordOf, type SnapshotEntry } from "../domain/record.js";
import { adopt, setAside, takenBack } from "../domain/restless.js";
import { type SourceState, uncompared } from "../domain/source.js";
import type { Scan } from "../domain/upstream.js";
import { mapInSlices } from "../slices.js";
import type { Entries } from "../store/snapshots.js";
import type { Parts, UpstreamParts } from "./parts.js";
import { freely, healthEvent } from "./stated.js";
import { type CommitReport, type Poll, type SteppedEvent, write } from "./write.js";

/**
 * A snapshot that is kept otherwise from now on: in more buckets, under other keys, with other fields compared. The
 * whole of it is put aside anew and switched to in one step; what the scan says besides is told by the next poll.
 */
async function rewrite(
  poll: Poll,
  next: SourceState,
  snapshot: Entries,
  parts: Parts,
  more: { readonly goesOn?: boolean; readonly events?: readonly SteppedEvent[] } = {},
): Promise<CommitReport> {
  const nextPollAt = parts.now() + removalPauseMs(poll.account);
  const kept = { ...next, contentHash: null };
  const how = { changed: false, events: [], snapshot, nextPollAt, isUnsettled: true, ...more };
  return write(poll, { next: kept, outcome: "scan", ...how }, parts);
}

const entriesOf = ({ account, state }: Poll, parts: Parts) => parts.store.snapshots.all(account.id, state.id);

/** As many buckets as the list has come to need. The poll goes on with it. */
export async function divideAnew(
  poll: Poll,
  scan: Scan,
  parts: Parts,
): Promise<CommitReport & { poll: Poll }> {
  const { state } = poll;
  const next = { ...state, buckets: bucketsFor(scan.records.length), contentHash: null };
  const report = await rewrite(poll, next, await entriesOf(poll, parts), parts, { goesOn: true });
  return { ...report, poll: { ...poll, state: next, version: poll.version + 1 } };
}

/** An entry with the fingerprint that it has in this state of its source. */
function printed(entry: SnapshotEntry, state: SourceState, volatile: readonly string[]): SnapshotEntry {
  if (!isLive(entry)) return entry;
  return { ...entry, f: fingerprint({ ...recordOf(entry), volatile }, new Set(uncompared(state))) };
}

/** Fields that change by themselves are not compared any more, and that is told. */
export async function putAside(
  poll: Poll,
  paths: readonly Path[],
  records: number,
  parts: Parts & UpstreamParts,
): Promise<CommitReport> {
  const { state } = poll;
  const { volatile } = parts.resource(state.resource);
  const fields = paths.length === 1 ? `The field ${paths[0]}` : `The fields ${paths.join(", ")}`;
  const reason = `${fields} changed in ${records} records at once, and nothing else did: set aside until still again`;
  const next = { ...state, aside: setAside(state.aside, paths) };
  const entries = await entriesOf(poll, parts);
  const kept: Entries = new Map(
    await mapInSlices(entries, ([key, entry]) => [key, printed(entry, next, volatile)] as const),
  );
  const told = freely(healthEvent(poll, { ...next, reason }, "source.shape_changed", parts));
  return rewrite(poll, next, kept, parts, { events: [told] });
}

/** Fields that were set aside and held still are compared again, from the values that they have now. */
export async function takeBack(
  poll: Poll,
  scan: Scan,
  parts: Parts & UpstreamParts,
): Promise<CommitReport | "unread"> {
  const { state } = poll;
  const { volatile } = parts.resource(state.resource);
  const next = { ...state, aside: takenBack(state.aside) };
  const sightings = new Map(scan.records.map((sighting) => [sighting.key, sighting]));
  const entries = await entriesOf(poll, parts);
  const isUnread = ([key, entry]: readonly [string, SnapshotEntry]) =>
    isLive(entry) && sightings.get(key)?.record === null;
  if ([...entries].some(isUnread)) return "unread";
  const kept: Entries = new Map(
    await mapInSlices(entries, ([key, entry]) => {
      const now = sightings.get(key)?.record;
      const adopted = now ? adopt(entry, state.aside.paths, now) : entry;
      return [key, printed(adopted, next, volatile)] as const;
    }),
  );
  return rewrite(poll, next, kept, parts);
}

/** The rows are known by something else from now on. What is the same by what it is about stays what it was. */
export async function knowByOther(
  poll: Poll,
  scan: Scan,
  by: Identity,
  parts: Parts & UpstreamParts,
): Promise<CommitReport> {
  const { state } = poll;
  const { natural, volatile } = parts.resource(state.resource);
  const version = (state.identity?.version ?? 0) + 1;
  const next: SourceState = { ...state, identity: { by, version }, doubts: 0, doubtedHash: null };
  const before = await entriesOf(poll, parts);
  const live = [...before.values()].filter(isLive);
  const candidates = await mapInSlices(live, (entry) => {
    const about = { id: null, natural: natural(recordOf(entry)), print: entry.f, aside: "", record: null };
    return { ...about, entry };
  });
  // What is missing makes way for what is there and about the same thing.
  const there = new Set(candidates.filter(({ entry }) => entry.m === undefined).map((each) => each.natural));
  const kept = candidates.filter(({ entry, natural }) => entry.m === undefined || !there.has(natural));
  // Keys by what rows are about stay what they are: so do the revisions of what is gone.
  const staysByAbout = state.identity?.by !== "id";
  const entries: Entries = new Map([...before].filter(([, entry]) => staysByAbout && !isLive(entry)));
  for (const { key, entry } of tellApart([kept], by, true).sightings)
    entries.set(key, printed(entry, next, volatile));
  const reason = reasonFor(state.identity?.by ?? null, scan.identity);
  const told = freely(healthEvent(poll, { ...next, reason }, "source.shape_changed", parts));
  return rewrite(poll, next, entries, parts, { events: [told] });
}

/** Why a list is known by something else, given what it was known by and what its rows could be known by now. */
function reasonFor(before: Identity | null, now: Identity | null): string {
  if (before === "natural")
    return "Several rows of this list are about the same thing now: of these only what is new can be told";
  const cause = now === "id" ? "their ids are others at each reading" : "their ids are no ids any more";
  return `The rows of this list are known by what they are about from now on: ${cause}`;
}
