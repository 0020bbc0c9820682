import { fieldOf, homeCollection, type ListKind } from "./kinds.js";
import type { Paging } from "./paging.js";

/** A change of the truth. `pick` chooses among what there is. */
export interface Change {
  readonly kind: "create" | "update" | "remove" | "restore" | "move";
  readonly list: 0 | 1;
  readonly pick: number;
}

/** What a record was from a moment on; null: not there. */
interface Moment {
  readonly tick: number;
  readonly time: number;
  readonly value: number | null;
}

/** A list as it really is, and was at every moment. */
export interface TrueList {
  readonly kind: ListKind;
  readonly paging: Paging;
  readonly size: number;
  /** The records that are there, in the order of the list. */
  readonly order: number[];
  readonly values: Map<number, number>;
  readonly past: Map<number, Moment[]>;
  /** What was changed since the last poll ended. */
  readonly touched: Set<number>;
  /** Records that stood elsewhere before, or in a row that nobody can read: when they came cannot be known. */
  readonly obscure: Set<number>;
  /** When (ms) readings of the whole list began with whose answers something was wrong. */
  readonly disturbedAt: Set<number>;
  nextKey: number;
  /** A reading may have missed a record that is there, and no good one has been since. */
  uncertain: boolean;
  /** Whether its end was shown as it is not: it takes long until another one is believed. */
  misled: boolean;
  /** The value that was told last of a record; undefined when none was. Set by the observer. */
  toldValue: (key: number) => number | undefined;
}

/** The truth that pixiehook cannot see but through a server that fails. */
export interface World {
  readonly lists: readonly [TrueList, TrueList];
  /** One more with every change. */
  tick: number;
  /** Milliseconds since 1970. */
  time: number;
}

export interface ListStart {
  readonly paging: Paging;
  readonly size: number;
  readonly records: number;
}

function createList(kind: ListKind, { paging, size }: ListStart): TrueList {
  return {
    kind,
    paging,
    size,
    order: [],
    values: new Map(),
    past: new Map(),
    touched: new Set(),
    obscure: new Set(),
    disturbedAt: new Set(),
    nextKey: 1,
    // A first look that misses something cannot know it, and makes a change of it later.
    uncertain: true,
    misled: false,
    toldValue: () => undefined,
  };
}

function set(world: World, list: TrueList, key: number, value: number | null): void {
  world.tick++;
  const moments = list.past.get(key) ?? [];
  moments.push({ tick: world.tick, time: world.time, value });
  list.past.set(key, moments);
  list.touched.add(key);
  if (value === null) list.values.delete(key);
  else list.values.set(key, value);
}

function create(world: World, list: TrueList, atFront: boolean): void {
  const key = list.nextKey++;
  if (atFront) list.order.unshift(key);
  else list.order.push(key);
  set(world, list, key, 0);
}

export function createWorld(
  kinds: readonly [ListKind, ListKind],
  starts: readonly [ListStart, ListStart],
  time: number,
): World {
  const lists = [createList(kinds[0], starts[0]), createList(kinds[1], starts[1])] as const;
  const world: World = { lists, tick: 0, time };
  for (const [index, list] of lists.entries()) {
    for (let i = 0; i < (starts[index]?.records ?? 0); i++) create(world, list, false);
  }
  return world;
}

/** A field that changes in most records, and alone, is set aside: that is another story, and not this one. */
function isTooMuch(list: TrueList, key: number): boolean {
  const others = [...list.values].filter(
    ([other, value]) =>
      other !== key &&
      fieldOf(list.kind, other) === fieldOf(list.kind, key) &&
      (list.touched.has(other) || list.toldValue(other) !== value),
  );
  return others.length >= 2;
}

/** Changes the truth. `isRead`: a reading is under way, which what moves can slip through. */
export function change(world: World, { kind, list: index, pick }: Change, isRead: boolean): void {
  const list = world.lists[index];
  const { order, values } = list;
  const at = order.length === 0 ? 0 : (pick >> 1) % order.length;
  const key = order[at];
  const mayHide = isRead && (kind === "remove" || kind === "move");
  if (mayHide && list.uncertain) return;
  if (mayHide) list.uncertain = true;
  if (kind === "create") {
    create(world, list, pick % 2 === 0);
    return;
  }
  if (kind === "restore") {
    const gone = [...list.past.keys()].filter((past) => !values.has(past));
    const back = gone[(pick >> 2) % Math.max(1, gone.length)];
    if (back === undefined) return;
    order.splice(pick % (order.length + 1), 0, back);
    // Should its absence never be told, it is a change like any other.
    const value = isTooMuch(list, back) ? (list.toldValue(back) ?? 0) : pick % 3;
    set(world, list, back, value);
    return;
  }
  if (key === undefined) return;
  if (kind === "update") {
    const value = ((values.get(key) ?? 0) + 1 + (pick % 2)) % 3;
    if (!isTooMuch(list, key)) set(world, list, key, value);
    return;
  }
  if (kind === "remove") {
    if (index === 0 && key === homeCollection) return;
    order.splice(at, 1);
    set(world, list, key, null);
    return;
  }
  world.tick++;
  list.obscure.add(key);
  order.splice(at, 1);
  order.splice(pick % (order.length + 1), 0, key);
}

/** Many new records at once. */
export function grow(world: World, index: 0 | 1, count: number): void {
  for (let i = 0; i < count; i++) create(world, world.lists[index], i % 2 === 0);
}

/** What a record was at a tick; undefined when it was not there. */
function valueAt(list: TrueList, key: number, tick: number): number | undefined {
  return list.past.get(key)?.findLast((moment) => moment.tick <= tick)?.value ?? undefined;
}

/** Whether a record was not there at some moment from a tick on. */
export function wasAbsentSince(list: TrueList, key: number, tick: number): boolean {
  const moments = list.past.get(key) ?? [];
  if (valueAt(list, key, tick) === undefined) return true;
  return moments.some((moment) => moment.tick > tick && moment.value === null);
}

/** Whether a record was there at some moment from a time (ms) on. */
export function wasThereSince(list: TrueList, key: number, time: number): boolean {
  const moments = list.past.get(key) ?? [];
  return moments.some(({ value }, i) => value !== null && (moments[i + 1]?.time ?? Infinity) >= time);
}

/** Whether a record was something else, or not there, at some moment from a time (ms) on. */
export function wasOtherwiseSince(list: TrueList, key: number, value: number, time: number): boolean {
  const moments = list.past.get(key) ?? [];
  const [first] = moments;
  if (first && first.time >= time) return true;
  return moments.some((moment, i) => moment.value !== value && (moments[i + 1]?.time ?? Infinity) >= time);
}

/** Records that were there all the time since a tick. */
export function thereSince(list: TrueList, tick: number): number[] {
  return list.order.filter((key) => !wasAbsentSince(list, key, tick));
}
