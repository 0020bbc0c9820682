import type { Card } from "../domain/card.js";
import { type BoxMemory, type CardFile, cardArguments, createCardFile } from "./cards.js";
import { rowsBefore, trimCards } from "./events.js";
import { shared } from "./keys.js";
import type { RedisClient } from "./redis.js";
import type { RunScript } from "./scripts.js";

/** Where an event of some account stands, in the order in which events of all accounts were fanned out. */
export interface LogEntry {
  readonly position: string;
  readonly account: string;
  readonly event: string;
  readonly type: string;
  /** How many subscriptions wanted it when it was fanned out; null when that was not noted. */
  readonly matched: number | null;
}

/** An entry on its way into the log. */
export type NewLogEntry = Omit<LogEntry, "position" | "matched"> &
  Partial<Pick<LogEntry, "matched">> & { readonly card: Card };

/** The events of all accounts by reference: for lists and live tails over everything. */
export interface EventLog {
  /** Adds entries that are not there yet. */
  append(entries: readonly NewLogEntry[]): Promise<void>;
  after(position: string, limit: number): Promise<LogEntry[]>;
  before(position: string, limit: number): Promise<LogEntry[]>;
  /** Entries from one position to another, both included, oldest first. */
  between(from: string, to: string): Promise<LogEntry[]>;
  /** What finds events without reading them. */
  readonly cards: CardFile;
  /** The position of an event, or null. */
  find(event: string): Promise<string | null>;
  /** How many subscriptions wanted each of these events; null where that is not known. */
  matched(events: readonly string[]): Promise<(number | null)[]>;
  /** The newest position, or `0`. */
  end(): Promise<string>;
  trim(time: number, limit: number): Promise<number>;
  /** The events of an account that stand in it, found by looking at all entries. */
  eventsOf(account: string): Promise<string[]>;
  /** Deletes the entries about these events. */
  forget(events: readonly string[]): Promise<void>;
}

function entryOf([position, fields]: [string, string[]]): LogEntry {
  const [, account = "", , event = "", , type = "", , matched] = fields;
  return { position, account, event, type, matched: matched === undefined ? null : Number(matched) };
}

const forgetAtOnce = 500;
const scannedAtOnce = 1_000;

export function createEventLog(client: RedisClient, run: RunScript, memory: BoxMemory): EventLog {
  const cards = createCardFile(client, run, { key: shared.logCards, memory });
  return {
    cards,
    async append(entries) {
      if (entries.length === 0) return;
      const args = entries.flatMap(({ account, event, type, matched, card }) => [
        account,
        event,
        type,
        matched ?? "",
        ...cardArguments(card),
      ]);
      await run("log-append", [shared.log, shared.logIds, shared.logCards], args);
    },
    async after(position, limit) {
      const start = position === "0" ? "-" : `(${position}`;
      return (await client.xrange(shared.log, start, "+", "COUNT", limit)).map(entryOf);
    },
    async before(position, limit) {
      return (await rowsBefore(client, shared.log, position, limit)).map(entryOf);
    },
    between: async (from, to) => (await client.xrange(shared.log, from, to)).map(entryOf),
    find: (event) => client.hget(shared.logIds, event),
    async matched(events) {
      if (events.length === 0) return [];
      const positions = await client.hmget(shared.logIds, ...events);
      const rows = await Promise.all(
        positions.map(async (at) => (at === null ? [] : client.xrange(shared.log, at, at))),
      );
      return rows.map(([row]) => (row ? entryOf(row).matched : null));
    },
    async end() {
      const [newest] = await client.xrevrange(shared.log, "+", "-", "COUNT", 1);
      return newest ? newest[0] : "0";
    },
    async eventsOf(account) {
      const found: string[] = [];
      for (let start = "-"; ; ) {
        const rows = await client.xrange(shared.log, start, "+", "COUNT", scannedAtOnce);
        const entries = rows.map(entryOf);
        found.push(...entries.filter((entry) => entry.account === account).map(({ event }) => event));
        const last = entries.at(-1);
        if (!last || entries.length < scannedAtOnce) return found;
        start = `(${last.position}`;
      }
    },
    async forget(events) {
      for (let i = 0; i < events.length; i += forgetAtOnce) {
        const some = events.slice(i, i + forgetAtOnce);
        const positions = (await client.hmget(shared.logIds, ...some)).filter((at) => at !== null);
        if (positions.length > 0) await client.xdel(shared.log, ...positions);
        await client.hdel(shared.logIds, ...some);
      }
    },
    async trim(time, limit) {
      const rows = await client.xrange(shared.log, "-", `${time}`, "COUNT", limit);
      const old = rows.map(entryOf);
      if (old.length === 0) return 0;
      await client.hdel(shared.logIds, ...old.map(({ event }) => event));
      await client.xdel(shared.log, ...old.map(({ position }) => position));
      await trimCards(client, shared.log, cards);
      return old.length;
    },
  };
}
