import { type Activity, calibration, type Prior, priorRate, sessionRest, visitRate } from "./activity.js";
import { hintedBy, liftOf, noTrust, type Trust, worthOf } from "./hints.js";
import type { ResourceName } from "./record.js";

/** What is known of a source for choosing when to poll it. */
export interface Prospect {
  readonly id: string;
  readonly resource: ResourceName;
  /** Requests that a poll takes. */
  readonly requests: number;
  /** How much it matters to find a change soon: 1 for what somebody waits for. */
  readonly weight: number;
  /** When (ms) the thing began that the source belongs to; null when that is not known. */
  readonly bornAt: number | null;
  /** Start (ms) of the last good poll. */
  readonly polledAt: number;
  /** Not polled before (ms). */
  readonly notBefore: number;
  readonly activity: Activity;
  /** Whether a hint says that it has changed since its last poll. */
  readonly hinted: boolean;
}

/**
 * All sources of an account that are polled by their index, in columns, so that choosing among ten thousand takes well
 * under a millisecond.
 */
export interface Plan {
  readonly prospects: Prospect[];
  readonly positions: Map<string, number>;
  readonly columns: Columns;
  readonly trust: ReadonlyMap<ResourceName, Trust>;
  readonly prior: Prior;
  /** What the groups of sources make of the prior, by resource and age. */
  readonly scales: Map<string, number>;
}

export interface Columns {
  /** Expected visits a millisecond that only a poll of this source finds. */
  rate: Float64Array;
  /** And those of other sources that it tells of. */
  tells: Float64Array;
  /** Weight by requests. */
  worth: Float64Array;
  requests: Float64Array;
  polledAt: Float64Array;
  notBefore: Float64Array;
  /** What was still to come of a visit at the last poll, as a share of one. */
  rest: Float64Array;
  /** By how much a hint raises the odds that somebody was there; 0 for what is not hinted at. */
  hinted: Float64Array;
}

const columnNames = [
  "rate",
  "tells",
  "worth",
  "requests",
  "polledAt",
  "notBefore",
  "rest",
  "hinted",
] as const;

const dayMs = 86_400_000;

/** Sources of one resource, and of ages within a factor of two, are judged together. */
function groupOf({ resource, bornAt }: Prospect, now: number): string {
  if (bornAt === null) return resource;
  return `${resource} ${Math.floor(Math.log2(1 + Math.max(0, now - bornAt) / dayMs))}`;
}

export function createPlan(
  prospects: readonly Prospect[],
  now: number,
  options: { readonly trust?: ReadonlyMap<ResourceName, Trust>; readonly prior?: Prior } = {},
): Plan {
  const { trust = new Map(), prior = priorRate } = options;
  const column = () => new Float64Array(Math.max(16, prospects.length * 2));
  const columns = Object.fromEntries(columnNames.map((name) => [name, column()])) as unknown as Columns;
  const plan: Plan = { prospects: [], positions: new Map(), columns, trust, prior, scales: new Map() };
  for (const prospect of prospects) put(plan, prospect, now);
  refresh(plan, now);
  return plan;
}

/** Learns from all sources together how busy such sources are, and estimates each anew: they grow older. */
export function refresh(plan: Plan, now: number): void {
  const groups = new Map<string, Activity[]>();
  for (const prospect of plan.prospects) {
    const name = groupOf(prospect, now);
    const group = groups.get(name);
    if (group) group.push(prospect.activity);
    else groups.set(name, [prospect.activity]);
  }
  plan.scales.clear();
  for (const [name, group] of groups) plan.scales.set(name, calibration(group));
  const told = new Map<ResourceName, number>();
  const { rate, tells } = plan.columns;
  for (const [position, prospect] of plan.prospects.entries()) {
    const all = rateOf(plan, prospect, now);
    const recall = recallFor(plan, prospect);
    rate[position] = all * (1 - recall);
    const from = hintedBy(prospect.resource);
    if (from !== null) told.set(from, (told.get(from) ?? 0) + all * recall * prospect.weight);
  }
  // Reading a hint finds what it tells of: that is worth as much as changes of its own.
  for (const [position, { resource, weight }] of plan.prospects.entries())
    tells[position] = (told.get(resource) ?? 0) / weight;
}

function rateOf(plan: Plan, prospect: Prospect, now: number): number {
  const scale = plan.scales.get(groupOf(prospect, now)) ?? 1;
  return visitRate(prospect.activity, prospect.bornAt, now, scale, plan.prior);
}

/** The share of its changes that a hint tells of, and chance would not. */
export function recallFor({ trust }: Plan, { resource }: Prospect): number {
  return hintedBy(resource) === null ? 0 : worthOf(trust.get(resource) ?? noTrust);
}

/** How many visits were to be expected of a source since its last poll, told of by a hint or not. */
export function expectedSince(plan: Plan, id: string, now: number): number {
  const position = plan.positions.get(id);
  const prospect = position === undefined ? undefined : plan.prospects[position];
  return prospect ? rateOf(plan, prospect, now) * Math.max(0, now - prospect.polledAt) : 0;
}

/** Whether a list is read for what it tells of others more than for itself. */
export function tellsMost({ positions, columns }: Plan, id: string): boolean {
  const position = positions.get(id) ?? -1;
  return (columns.tells[position] ?? 0) > (columns.rate[position] ?? 0);
}

/** Puts a source into the plan, or what is known of it now. */
export function put(plan: Plan, prospect: Prospect, now: number): void {
  const { prospects, positions, columns } = plan;
  const isNew = !positions.has(prospect.id);
  const position = positions.get(prospect.id) ?? prospects.length;
  positions.set(prospect.id, position);
  prospects[position] = prospect;
  if (position >= columns.rate.length) grow(columns);
  // What stood here before may have told of others.
  if (isNew) columns.tells[position] = 0;
  columns.rate[position] = rateOf(plan, prospect, now) * (1 - recallFor(plan, prospect));
  columns.worth[position] = prospect.weight / prospect.requests;
  columns.requests[position] = prospect.requests;
  columns.polledAt[position] = prospect.polledAt;
  columns.notBefore[position] = prospect.notBefore;
  columns.rest[position] = sessionRest(prospect.activity, prospect.polledAt);
  const trust = plan.trust.get(prospect.resource) ?? noTrust;
  // What it adds to the odds, which are those of all visits, while the rate is of those that no hint tells of.
  const more = prospect.hinted ? Math.max(0, liftOf(trust) - 1) : 0;
  columns.hinted[position] = more / (1 - recallFor(plan, prospect));
}

/** Takes a source out; the last one moves to its place. */
export function take(plan: Plan, id: string): void {
  const { prospects, positions, columns } = plan;
  const position = positions.get(id);
  const last = prospects.pop();
  if (position === undefined || !last) {
    if (last) prospects.push(last);
    return;
  }
  positions.delete(id);
  if (last.id === id) return;
  const from = prospects.length;
  prospects[position] = last;
  positions.set(last.id, position);
  for (const name of columnNames) columns[name][position] = columns[name][from] ?? 0;
}

function grow(columns: Columns): void {
  for (const name of columnNames) {
    const wider = new Float64Array(columns[name].length * 2);
    wider.set(columns[name]);
    columns[name] = wider;
  }
}
