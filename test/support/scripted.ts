import { Redis } from "ioredis";
import { type FrozenEvent, freezeEvent, thawEvent } from "../../src/domain/event.js";
import { identify } from "../../src/domain/identity.js";
import { eventId, sourceId } from "../../src/domain/ids.js";
import type { JsonObject } from "../../src/domain/json.js";
import type { ResourceName } from "../../src/domain/record.js";
import { type Subscription, subscriptionInputSchema } from "../../src/domain/subscription.js";
import type { ProbeOutcome, Reading, ReadOutcome, Scan, Upstream } from "../../src/domain/upstream.js";
import { findResource } from "../../src/pixieset/resources/index.js";
import type { Store } from "../../src/store/store.js";
import { createMachine, type Fuse, Killed, type Machine } from "./machine.js";
import { sightingOf } from "./readings.js";
import type { TestRedis } from "./redis.js";

/** An account whose lists say what the test puts into them, so that every moment between two steps is the test's. */
export interface Scripted {
  readonly machine: Machine;
  /** Another process over the same Redis and lists. */
  process(fuse: Fuse): Machine;
  readonly store: Store;
  /** Redis itself. */
  readonly client: Redis;
  readonly account: string;
  readonly clock: { offset: number };
  /** What reading a list comes to from now on; collections and invoices are watched, both empty at first. */
  answer(resource: "collections" | "invoices", answer: Answer): void;
  /** What asking for the session comes to from now on; it is good at first. */
  answerProbe(outcome: ProbeOutcome): void;
  /** Moves the clock on, then lets the account poll once. */
  poll(afterMs?: number): Promise<void>;
  source(resource?: ResourceName): string;
  /** States events about invoices with these ids, as a poll would have, without handing them on. */
  state(objects: readonly string[], account?: string): Promise<FrozenEvent[]>;
  /** What was stated, as `type object`. */
  stated(): Promise<string[]>;
  subscribe(more?: object): Promise<Subscription>;
  /** Keys that carry the id, except those that end by themselves. */
  keysOf(id: string): Promise<string[]>;
  /** Actors in the due-set. */
  due(): Promise<string[]>;
  close(): Promise<void>;
}

/** What a list says, or what it says to a reading of it. */
type Answer = ReadOutcome | ((reading: Reading) => Promise<ReadOutcome>);

/** A content that nothing is known of. */
const unknown = () => ({ content: {}, since: null });

/** A list of invoices that is read row by row as the upstream gives them. */
export function listing(rows: readonly JsonObject[], complete = true): Answer {
  return async ({ identity, aside }) => {
    const { read, repeats } = findResource("invoices");
    const readings = rows.flatMap((row) => read(row, new Set(aside), Date.now()));
    const candidates = readings.filter((reading) => reading.kind === "record");
    const found = identify([candidates], identity, { countsAgree: true, repeats });
    if (found.kind === "lost") return { kind: "shape_changed", reason: found.reason, lostIdentity: true };
    const unreadable = { count: found.nameless, reasons: [] };
    const said = { complete: complete && found.nameless === 0, pages: 1, paging: null };
    return {
      kind: "scan",
      records: found.sightings,
      identity: found.identity,
      ...unknown(),
      unreadable,
      ...said,
    };
  };
}

/** A list of invoices. */
export function scan(ids: readonly string[], more: { complete?: boolean; amount?: number } = {}): Scan {
  const records = ids.map((id) =>
    sightingOf({
      key: id,
      fields: { id, number: id, status: "draft", amount: more.amount ?? 1, currency: "GBP" },
      client: null,
      occurredAt: null,
    }),
  );
  const identity = records.length > 0 ? ("id" as const) : null;
  const complete = more.complete ?? true;
  const unreadable = { count: 0, reasons: [] };
  return { kind: "scan", records, identity, ...unknown(), unreadable, complete, pages: 1, paging: null };
}

export const many = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `r${from + i}`);

export const refused: ReadOutcome = { kind: "rejected", reason: "422" };

/** The same store in a process that is killed at its `count`th commit of invoices. */
export function killedAtCommit(store: Store, count: number): Store {
  let commits = 0;
  const commit: Store["sources"]["commit"] = async (step) => {
    if (step.source.resource === "invoices" && ++commits === count) throw new Killed();
    return store.sources.commit(step);
  };
  return { ...store, sources: { ...store.sources, commit } };
}

export async function createScripted(
  redis: TestRedis,
  settings: object = {},
  through?: (client: Redis) => Redis,
): Promise<Scripted> {
  await redis.flush();
  const clock = { offset: 0 };
  const answers = new Map<string, Answer>();
  const client = new Redis(redis.socketPath, { protocol: 2 });
  let probed: ProbeOutcome = { kind: "active", user: null };
  const upstream: Upstream = {
    async read({ resource }, reading, gate) {
      if (!(await gate.enter())) return { kind: "aborted", reason: "told to stop" };
      const answer = answers.get(resource) ?? scan([]);
      return typeof answer === "function" ? answer(reading) : answer;
    },
    probe: async () => probed,
  };
  const nowhere = "http://127.0.0.1:1";
  let stated = 0;
  const machines: Machine[] = [];
  const process = (fuse?: Fuse) => {
    const options = {
      galleryUrl: nowhere,
      studioUrl: nowhere,
      clock,
      upstream,
      ...(fuse ? { fuse } : {}),
      ...(through ? { through } : {}),
    };
    const made = createMachine({ ...options, socketPath: redis.socketPath });
    machines.push(made);
    return made;
  };
  const machine = process();
  const { store } = machine.parts;
  const { id } = await store.accounts.create(
    store.accounts.newId(),
    {
      name: "Smith Studio",
      resources: ["collections", "invoices"],
      collections: "all",
      polling: { requestsPerMinute: 6_000, minIntervalSeconds: 1, maxIntervalMinutes: 1 },
      timezone: "UTC",
      backfill: false,
      floodThreshold: 200,
      ...settings,
    },
    { status: "active", checkedAt: null, user: null, reason: null, epoch: 1, renewal: "cookies" },
    { cookies: "{}", userAgent: null },
  );

  return {
    machine,
    process,
    store,
    client,
    clock,
    account: id,
    answer: (resource, answer) => void answers.set(resource, answer),
    answerProbe(outcome) {
      probed = outcome;
    },
    async poll(afterMs = 6_000) {
      clock.offset += afterMs;
      await machine.run("poll", id);
    },
    source: (resource = "invoices") => sourceId(id, resource, null),
    async state(objects, of = id) {
      const events = objects.map((object) => updateOf(of, object, `${stated++}`));
      await store.events.append(of, events);
      return events;
    },
    async stated() {
      const events = (await store.events.after(id, "0", 10_000)).map(({ body }) => thawEvent(body));
      return events.map(({ type, data }) => (data.object.id ? `${type} ${data.object.id}` : type));
    },
    async subscribe(more = {}) {
      const channel = { type: "webhook", url: "https://127.0.0.1/hook" };
      const input = subscriptionInputSchema.parse({ events: ["invoice.*"], channel, ...more });
      const made = await machine.subscriptions.create(input);
      if (made.kind !== "created") throw new Error(made.detail);
      return made.subscription;
    },
    async keysOf(of) {
      const keys = await client.keys(`*${of}*`);
      const ends = await Promise.all(keys.map((key) => client.pttl(key)));
      return keys.filter((_, i) => (ends[i] ?? -1) < 0);
    },
    due: () => client.zrange("pixiehook:{due}:at", "0", "-1"),
    async close() {
      client.disconnect();
      for (const one of machines) await one.close();
    },
  };
}

function updateOf(account: string, object: string, key: string): FrozenEvent {
  const type = "invoice.updated";
  const change = { resource: "invoices", scope: null, key, epoch: 1, revision: 1, type };
  const times = { at: "", notBefore: null, occurredAt: null };
  return freezeEvent({
    id: eventId(account, change),
    type,
    timestamp: new Date(0).toISOString(),
    data: {
      account: { id: account, name: "Smith Studio" },
      collection: null,
      client: null,
      object: { id: object },
      previous: null,
      detected: { ...times, resource: "invoices", revision: 1, backfill: false },
    },
  });
}
