import type { PixiehookEvent } from "../../../src/domain/event.js";
import type { JsonObject } from "../../../src/domain/json.js";
import { type Shown, shownValue } from "./kinds.js";
import { isAllRead, isCredible, type Sight } from "./sight.js";
import { type TrueList, wasAbsentSince, wasOtherwiseSince, wasThereSince } from "./world.js";

/** What was told of a record last. */
interface Told extends Shown {
  readonly value: number;
}

/** Since when a record was not shown, in readings that could be believed. */
interface Absence {
  readonly tick: number;
  readonly time: number;
}

/** What someone knows who was told the events of one list, and the baseline. */
export interface Listener {
  readonly list: TrueList;
  readonly told: Map<number, Told>;
  readonly revisions: Map<number, number>;
  readonly absent: Map<number, Absence>;
  baselined: boolean;
}

/** How long a record must be missing before its removal may be told, ms. */
const removalPauseMs = 1_000;

export function createListener(list: TrueList): Listener {
  const listener: Listener = {
    list,
    told: new Map(),
    revisions: new Map(),
    absent: new Map(),
    baselined: false,
  };
  list.toldValue = (key) => listener.told.get(key)?.value;
  return listener;
}

export function fail(what: string, details: object): never {
  throw new Error(`${what}: ${JSON.stringify(details)}`);
}

const same = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].every((name) => same(left[name] ?? null, right[name] ?? null));
};

/** What changes by itself is no change, and not among the old values. */
const restless = /^(photoCount|videoCount|amountFormatted)$/;

function assertPrevious(told: Told, { data }: PixiehookEvent): void {
  const { previous, object } = data;
  const names = Object.keys(object).filter(
    (name) => !restless.test(name) && !same(told.object[name], object[name]),
  );
  const expected: JsonObject = Object.fromEntries(names.map((name) => [name, told.object[name] ?? null]));
  if (!same(told.client, data.client)) expected.client = told.client;
  if (!same(previous, expected)) fail("the old values are not the ones told last", { previous, expected });
  if (Object.keys(expected).length === 0) fail("an update changes nothing", { object });
}

/** What someone learns from one event of a list. `sight`: what the list showed in the poll that stated it. */
export function hear(
  listener: Listener,
  event: PixiehookEvent,
  sight: Sight | undefined,
  time: number,
): void {
  const { list, told, revisions } = listener;
  const { object, client, detected } = event.data;
  const shown: Shown = { object, client: client && { ...client } };
  const key = list.kind.keyOf(shown);
  const before = told.get(key);
  const about = { type: event.type, key, revision: detected.revision, before: before?.value };
  if (!listener.baselined) fail("an event before the baseline", about);
  if (!sight) fail("an event about a list that was not read", about);
  const value = shownValue(list.kind, key, shown);
  if (value === null) fail("a record as it never was", { ...about, object, client });
  const revision = revisions.get(key) ?? 0;
  // A record that is further when it is first seen, is told in two events.
  if (detected.revision === revision && before && same(before.object, object)) return;
  if (detected.revision !== revision + 1) fail("revisions do not follow each other", { ...about, revision });
  revisions.set(key, detected.revision);
  if (/\.removed$/.test(event.type)) {
    if (!before || !same(before.object, object)) fail("what is removed is not what was told", about);
    assertRemoved(listener, key, sight, time, detected.notBefore);
    told.delete(key);
    return;
  }
  if (!sight.served.get(key)?.has(value)) fail("a value that was not shown", { ...about, value });
  assertNotBefore(list, key, value, sight, event);
  if (/\.(created|added)$/.test(event.type)) {
    if (before) fail("created twice", about);
  } else {
    if (!before) fail("updated before it was created", about);
    assertPrevious(before, event);
  }
  told.set(key, { ...shown, value });
}

/** Where no reading may have missed it, a change is never said to have happened later than it did. */
function assertNotBefore(
  list: TrueList,
  key: number,
  value: number,
  sight: Sight,
  { type, data: { detected } }: PixiehookEvent,
): void {
  if (detected.notBefore === null || list.uncertain || list.obscure.has(key)) return;
  const since = Date.parse(detected.notBefore);
  if (!list.disturbedAt.has(since) && !wasOtherwiseSince(list, key, value, since))
    fail("happened before the time that is told", { type, key, value, head: sight.isHead, ...detected });
}

function assertRemoved(
  { list, absent }: Listener,
  key: number,
  sight: Sight,
  time: number,
  notBefore: string | null,
): void {
  if (sight.isHead) fail("removed on the word of a look at the head", { key });
  const since = absent.get(key);
  const about = { key, since, time };
  if (sight.served.has(key)) fail("removed, and shown in the same reading", about);
  if (!isCredible(sight)) fail("removed on the word of a reading that is not to be believed", about);
  if (!since) fail("removed at its first absence", about);
  if (time - since.time < removalPauseMs) fail("removed too soon", about);
  if (!wasAbsentSince(list, key, since.tick)) fail("removed, and was there all the time", about);
  if (notBefore !== null && !wasThereSince(list, key, Date.parse(notBefore)))
    fail("removed before the time that is told", { ...about, notBefore });
}

/** Notes who is absent from a reading. `committed`: whether pixiehook has taken note of it for certain. */
export function noteAbsence(
  { told, absent }: Listener,
  sight: Sight,
  time: number,
  committed: boolean,
): void {
  const isRead = isAllRead(sight);
  for (const key of told.keys()) {
    if (sight.served.has(key)) {
      if (committed && isRead) absent.delete(key);
    } else if (isCredible(sight) && !absent.has(key)) absent.set(key, { tick: sight.startTick, time });
  }
  for (const key of absent.keys()) if (!told.has(key)) absent.delete(key);
}
