import { type Activity, newActivity, observe, type Prior, priorRate } from "../../src/domain/activity.js";
import { judgeHint, noTrust, type Trust } from "../../src/domain/hints.js";
import { createPlan, expectedSince, type Prospect, put, refresh } from "../../src/domain/plan.js";
import type { ResourceName } from "../../src/domain/record.js";
import { nextTurn } from "../../src/domain/turn.js";
import type { Strategy } from "./simulate.js";
import { actsPerVisit, seeded, type Trace } from "./traces.js";
import { hourMs, minuteMs } from "./units.js";

/** A listing that tells which collections moved. */
export interface ListingHint {
  readonly requests: number;
  /** The share of visits at a time that show in it. */
  recall(time: number): number;
}

export interface Knowledge {
  /** Whether records carry a time that can be used; else a poll tells only that something changed. */
  readonly timed: boolean;
  readonly prior?: Prior;
  readonly hint?: ListingHint;
  /** Whether a client who did something is expected to go on; as the service does unless it is false. */
  readonly sessions?: boolean;
  /** Whether it is told the true rates, which nobody can know: what is left is the index alone. */
  readonly told?: boolean;
}

/** The longest and the shortest interval of an account, unless it says otherwise. */
export const longestMs = 12 * hourMs;
const shortestMs = minuteMs;

const refreshMs = 15 * minuteMs;
const resource: ResourceName = "favorites";
const listing = "listing";

/** When the acts of each collection happened that show in the listing. */
function visibleActs(trace: Trace, recall: (time: number) => number): readonly number[][] {
  const random = seeded(7);
  return trace.sources.map(({ times, firsts }) => {
    let shows = false;
    return [...times].filter((time, act) => {
      if (firsts[act] === 1 || act === 0) shows = random() < recall(time);
      return shows && time >= 0;
    });
  });
}

/** pixiehook's own policy: the very code that the service chooses with, told what a poll would tell it. */
export function own(trace: Trace, knowledge: Knowledge): Strategy {
  const { prior = priorRate, timed, hint, sessions = true, told = false } = knowledge;
  const trust = new Map<ResourceName, Trust>();
  const plan = createPlan([], 0, { trust, prior });
  const visible = hint ? visibleActs(trace, hint.recall) : [];
  const reached = new Int32Array(trace.sources.length);
  const newcomers: number[] = [];
  const activities = new Map<number, Activity>();
  const ids = trace.sources.map((_, source) => String(source));
  let refreshedAt = 0;
  let listedAt = 0;

  const common = { weight: 1, hinted: false };
  const list = (now: number): Prospect => ({
    ...common,
    id: listing,
    resource: "collections",
    requests: hint?.requests ?? 1,
    bornAt: null,
    polledAt: now,
    notBefore: now + shortestMs,
    activity: observe(newActivity(0), { now, bornAt: null, untimed: false, times: [] }, prior),
  });
  if (hint) put(plan, list(0), 0);

  /** Notes which collections have moved since they were last polled. */
  function readListing(now: number): void {
    listedAt = now;
    for (const prospect of plan.prospects) {
      if (prospect.hinted || prospect.id === listing) continue;
      const source = Number(prospect.id);
      const acts = visible[source] ?? [];
      let act = reached[source] ?? 0;
      while ((acts[act] ?? Infinity) <= prospect.polledAt) act++;
      reached[source] = act;
      if ((acts[act] ?? Infinity) <= now) put(plan, { ...prospect, hinted: true }, now);
    }
    put(plan, list(now), now);
  }

  function tellTruth(id: string, now: number): void {
    const rate = trace.sources[Number(id)]?.rate(now) ?? 0;
    plan.columns.rate[plan.positions.get(id) ?? -1] = rate / actsPerVisit;
  }

  return {
    next(now, requestsPerMinute) {
      if (now - refreshedAt >= refreshMs) {
        refreshedAt = now;
        refresh(plan, now);
        if (told) for (const { id } of plan.prospects) tellTruth(id, now);
      }
      const newcomer = newcomers.shift();
      if (newcomer !== undefined) return { source: newcomer, requests: 1 };
      const turn = nextTurn(plan, now, { requestsPerMinute, longestMs });
      if (turn.id !== listing) return turn.id === null ? null : { source: Number(turn.id), requests: 1 };
      readListing(now);
      return { source: null, requests: hint?.requests ?? 1 };
    },
    polled(source, now, times, isFirst) {
      const { bornAt } = trace.sources[source] ?? { bornAt: 0 };
      const id = ids[source] ?? "";
      const before = plan.prospects[plan.positions.get(id) ?? -1];
      const known = activities.get(source) ?? newActivity(timed ? bornAt : now);
      const saw = timed ? { untimed: false, times } : { untimed: times.length > 0 && !isFirst, times: [] };
      const learned = observe(known, { now, bornAt, ...saw }, prior);
      activities.set(source, learned);
      if (before && hint) {
        const covered = (listedAt - before.polledAt) / Math.max(1, now - before.polledAt);
        const expected = expectedSince(plan, before.id, now);
        const proof = { hinted: before.hinted, changed: times.length > 0, covered, expected };
        trust.set(resource, judgeHint(trust.get(resource) ?? noTrust, proof));
      }
      const activity = sessions ? learned : { ...learned, actedAt: null };
      const when = { polledAt: now, notBefore: now + shortestMs };
      put(plan, { ...common, id, resource, requests: 1, bornAt, ...when, activity }, now);
      if (told) tellTruth(id, now);
    },
    appeared: (source) => newcomers.push(source),
  };
}
