import { newActivity, observe, type Prior, priorRate } from "../../src/domain/activity.js";
import { judgeHint, noTrust, type Trust } from "../../src/domain/hints.js";
import { createPlan, type Prospect, put, refresh } from "../../src/domain/plan.js";
import type { ResourceName } from "../../src/domain/record.js";
import { nextTurn } from "../../src/domain/turn.js";
import type { Strategy } from "./simulate.js";
import { seeded, type Trace } from "./traces.js";
import { hourMs, minuteMs } from "./units.js";

/** A listing that tells which collections moved. */
export interface ListingHint {
  readonly requests: number;
  /** The share of visits at a time that show in it. */
  recall(time: number): number;
}

export interface Knowledge {
  readonly requestsPerMinute: number;
  /** Whether records carry a time that can be used; else a poll tells only that something changed. */
  readonly timed: boolean;
  readonly prior?: Prior;
  readonly hint?: ListingHint;
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
  const { prior = priorRate, timed, hint, requestsPerMinute } = knowledge;
  const trust = new Map<ResourceName, Trust>();
  const plan = createPlan([], 0, { trust, prior });
  const visible = hint ? visibleActs(trace, hint.recall) : [];
  const reached = new Int32Array(trace.sources.length);
  const newcomers: number[] = [];
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

  return {
    next(now) {
      if (now - refreshedAt >= refreshMs) {
        refreshedAt = now;
        refresh(plan, now);
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
      const before = plan.prospects[plan.positions.get(String(source)) ?? -1];
      const known = before?.activity ?? newActivity(timed ? bornAt : now);
      const told = timed ? { untimed: false, times } : { untimed: times.length > 0 && !isFirst, times: [] };
      const activity = observe(known, { now, bornAt, ...told }, prior);
      if (before && hint) {
        const covered = (listedAt - before.polledAt) / Math.max(1, now - before.polledAt);
        const proof = { hinted: before.hinted, changed: times.length > 0, covered };
        trust.set(resource, judgeHint(trust.get(resource) ?? noTrust, proof));
      }
      const id = String(source);
      const next = {
        ...common,
        id,
        resource,
        requests: 1,
        bornAt,
        polledAt: now,
        notBefore: now + shortestMs,
      };
      put(plan, { ...next, activity }, now);
    },
    appeared: (source) => newcomers.push(source),
  };
}
