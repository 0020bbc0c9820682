import { cardOf } from "../domain/card.js";
import { type FrozenEvent, thaw } from "../domain/event.js";
import { accountOf } from "../domain/ids.js";
import { createRecent } from "../recent.js";
import { type BoxMemory, type CardFile, cardArguments, createCardFile } from "./cards.js";
import { account as keys } from "./keys.js";
import type { RedisClient } from "./redis.js";
import type { RunScript } from "./scripts.js";

/** An event with its place in its account's stream. */
export interface PlacedEvent extends FrozenEvent {
  readonly position: string;
}

export interface EventStore {
  /** States events about pixiehook itself, and samples; each id once. */
  append(account: string, events: readonly FrozenEvent[]): Promise<void>;
  get(id: string): Promise<FrozenEvent | null>;
  /** In the order of `ids`; null for those that are not kept any more. */
  getMany(ids: readonly string[]): Promise<(FrozenEvent | null)[]>;
  /**
   * As `getMany`, without asking for what this process has read just now. It may be deleted already: the caller makes
   * sure that its account is there.
   */
  getRecent(ids: readonly string[]): Promise<(FrozenEvent | null)[]>;
  /** Events after a position (`0` for the first), oldest first. */
  after(account: string, position: string, limit: number): Promise<PlacedEvent[]>;
  /** Events before a position (`+` for the newest), newest first. */
  before(account: string, position: string, limit: number): Promise<PlacedEvent[]>;
  /** Events from one position to another, both included, oldest first. */
  between(account: string, from: string, to: string): Promise<PlacedEvent[]>;
  /** The position of an event, or null. */
  find(id: string): Promise<string | null>;
  /** What finds events without reading them. */
  cards(account: string): CardFile;
  /** A position before everything that was written at `time` (ms) or later, however the clocks differ. */
  positionAt(time: number): string;
  /** The position up to which events are fanned out. */
  cursor(account: string): Promise<string>;
  moveCursor(account: string, from: string, to: string): Promise<void>;
  /** Deletes fanned-out events from before `time` (ms), at most `limit` of them; how many it were. */
  /** The ids of all events of an account. */
  ids(account: string): Promise<string[]>;
  trim(account: string, time: number, limit: number): Promise<number>;
}

/** One row of a stream: its position and its fields, flat. */
export type StreamRow = [position: string, fields: string[]];

/** Streams are ordered by Redis's clock, which can differ from ours by this much, ms. */
export const clockSkewMs = 600_000;

function placed([position, fields]: StreamRow): PlacedEvent {
  const [, id = "", , type = "", , body = "", mark, value = ""] = fields;
  const event = { position, id, type, body };
  if (mark === "hold") return { ...event, hold: value };
  return mark === "only" ? { ...event, onlyFor: value.split(" ").filter((one) => one !== "") } : event;
}

/** What a row says of an event beside its text: a name and a value, both empty for most. */
function markOf({ hold, onlyFor }: FrozenEvent): [name: string, value: string] {
  if (hold !== undefined) return ["hold", hold];
  return onlyFor ? ["only", onlyFor.join(" ")] : ["", ""];
}

/** Events as scripts take them. */
export function eventArguments(events: readonly FrozenEvent[]): (string | number)[] {
  return events.flatMap((event) => {
    const card = cardArguments(cardOf(thaw(event)));
    return [event.id, event.type, event.body, ...markOf(event), ...card];
  });
}

/** Whether position `a` lies after `b` (`ms-sequence` both). */
export function isAfter(a: string, b: string): boolean {
  const [aTime = 0, aSequence = 0] = a.split("-").map(Number);
  const [bTime = 0, bSequence = 0] = b.split("-").map(Number);
  return aTime > bTime || (aTime === bTime && aSequence > bSequence);
}

/** Characters of events that are kept in memory. */
const recentLength = 8_000_000;

export function createEventStore(client: RedisClient, run: RunScript, memory: BoxMemory): EventStore {
  const recent = createRecent<FrozenEvent>(recentLength);
  const remember = <E extends FrozenEvent>(event: E): E => {
    recent.set(event.id, event, event.body.length);
    return event;
  };

  async function find(id: string): Promise<string | null> {
    const account = accountOf(id);
    return account && client.hget(keys.eventIds(account), id);
  }

  async function getOne(id: string): Promise<FrozenEvent | null> {
    const [account, position] = [accountOf(id), await find(id)];
    if (!account || !position) return null;
    const [row] = await client.xrange(keys.events(account), position, position);
    return row ? placed(row) : null;
  }

  const cards = (account: string) =>
    createCardFile(client, run, { key: keys.cards(account), owner: keys.record(account), memory });

  return {
    find,
    cards,
    get: getOne,
    getMany: (ids) => Promise.all(ids.map(getOne)),
    getRecent: (ids) =>
      Promise.all(
        ids.map(async (id) => {
          const known = recent.get(id) ?? (await getOne(id));
          return known && remember(known);
        }),
      ),
    async append(account, events) {
      if (events.length === 0) return;
      const args = eventArguments(events);
      await run(
        "append",
        [keys.record(account), keys.events(account), keys.eventIds(account), keys.cards(account)],
        [events.length, ...args],
      );
    },
    async after(account, position, limit) {
      const start = position === "0" ? "-" : `(${position}`;
      const rows = await client.xrange(keys.events(account), start, "+", "COUNT", limit);
      return rows.map((row) => remember(placed(row)));
    },
    async before(account, position, limit) {
      return (await rowsBefore(client, keys.events(account), position, limit)).map(placed);
    },
    between: async (account, from, to) => (await client.xrange(keys.events(account), from, to)).map(placed),
    positionAt: (time) => `${Math.max(1, time - clockSkewMs)}-0`,
    async cursor(account) {
      return (await client.get(keys.cursor(account))) ?? "0";
    },
    async moveCursor(account, from, to) {
      await run("move-cursor", [keys.record(account), keys.cursor(account)], [from, to]);
    },
    ids: (account) => client.hkeys(keys.eventIds(account)),
    async trim(account, time, limit) {
      const cursor = (await client.get(keys.cursor(account))) ?? "0";
      const rows = await client.xrange(keys.events(account), "-", `${time}`, "COUNT", limit);
      const old = rows.map(placed).filter(({ position }) => !isAfter(position, cursor));
      if (old.length === 0) return 0;
      await client.hdel(keys.eventIds(account), ...old.map(({ id }) => id));
      await client.xdel(keys.events(account), ...old.map(({ position }) => position));
      await trimCards(client, keys.events(account), cards(account));
      return old.length;
    },
  };
}

/** Rows before a position (`+` for the newest), newest first. */
export async function rowsBefore(
  client: RedisClient,
  stream: string,
  position: string,
  limit: number,
): Promise<StreamRow[]> {
  if (position === "+") return client.xrevrange(stream, "+", "-", "COUNT", limit);
  // Asked for what is before all rows, Redis walks through the whole stream from its end: a second for a million.
  const [oldest] = await client.xrange(stream, "-", "+", "COUNT", 1);
  if (!oldest || !isAfter(position, oldest[0])) return [];
  return client.xrevrange(stream, `(${position}`, "-", "COUNT", limit);
}

/** Throws away the cards of rows that are gone. */
export async function trimCards(client: RedisClient, stream: string, cards: CardFile): Promise<void> {
  const [oldest] = await client.xrange(stream, "-", "+", "COUNT", 1);
  await cards.trim(oldest?.[0] ?? "9999999999999-0");
}
