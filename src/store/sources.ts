import { digestLength } from "../domain/buckets.js";
import type { FrozenEvent } from "../domain/event.js";
import type { Hold } from "../domain/hold.js";
import type { SourceKey } from "../domain/record.js";
import { newSource, type SourceState } from "../domain/source.js";
import { eventArguments } from "./events.js";
import { account as keys } from "./keys.js";
import type { RedisClient } from "./redis.js";
import type { RunScript } from "./scripts.js";
import { type Bucket, bucketArguments } from "./snapshots.js";
import { readSource, writeFields } from "./source-text.js";

/** One atomic step of a poll. */
export interface Commit {
  readonly source: SourceState;
  readonly fence: string;
  readonly version: number;
  /** The buckets of the snapshot that change, with all that is in them. */
  readonly buckets: readonly Bucket[];
  readonly events: readonly FrozenEvent[];
  /** When (ms) the source is to be polled, whatever else is. */
  readonly nextPollAt: number;
  /**
   * The ticket of the finished poll; null while more steps of the same poll follow. Without a ticket what was found is
   * not told yet.
   */
  readonly finished: {
    readonly ticket: number | null;
    readonly changed: boolean;
  } | null;
  /** A whole snapshot was staged: put it in place. */
  readonly switchStaged: boolean;
  /** The flood that these events are held back with. */
  readonly hold: Hold | null;
}

/** `fenced`, `conflict`: another worker has written since; `dropped`: the source is not watched any more. */
export type CommitOutcome = "committed" | "fenced" | "conflict" | "dropped";

/** A source that is to be watched from now on. */
export interface NewSource extends SourceKey, Pick<SourceState, "startsEmpty" | "bornAt"> {}

export interface SourceStore {
  list(account: string): Promise<SourceState[]>;
  /** A source, its version, and the one with which its snapshot last changed. */
  get(
    account: string,
    source: string,
  ): Promise<{ state: SourceState; version: number; snapshotVersion: number } | null>;
  /** Adds sources that are not there yet, due at `dueAt` (ms). False when a newer worker has taken over. */
  add(account: string, fence: string, sources: readonly NewSource[], dueAt: number): Promise<boolean>;
  /** Forgets sources and their snapshots; they baseline anew, in a new epoch, when they are wanted again. */
  drop(account: string, fence: string, sources: readonly string[]): Promise<boolean>;
  /** Those of these sources that were dropped once, and may be back since. */
  droppedBefore(account: string, sources: readonly string[]): Promise<Set<string>>;
  /** Gives a source the name and the age of its collection. False when a newer worker has taken over. */
  describe(
    account: string,
    fence: string,
    source: string,
    collection: { readonly name: string | null; readonly bornAt: number | null },
  ): Promise<boolean>;
  /** The source whose appointment is first, and when (ms). */
  nextDue(account: string): Promise<{ id: string; at: number } | null>;
  /** Whether a source's appointment has come at `now` (ms). */
  isDue(account: string, source: string, now: number): Promise<boolean>;
  nextPolls(account: string): Promise<Map<string, number>>;
  /** Makes sources due at `at` (ms), the ones in `first` before the others. */
  hurry(account: string, first: readonly string[], others: readonly string[], at: number): Promise<void>;
  /** Takes something that is no source off the schedule. */
  unschedule(account: string, source: string): Promise<void>;
  /** How many sources have not finished a poll that began after `ticket`. */
  waiting(account: string, ticket: number): Promise<number>;
  /** The sources that have. */
  polledSince(account: string, ticket: number): Promise<string[]>;
  /** The ticket of a source's last finished poll; null when there is no such source. */
  lastTicket(account: string, source: string): Promise<number | null>;
  commit(commit: Commit): Promise<CommitOutcome>;
}

/** Largest number of entries in one command: Redis stays responsive for everyone else. */
const chunk = 1_000;

export function createSourceStore(client: RedisClient, run: RunScript): SourceStore {
  return {
    async list(account) {
      const texts = Object.entries(await client.hgetall(keys.sources(account)));
      return texts.map(([id, text]) => readSource(account, id, text).state);
    },
    async get(account, source) {
      const text = await client.hget(keys.sources(account), source);
      if (text === null) return null;
      const { state, version, snapshotVersion } = readSource(account, source, text);
      if (version !== null && snapshotVersion !== null) return { state, version, snapshotVersion };
      const before = Number((await client.hget(keys.versions(account), source)) ?? 0);
      return { state, version: before, snapshotVersion: before };
    },
    async add(account, fence, sources, dueAt) {
      const { fence: fenced, sources: all, versions, epochs, due, polled } = keys;
      const of = [fenced, all, versions, epochs, due, polled].map((key) => key(account));
      for (let i = 0; i < sources.length; i += chunk) {
        const states = sources
          .slice(i, i + chunk)
          .flatMap(({ startsEmpty, bornAt, ...key }) => [
            key.id,
            writeFields({ ...newSource(key, startsEmpty), bornAt }),
          ]);
        const reply = await run("source-add", of, [fence, Math.round(dueAt), ...states]);
        if (reply !== "committed") return false;
      }
      return true;
    },
    async drop(account, fence, sources) {
      const { fence: fenced, sources: all, versions, epochs, due, polled } = keys;
      const shared = [fenced, all, versions, epochs, due, polled].map((key) => key(account));
      for (const source of sources) {
        const { snapshot, digests, staged, stagedDigests } = keys;
        const own = [snapshot, digests, staged, stagedDigests].map((key) => key(account, source));
        if ((await run("source-drop", [...shared, ...own], [fence, source])) !== "committed") return false;
      }
      return true;
    },
    async droppedBefore(account, sources) {
      const found = new Set<string>();
      for (let i = 0; i < sources.length; i += chunk) {
        const some = sources.slice(i, i + chunk);
        const epochs = await client.hmget(keys.epochs(account), ...some);
        for (const [index, id] of some.entries()) if (epochs[index] !== null) found.add(id);
      }
      return found;
    },
    async describe(account, fence, source, { name, bornAt }) {
      for (;;) {
        const text = await client.hget(keys.sources(account), source);
        if (text === null) return true;
        const { state } = readSource(account, source, text);
        if (!state.scope) return true;
        const described = { ...state, scope: { ...state.scope, name }, bornAt };
        const prefix = text.slice(0, text.indexOf("{"));
        // What an earlier release wrote stays as it wrote it.
        const after = prefix + (prefix === "" ? JSON.stringify(described) : writeFields(described));
        const of = [keys.fence(account), keys.sources(account)];
        const reply = await run("source-replace", of, [fence, source, text, after]);
        if (reply !== "conflict") return reply === "committed";
      }
    },
    async nextDue(account) {
      const [id, at] = await client.zrange(keys.due(account), "0", "0", "WITHSCORES");
      return id === undefined ? null : { id, at: Number(at) };
    },
    async isDue(account, source, now) {
      const at = await client.zscore(keys.due(account), source);
      return at !== null && Number(at) <= now;
    },
    async nextPolls(account) {
      const rows = await client.zrange(keys.due(account), "0", "-1", "WITHSCORES");
      const polls = new Map<string, number>();
      for (let i = 0; i < rows.length; i += 2) polls.set(rows[i] ?? "", Number(rows[i + 1]));
      return polls;
    },
    async hurry(account, first, others, at) {
      const scored = [...first.map((id) => ["0", id]), ...others.map((id) => [String(at), id])];
      for (let i = 0; i < scored.length; i += chunk) {
        await client.zadd(keys.due(account), "XX", "LT", ...scored.slice(i, i + chunk).flat());
      }
    },
    async unschedule(account, source) {
      await client.zrem(keys.due(account), source);
      await client.zrem(keys.polled(account), source);
    },
    waiting: (account, ticket) => client.zcount(keys.polled(account), "-inf", ticket),
    polledSince: (account, ticket) => client.zrangebyscore(keys.polled(account), `(${ticket}`, "+inf"),
    async lastTicket(account, source) {
      const ticket = await client.zscore(keys.polled(account), source);
      return ticket === null ? null : Number(ticket);
    },
    async commit({ source, fence, version, buckets, events, nextPollAt, finished, switchStaged, hold }) {
      const { account, id } = source;
      const reply = await run(
        "commit",
        [
          keys.fence(account),
          keys.sources(account),
          keys.versions(account),
          keys.snapshot(account, id),
          keys.digests(account, id),
          keys.staged(account, id),
          keys.stagedDigests(account, id),
          keys.events(account),
          keys.eventIds(account),
          keys.due(account),
          keys.polled(account),
          keys.totals(account),
          keys.holds(account),
          keys.epochs(account),
          keys.cards(account),
        ],
        [
          fence,
          id,
          version,
          writeFields(source),
          Math.round(nextPollAt),
          finished?.ticket ?? "",
          finished?.ticket ? 1 : 0,
          finished?.changed ? 1 : 0,
          switchStaged ? 1 : 0,
          hold ? hold.id : "",
          hold ? JSON.stringify(hold) : "",
          digestLength,
          buckets.length,
          events.length,
          source.epoch,
          ...(await bucketArguments(buckets)),
          ...eventArguments(events),
        ],
      );
      return reply as CommitOutcome;
    },
  };
}
