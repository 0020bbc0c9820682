import type { Account } from "../domain/account.js";
import { isInTrouble, recoveringWith } from "../domain/health.js";
import { hintedBy, judgeHint, noTrust, type Trust } from "../domain/hints.js";
import { nextMarks } from "../domain/marks.js";
import { createPlan, expectedSince, type Plan, put, take, tellsMost } from "../domain/plan.js";
import { boundsOf, subscribedResources } from "../domain/polling.js";
import {
  coveredBy,
  heeded,
  isHinted,
  markFor,
  type Outlook,
  prospectOf,
  wordsOf,
} from "../domain/prospect.js";
import { type ResourceName, resourceNames } from "../domain/record.js";
import type { SourceState } from "../domain/source.js";
import { nextTurn } from "../domain/turn.js";
import type { Scan } from "../domain/upstream.js";
import type { Store } from "../store/store.js";
import type { Parts } from "./parts.js";

/** All that says what an account polls next. */
export interface Prospects {
  readonly plan: Plan;
  readonly states: Map<string, SourceState>;
  readonly outlook: Outlook & { readonly marks: Map<string, string> };
  /** How good hints have proved, by the resource that is hinted at. */
  readonly trust: Map<ResourceName, Trust>;
  /** Of these, the ones whose lists are read: what the plan goes by. */
  readonly told: Map<ResourceName, Trust>;
}

/** What of the store is read for that. */
interface Known {
  readonly sources: Pick<Store["sources"], "list">;
  readonly hints: Pick<Store["hints"], "marks" | "trust">;
  readonly subscriptions: Pick<Store["subscriptions"], "all">;
}

/** Reads what is known of an account's sources. */
export async function prospectsOf(
  account: Pick<Account, "id" | "polling">,
  store: Known,
  now: number,
): Promise<Prospects> {
  const [states, marks, trust, subscriptions] = await Promise.all([
    store.sources.list(account.id),
    store.hints.marks(account.id),
    store.hints.trust(account.id),
    store.subscriptions.all(),
  ]);
  const told = heeded(trust, states);
  const subscribed = new Set(subscribedResources(account, subscriptions));
  const outlook = { marks, subscribed, bounds: boundsOf(account) };
  const prospects = states.flatMap((state) => prospectOf(state, outlook) ?? []);
  const byId = new Map(states.map((state) => [state.id, state]));
  return { plan: createPlan(prospects, now, { trust: told }), states: byId, outlook, trust, told };
}

/** A source to be polled now, and whether that was asked for, or when (ms; infinite for never) there is one. */
export type Chosen =
  | { readonly id: string; readonly asked: boolean }
  | { readonly id: null; readonly at: number };

/** Chooses what an account polls, for one slice of time, and takes note of what the polls find. */
export interface Chooser {
  pick(): Promise<Chosen>;
  /** What the hint for a source says at the beginning of its poll. */
  hintFor(state: SourceState): string | null;
  /** How many sources but this one fail, or are off. */
  failing(id: string): number;
  /** Whether a list is worth reading as a whole, for what it hints at. */
  readsWhole(id: string): boolean;
  /** A source was read, and is stored as `after`; `changed`: whether anything did, null where that is open. */
  read(before: SourceState, after: SourceState, scan: Scan, changed: boolean | null): Promise<void>;
  /** A source was not read, or is not watched any more: it has an appointment, or none. */
  put(id: string, after: SourceState | null): void;
}

/**
 * Thousands of lists can be asked for at once, by a new subscription or by a person: every fourth request goes to what is
 * busy all the same.
 */
const mostAskedInARow = 3;

const isResource = (name: string) => resourceNames.some((each) => each === name);

/** `fence`: the worker's token. Of one that was overtaken nothing is noted. */
export async function createChooser(
  account: Account,
  fence: string,
  { store, now }: Pick<Parts, "store" | "now">,
): Promise<Chooser> {
  const { plan, states, outlook, trust, told } = await prospectsOf(account, store, now());
  const { effectiveRequestsPerMinute } = await store.budget.state(
    account.id,
    account.polling.requestsPerMinute,
  );
  const { marks } = outlook;
  // An account that was slowed down has less to spend on the longest interval, too.
  const bounds = { ...outlook.bounds, requestsPerMinute: effectiveRequestsPerMinute };
  let askedInARow = 0;

  function note(id: string, state: SourceState | null, notBefore?: number): void {
    if (state) states.set(id, state);
    else states.delete(id);
    const prospect = state && prospectOf(state, outlook);
    const known = notBefore ?? plan.prospects[plan.positions.get(id) ?? -1]?.notBefore ?? 0;
    if (prospect) put(plan, { ...prospect, notBefore: Math.max(known, prospect.notBefore) }, now());
    else take(plan, id);
  }

  async function judge(before: SourceState, changed: boolean): Promise<void> {
    const from = hintedBy(before.resource);
    if (from === null || !before.baselined || before.hint === null) return;
    const hinted = isHinted(before, marks);
    const hint = [...states.values()].find(({ resource }) => resource === from);
    const covered = coveredBy(hint, before, now());
    if (!hinted && !(changed && covered > 0)) return;
    const proof = { hinted, changed, covered, expected: expectedSince(plan, before.id, now()) };
    const after = judgeHint(trust.get(before.resource) ?? noTrust, proof);
    trust.set(before.resource, after);
    if (hint?.status === "active") told.set(before.resource, after);
    await store.hints.setTrust(account.id, fence, before.resource, after);
  }

  async function follow(after: SourceState, scan: Scan): Promise<void> {
    const said = wordsOf(after, scan);
    if (!said) return;
    const { marks: noted, moved } = nextMarks(marks, said);
    const isWhole = scan.complete && after.resource === "collections";
    const gone = isWhole ? [...marks.keys()].filter((name) => !said.has(name) && !isResource(name)) : [];
    if (noted.size === 0 && gone.length === 0) return;
    await store.hints.note(account.id, fence, noted, gone);
    for (const [name, mark] of noted) marks.set(name, mark);
    for (const name of gone) marks.delete(name);
    for (const [id, state] of states) {
      if (hintedBy(state.resource) === after.resource && moved.has(state.scope?.id ?? after.resource))
        note(id, state);
    }
  }

  return {
    hintFor: (state) => markFor(state, marks),
    failing: (id) => [...states.values()].filter((other) => other.id !== id && isInTrouble(other)).length,
    readsWhole: (id) => tellsMost(plan, id),
    put: (id, after) => note(id, after),
    async pick() {
      const due = await store.sources.nextDue(account.id);
      const isDue = due !== null && due.at <= now();
      if (isDue && askedInARow < mostAskedInARow) {
        askedInARow++;
        return { id: due.id, asked: true };
      }
      askedInARow = 0;
      const turn = nextTurn(plan, now(), bounds);
      // It may have been asked for as well, and not be the first of those.
      if (turn.id !== null)
        return { id: turn.id, asked: isDue && (await store.sources.isDue(account.id, turn.id, now())) };
      if (isDue) return { id: due.id, asked: true };
      return { id: null, at: Math.min(turn.at, due?.at ?? Infinity) };
    },
    async read(before, after, scan, changed) {
      if (changed !== null) await judge(before, changed);
      // From its end on: a list that takes long to read is not read again and again.
      note(after.id, after, now() + bounds.shortestMs);
      await follow(after, scan);
      const alike = recoveringWith(before, states.values());
      if (alike.length > 0) await store.sources.hurry(account.id, [], alike, now());
    },
  };
}
