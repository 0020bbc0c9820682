import { bucketOf, bucketsFor, digestAt, isCrowded } from "../domain/buckets.js";
import { type Diff, type DiffMode, diff } from "../domain/diff.js";
import { afterFailure, afterScan, isSteady, needsSecondLook } from "../domain/health.js";
import { afterFullScan, withChanges } from "../domain/order.js";
import { removalPauseMs } from "../domain/polling.js";
import { isOldDoubt, witnessedBy } from "../domain/removal.js";
import { afterPoll } from "../domain/restless.js";
import { type SourceState, uncompared } from "../domain/source.js";
import type { Scan, Step, UpstreamFailure } from "../domain/upstream.js";
import type { Entries } from "../store/snapshots.js";
import { digestScan, type ScanDigest } from "./digest.js";
import { doubt } from "./doubt.js";
import { iso, type Parts, type UpstreamParts } from "./parts.js";
import { divideAnew, knowByOther, takeBack } from "./rewrite.js";
import { reviveSources } from "./sources.js";
import { eventsOf, freely, healthEvent, holdFor, recoveryOf } from "./stated.js";
import { type CommitReport, type Poll, type Writing, write } from "./write.js";

/**
 * `unread`: records are needed that were not read again, because they looked the same; the list is to be read anew. A
 * failure: the session turned out to be lost, and nothing was concluded.
 */
export type ScanReport = CommitReport | UpstreamFailure | "unread";

/** Compares a scan with the snapshot and writes what differs, events and all, in atomic steps. */
export async function commitScan(poll: Poll, scan: Scan, parts: Parts & UpstreamParts): Promise<ScanReport> {
  const { state } = poll;
  if (state.identity && scan.identity && state.identity.by !== scan.identity)
    return knowByOther(poll, scan, scan.identity, parts);
  const digest = await digestScan(scan, state.buckets);
  const { aside, ripe } = afterPoll(state.aside, digest.asideHash);
  if (ripe && state.baselined) return takeBack(poll, scan, parts);
  const good = { ...afterScan(state, scan, digest.contentHash, iso(poll.startedAt)), aside };
  const recovered = recoveryOf(poll, parts);
  const unchanged = (next: SourceState) =>
    write(poll, { next, outcome: "scan", changed: false, events: recovered }, parts);

  if (state.baselined && digest.contentHash === state.contentHash && state.missing === 0)
    return unchanged({ ...good, records: state.records });
  if (needsSecondLook(state, scan) && !isSteady(state, digest.contentHash)) {
    // Records that slip from page to page while a baseline is read would later look like new ones: look again.
    return unchanged({ ...good, baselined: false, identity: state.identity, looks: state.looks + 1 });
  }
  const mode = modeOf(poll);
  if (mode === "silent") return baseline(poll, good, scan, parts);
  if (isCrowded(scan.records.length, state.buckets)) {
    const divided = await divideAnew(poll, scan, parts);
    return divided.commit === "committed" ? commitScan(divided.poll, scan, parts) : divided;
  }
  return compare(poll, good, scan, digest, mode, parts);
}

function modeOf({ account, state }: Poll): DiffMode {
  return state.baselined || state.startsEmpty ? "compare" : account.backfill ? "stated" : "silent";
}

/** A first snapshot that states nothing is put aside in portions and then switched to in one step. */
async function baseline(poll: Poll, good: SourceState, scan: Scan, parts: Parts): Promise<ScanReport> {
  const buckets = bucketsFor(scan.records.length);
  const { contentHash } = await digestScan(scan, buckets);
  const found = diff(new Map(), scan.records, optionsFor(poll, good, scan, "silent", parts.now()));
  if (found.unread) return "unread";
  const snapshot: Entries = new Map(found.steps.map(({ key, entry }) => [key, entry]));
  const next = { ...good, buckets, contentHash, records: found.records, missing: 0 };
  const events = recoveryOf(poll, parts);
  return write(poll, { next, outcome: "scan", changed: true, events, snapshot }, parts);
}

function optionsFor(poll: Poll, good: SourceState, scan: Scan, mode: DiffMode, now: number) {
  const { account, state } = poll;
  return {
    mode,
    now,
    complete: scan.complete,
    live: state.records,
    aside: new Set(uncompared(good)),
    insertsOnly: good.identity?.by === "occurrence",
    keys: scan.records,
    removalPauseMs: removalPauseMs(account),
    completeAt: state.completeAt,
    witnessedAt: null,
  };
}

async function compare(
  poll: Poll,
  good: SourceState,
  scan: Scan,
  digest: ScanDigest,
  mode: DiffMode,
  parts: Parts & UpstreamParts,
): Promise<ScanReport> {
  const { account, state } = poll;
  const stored = await parts.store.snapshots.digests(account.id, state.id, state.buckets);
  const differing = new Set(
    stored.flatMap((text, index) => (text === digestAt(digest.digests, index) ? [] : [index])),
  );
  const buckets = await parts.store.snapshots.read(account.id, state.id, [...differing]);
  const inThem = scan.records.filter(({ key }) => differing.has(bucketOf(key, state.buckets)));
  const entries: Entries = new Map([...buckets.values()].flatMap((bucket) => [...bucket]));
  const options = optionsFor(poll, good, scan, mode, parts.now());
  let found = diff(entries, inThem, options);
  if (found.unread) return "unread";
  if (found.doubted > 0) {
    // Hundreds of thousands are too many arguments.
    const since = [...entries.values()].reduce((first, { m }) => Math.min(first, m ?? first), Infinity);
    const witnessed = await witness(poll, since, parts);
    if (typeof witnessed === "object" && witnessed !== null) return witnessed;
    found = diff(entries, inThem, { ...options, witnessedAt: witnessed });
  }
  const doubted = await doubt(poll, { good, scan, found, entries, sightings: inThem }, parts);
  if (doubted !== null) return doubted;

  const outside = scan.records.length - inThem.length;
  const steps = inOrder(found.steps, state.buckets);
  const events = eventsOf(poll, scan, steps, mode === "stated", parts);
  const changed = steps.some(({ change }) => change !== null);
  const writing: Writing = {
    next: {
      ...good,
      order: orderAfter(good, scan, steps),
      contentHash: found.unjudged > 0 ? null : good.contentHash,
      records: found.records + outside,
      missing: found.missing,
      doubted: found.doubted,
      lastChangedAt: changed && state.baselined ? iso(poll.startedAt) : state.lastChangedAt,
    },
    outcome: "scan",
    changed,
    steps,
    buckets,
    events: [...recoveryOf(poll, parts), ...events],
    hold: mode === "compare" ? holdFor(poll, events.length, parts) : null,
  };
  await reviveSources(poll.account, state, steps, parts);
  return write(poll, writing, parts);
}

/** Only what a list that held still shows teaches anything of its order, and only beside what was known. */
function orderAfter(good: SourceState, scan: Scan, steps: readonly Step[]): SourceState["order"] {
  if (scan.head) return withChanges(good.order, steps.filter(({ change }) => change !== null).length);
  const pages = scan.complete ? scan.order?.() : null;
  return pages ? afterFullScan(good.order, pages, steps) : good.order;
}

/** What tells nothing first, bucket by bucket, so that many of them touch few; then what is told, as it happened. */
function inOrder(steps: Diff["steps"], buckets: number): Step[] {
  const silent = steps.filter(({ change }) => change === null);
  const told = steps.filter(({ change }) => change !== null);
  return [...silent.toSorted((a, b) => bucketOf(a.key, buckets) - bucketOf(b.key, buckets)), ...told];
}

/**
 * When (ms) another list of the account was last read, and was as full as before: the upstream is well. Where none was,
 * the session is asked, at first and after an hour: a guest may be shown empty lists. A session that is lost is told.
 */
async function witness(
  { account, state, probe }: Poll,
  since: number,
  parts: Parts,
): Promise<number | UpstreamFailure | null> {
  const others = (await parts.store.sources.list(account.id)).filter(({ id }) => id !== state.id);
  const latest = witnessedBy(others);
  const isOld = isOldDoubt(since, parts.now());
  if ((latest !== null && latest > since) || (state.doubted > 0 && !isOld)) return latest;
  const session = await probe();
  if (session.kind === "expired" || session.kind === "challenged") return session;
  return session.kind === "active" && isOld ? parts.now() : latest;
}

/** Writes what is known of a failed poll: health, and nothing else. */
export async function commitFailure(
  poll: Poll,
  failure: UpstreamFailure,
  parts: Parts,
): Promise<CommitReport> {
  const { state: next, tells } = afterFailure(poll.state, failure);
  const events = tells ? [freely(healthEvent(poll, next, tells, parts))] : [];
  return write(poll, { next, outcome: failure.kind, changed: false, events }, parts);
}
