import type { Redis } from "ioredis";
import { type PixiehookEvent, thawEvent } from "../../../src/domain/event.js";
import { sourceId } from "../../../src/domain/ids.js";
import type { SourceState } from "../../../src/domain/source.js";
import { account as keys } from "../../../src/store/keys.js";
import type { Store } from "../../../src/store/store.js";
import { shownValue } from "./kinds.js";
import { repeats } from "./paging.js";
import type { Server } from "./server.js";
import { isAllRead, type Sight } from "./sight.js";
import { createListener, fail, hear, type Listener, noteAbsence } from "./told.js";
import { thereSince, type World } from "./world.js";

/** A poll that has ended, one way or another, or is held up. */
export interface EndedPoll {
  readonly server: Server;
  /** What was read in it, as far as it was not looked at before. */
  readonly sights: readonly Sight[];
  /** Whether there was a session when it began. */
  readonly mayRead: boolean;
  /** It may have written something of what it read, all, or nothing. */
  readonly cutOff: boolean;
  /** Another worker has taken over since it began: nothing of it may be written. */
  readonly overtaken: boolean;
}

/** Looks at what is stated and stored after each poll, and compares it with the truth. */
export interface Observer {
  readonly listeners: readonly Listener[];
  afterPoll(poll: EndedPoll): Promise<void>;
  /** How many polls read a head only. */
  readonly heads: () => number;
  /** Whether the session was good when last looked at. */
  readonly sessionIsGood: () => boolean;
  /** To be said when a session is put in place of a lost one. */
  restored(): void;
  /** What is told beside what is there; null when they are the same. */
  difference(): string | null;
}

export function createObserver(options: {
  account: string;
  client: Redis;
  store: Store;
  world: World;
}): Observer {
  const { account, client, store, world } = options;
  const listeners = world.lists.map(createListener);
  const sources = listeners.map(({ list }) =>
    sourceId(account, list.kind.resource, list.kind.resource === "favorites" ? "1" : null),
  );
  const eventIds = new Set<string>();
  const digests: (string | null)[] = [null, null];
  const polledAt: (string | null)[] = [null, null];
  const failing = new Set<unknown>();
  let position = "0";
  let session = "active";
  let losses = 0;
  let restorations = 0;
  let heads = 0;
  const told = { lost: 0, restored: 0 };

  function hearService({ type, data }: PixiehookEvent): void {
    const { source } = data.object;
    if (type === "session.restored") told.restored++;
    else if (/^session\./.test(type)) told.lost++;
    else if (type === "source.recovered") {
      if (!failing.delete(source)) fail("recovered, and was well", data.object);
    } else if (type === "source.failing" || type === "source.shape_changed") {
      if (failing.has(source)) fail("told to be failing twice", data.object);
      if (/changed in \d+ records|known by what/.test(String(data.object.reason)))
        fail("doubted without a reason", data.object);
      failing.add(source);
    } else fail("an event that nobody expects", { type });
  }

  async function baseline(listener: Listener, source: string, sight: Sight | undefined): Promise<void> {
    const { list } = listener;
    listener.baselined = true;
    if (!sight) return fail("a baseline of a list that was not read", { list: list.kind.name });
    for (const entry of (await store.snapshots.all(account, source)).values()) {
      const shown = { object: entry.d, client: entry.c && { ...entry.c } };
      const key = list.kind.keyOf(shown);
      const value = shownValue(list.kind, key, shown);
      if (value === null || !sight.served.get(key)?.has(value))
        fail("a baseline of what was not shown", { key, value });
      listener.told.set(key, { ...shown, value });
      listener.revisions.set(key, entry.r);
    }
  }

  function assertRead(listener: Listener, sight: Sight, committed: boolean, poll: EndedPoll): void {
    const { list } = listener;
    const about = { list: list.kind.name, paging: list.paging };
    if (committed) {
      for (const [key, values] of sight.served) {
        const value = listener.told.get(key)?.value;
        if (isAllRead(sight) && (value === undefined || !values.has(value)))
          fail("a record was shown and is told otherwise", { ...about, key, shown: [...values], value });
      }
      const missed = thereSince(list, sight.startTick).filter((key) => !sight.served.has(key));
      if (missed.length === 0) list.uncertain = false;
    }
    const isGood = !sight.disturbed && !sight.doubled && sight.startTick === sight.endTick;
    if (!isGood) {
      if (sight.failed && committed) fail("a failed reading was taken for a good one", about);
      return;
    }
    const lacking = thereSince(list, sight.startTick).filter((key) => !sight.served.has(key));
    // Behind the only page of a list whose server repeats it is looked every fourth time.
    const mayStop = poll.cutOff || sight.isHead || (repeats(list.paging) && sight.pages.length === 1);
    if (lacking.length > 0 && !mayStop) fail("a good list was not read to its end", { ...about, lacking });
    // The session is asked when a list shrank, and what was read with a lost one is not taken.
    const wasAsked = poll.server.turnedAway() && sight === poll.sights.at(-1);
    if (!committed && listener.baselined && !poll.cutOff && !poll.overtaken && !wasAsked)
      fail("a good reading was not taken", about);
  }

  /** What must be so where only the head of a list is read; to be said before what the poll told is heard. */
  function assertHead({ list, told }: Listener, sight: Sight, state: SourceState): void {
    const last = sight.pages.at(-1) ?? [];
    const about = { list: list.kind.name, last, missing: state.missing };
    if (last.length === 0) fail("a head without rows was believed", about);
    const isKnown = (key: number) => sight.served.get(key)?.has(told.get(key)?.value ?? -1) === true;
    if (!last.every(isKnown)) fail("a head ended where something was new", about);
    if (sight.unreadable || sight.failed) fail("a head ended where something could not be read", about);
  }

  async function observe(
    index: number,
    state: SourceState | undefined,
    events: PixiehookEvent[],
    poll: EndedPoll,
  ) {
    const listener = listeners[index];
    const source = sources[index];
    if (!listener || source === undefined) return;
    const { list } = listener;
    const sight = poll.sights.findLast((each) => each.list === list);
    const digest = await client.getBuffer(keys.digests(account, source));
    const committed = state !== undefined && state.lastPolledAt !== polledAt[index];
    const mine = events.filter(({ data }) => data.detected.resource === list.kind.resource);
    if (poll.overtaken && (committed || mine.length > 0))
      fail("an overtaken worker wrote", { list: list.kind.name, committed, events: mine.length });
    const now = digest?.toString("base64") ?? null;
    if (!committed && !poll.cutOff && (mine.length > 0 || now !== digests[index]) && listener.baselined)
      fail("a failed poll wrote", { list: list.kind.name, events: mine.length });
    digests[index] = now;
    polledAt[index] = state?.lastPolledAt ?? null;
    if (state?.baselined && !listener.baselined) {
      if (mine.length > 0) fail("the baseline is not silent", { events: mine.length });
      await baseline(listener, source, sight);
    }
    // What was read by a worker that was overtaken is beside what the other one told.
    if (sight?.isHead && state && !poll.overtaken) {
      heads++;
      assertHead(listener, sight, state);
    }
    for (const event of mine) hear(listener, event, sight, world.time);
    if (!sight) return;
    if (!sight.isHead && (sight.disturbed || sight.doubled)) list.disturbedAt.add(sight.startTime);
    noteAbsence(listener, sight, world.time, committed);
    if (listener.baselined) assertRead(listener, sight, committed, poll);
  }

  return {
    listeners,
    heads: () => heads,
    sessionIsGood: () => session === "active",
    restored() {
      if (session !== "active") restorations++;
      session = "active";
    },
    async afterPoll(poll) {
      const [placed, states, known] = await Promise.all([
        store.events.after(account, position, 100_000),
        store.sources.list(account),
        store.accounts.get(account),
      ]);
      position = placed.at(-1)?.position ?? position;
      const events = placed.map(({ body }) => thawEvent(body));
      for (const { id } of events) {
        if (eventIds.has(id)) fail("an event was stated twice", { id });
        eventIds.add(id);
      }
      const status = known?.session.status ?? "gone";
      if (!poll.mayRead && poll.sights.length > 0) fail("read without a session", { session });
      if (session !== status && status !== "active") {
        if (!poll.server.turnedAway()) fail("a session was lost that was good", { status });
        losses++;
      }
      if (session !== status && status === "active") {
        if (poll.server.isShut()) fail("a session was restored that is no good", { session });
        restorations++;
      }
      session = status;
      for (const event of events) if (event.data.detected.resource === "service") hearService(event);
      if (told.lost !== losses || told.restored !== restorations)
        fail("a session was lost or restored, and told otherwise", { told, losses, restorations });
      const byId = new Map(states.map((state) => [state.id, state]));
      for (const index of [0, 1]) await observe(index, byId.get(sources[index] ?? ""), events, poll);
    },
    difference() {
      const lines = listeners.flatMap((listener) => {
        const { list, told: now } = listener;
        const all = new Set([...now.keys(), ...list.values.keys()]);
        return [...all]
          .filter((key) => now.get(key)?.value !== list.values.get(key))
          .map((key) => `${list.kind.name} ${key}: told ${now.get(key)?.value}, is ${list.values.get(key)}`);
      });
      return lines.length === 0 ? null : lines.join("; ");
    },
  };
}
