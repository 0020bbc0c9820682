import type { Account } from "../domain/account.js";
import { fullyReadAt } from "../domain/head.js";
import { hashOf, sourceId } from "../domain/ids.js";
import { wantedResources } from "../domain/polling.js";
import type { ResourceName, SnapshotEntry, SourceKey } from "../domain/record.js";
import { isLongGone, keptWhenGoneMs } from "../domain/retention.js";
import type { SourceState } from "../domain/source.js";
import type { Step } from "../domain/upstream.js";
import type { Watched } from "../store/accounts.js";
import type { NewSource } from "../store/sources.js";
import type { Store } from "../store/store.js";
import type { Parts, UpstreamParts } from "./parts.js";

/** What sources take over from their collection. */
type Collections = ReadonlyMap<string, { readonly name: string | null; readonly bornAt: number | null }>;

/**
 * When (ms) a collection began, for its clients: the later of the day that it is about and its creation. Null when
 * neither is known.
 */
function birthOf({ d, o }: SnapshotEntry): number | null {
  const times = [d.eventDate, o].flatMap((text) => {
    const time = typeof text === "string" ? Date.parse(text) : Number.NaN;
    return Number.isNaN(time) ? [] : [time];
  });
  return times.length === 0 ? null : Math.max(...times);
}

/** When (ms) a list was last read whole. */
function readAtOf(state: SourceState): number | null {
  const at = fullyReadAt(state);
  return at === null ? null : Date.parse(at);
}

/** What a listing says of the collections of an account. */
interface Listed {
  readonly collections: Collections;
  /** When (ms) others went. */
  readonly goneAt: ReadonlyMap<string, number>;
  /** When (ms) all of it was read. */
  readonly readAt: number | null;
}

/** The last good listing of an account; null before the first one. */
async function collectionsOf(store: Store, account: string): Promise<Listed | null> {
  const id = sourceId(account, "collections", null);
  const source = await store.sources.get(account, id);
  if (!source?.state.baselined) return null;
  const entries = await store.snapshots.all(account, id);
  const collections = new Map<string, { name: string | null; bornAt: number | null }>();
  const goneAt = new Map<string, number>();
  for (const [key, entry] of entries) {
    if (entry.x !== undefined) {
      goneAt.set(key, entry.x);
      continue;
    }
    const { id, name } = entry.d;
    const named = typeof name === "string" ? name : null;
    collections.set(typeof id === "string" ? id : key, { name: named, bornAt: birthOf(entry) });
  }
  return { collections, goneAt, readAt: readAtOf(source.state) };
}

/**
 * Brings an account's sources in line with what is wanted: adds those that are missing, forgets those that nobody
 * wants any more. A source of a collection that appeared while its resource was already watched starts from an
 * empty snapshot, so that the first thing that happens in it is told; any other begins with a silent baseline.
 * Doing it again changes nothing, so it may be cut off anywhere. A worker that was overtaken changes nothing either.
 * While all that it goes by is what it was when it was last done, it is not done. Whether it was.
 */
export async function reconcileSources(
  account: Account,
  fence: string,
  parts: SourceParts,
  now: number,
): Promise<boolean> {
  const { store } = parts;
  const listing = sourceId(account.id, "collections", null);
  const resources = wantedResources(account, await store.subscriptions.all());
  const [watched, listed, polled] = await Promise.all([
    store.accounts.watched(account.id),
    store.sources.get(account.id, listing),
    store.sources.lastTicket(account.id, listing),
  ]);
  const snapshot = listed?.state.baselined ? listed.snapshotVersion : null;
  // Once in a while all the same: what is gone is not kept for ever.
  const readAt = listed?.state.baselined ? readAtOf(listed.state) : null;
  const period = readAt === null ? null : Math.floor(readAt / keptWhenGoneMs(parts.retentionMs));
  const basis = basisOf(account, resources, [snapshot, period], parts);
  if (watched?.basis === basis && watched.ticket > (polled ?? 0)) return false;
  const ticket = await store.accounts.takeTicket(account.id);
  if (watched?.basis === basis) {
    await store.accounts.setWatched(account.id, fence, { ...watched, ticket });
    return false;
  }
  const note = (after: Watched) => store.accounts.setWatched(account.id, fence, after);
  // Cut off from here on, it is done again, even if what is wanted is what it was by then.
  if (watched?.basis && !(await note({ ...watched, basis: null }))) return false;
  const after = await bringInLine(account, fence, { watched, resources, ticket }, parts, now);
  if (after) await note({ ...after, basis });
  return true;
}

type SourceParts = Pick<Parts, "store" | "retentionMs"> & Pick<UpstreamParts, "resource">;

/** All that sources are made of: what is wanted, of which collections. Everything else here follows from it. */
function basisOf(
  account: Account,
  resources: readonly ResourceName[],
  moment: readonly (number | null)[],
  { resource }: SourceParts,
): string {
  const collections = account.collections === "all" ? "all" : hashOf(account.collections);
  return hashOf([collections, ...moment, ...resources.map((name) => `${name}/${resource(name).scope}`)]);
}

/** What is watched when it is done; null when a newer worker has taken over. */
async function bringInLine(
  account: Account,
  fence: string,
  look: { watched: Watched | null; resources: readonly ResourceName[]; ticket: number },
  parts: SourceParts,
  now: number,
): Promise<Watched | null> {
  const { store, resource } = parts;
  const { watched, resources, ticket } = look;
  const [existing, listed] = await Promise.all([
    store.sources.list(account.id),
    collectionsOf(store, account.id),
  ]);
  const collections = listed?.collections ?? null;
  const inScope = (id: string) => account.collections === "all" || account.collections.includes(id);
  const wasInScope = (id: string) =>
    watched?.collections === "all" || watched?.collections.includes(id) === true;

  const wanted = new Map<string, NewSource>();
  const want = (name: ResourceName, scope: SourceKey["scope"], more: Omit<NewSource, keyof SourceKey>) => {
    const id = sourceId(account.id, name, scope?.id ?? null);
    wanted.set(id, { id, account: account.id, resource: name, scope, ...more });
  };
  for (const name of resources) {
    if (resource(name).scope === "account") {
      want(name, null, { startsEmpty: false, bornAt: null });
      continue;
    }
    for (const [id, { name: title, bornAt }] of collections ?? []) {
      const startsEmpty = watched?.resources.includes(name) === true && wasInScope(id);
      if (inScope(id)) want(name, { id, name: title }, { startsEmpty, bornAt });
    }
  }

  const known = new Map(existing.map((source) => [source.id, source]));
  const missing = [...wanted.values()].filter(({ id }) => !known.has(id));
  const before = await store.sources.droppedBefore(
    account.id,
    missing.map(({ id }) => id),
  );
  // What was known once and dropped is not new: all that is there by now would be told.
  const added = missing.map((source) => (before.has(source.id) ? { ...source, startsEmpty: false } : source));
  if (!(await store.sources.add(account.id, fence, added, now))) return null;
  if (!(await describe(store, account.id, fence, existing, collections))) return null;

  // A collection that is gone keeps its snapshots for a while: it may come back. What is not asked for any more does not.
  const isGivenUp = (id: string) => {
    const goneAt = listed?.goneAt.get(id);
    return goneAt !== undefined && isLongGone(goneAt, listed?.readAt ?? null, parts.retentionMs);
  };
  const dropped = existing.filter(({ id, resource: name, scope }) => {
    if (wanted.has(id)) return false;
    const isGone =
      scope !== null && resources.includes(name) && inScope(scope.id) && !collections?.has(scope.id);
    return !isGone || isGivenUp(scope.id);
  });
  // First what is watched, then what is not any more: a source that is gone, but said to be watched, would begin with
  // an empty snapshot when it is wanted again, and tell all that is there.
  const settled = resources.filter((name) => collections !== null || resource(name).scope === "account");
  const after: Watched = { resources: settled, collections: account.collections, ticket };
  if (dropped.length === 0) return after;
  if (!(await store.accounts.setWatched(account.id, fence, after))) return null;
  const ids = dropped.map(({ id }) => id);
  return (await store.sources.drop(account.id, fence, ids)) ? after : null;
}

/**
 * Events carry the name that a collection has now, and its age says how soon it is polled. False when a newer worker has
 * taken over.
 */
async function describe(
  store: Store,
  account: string,
  fence: string,
  existing: readonly SourceState[],
  collections: Collections | null,
): Promise<boolean> {
  for (const { id, scope, bornAt } of existing) {
    const now = scope && collections?.get(scope.id);
    if (!now || (now.name === scope.name && now.bornAt === bornAt)) continue;
    if (!(await store.sources.describe(account, fence, id, now))) return false;
  }
  return true;
}

/** The lists of a collection that came back were given up as gone: they are looked at again now. */
export async function reviveSources(
  account: Pick<Account, "id">,
  { resource }: Pick<SourceState, "resource">,
  steps: readonly Step[],
  { store, now }: Parts,
): Promise<void> {
  if (resource !== "collections") return;
  const back = new Set(
    steps.filter(({ change }) => change?.kind === "restored").map(({ entry }) => entry.d.id),
  );
  if (back.size === 0) return;
  const known = (await store.sources.list(account.id)).filter(({ scope }) => scope && back.has(scope.id));
  const ids = known.map(({ id }) => id);
  await store.sources.hurry(account.id, [], ids, now());
}
