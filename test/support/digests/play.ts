import { Redis } from "ioredis";
import { findEventType } from "../../../src/domain/catalog.js";
import { type FrozenEvent, freezeEvent, type PixiehookEvent } from "../../../src/domain/event.js";
import { eventId } from "../../../src/domain/ids.js";
import { subscriptionInputSchema } from "../../../src/domain/subscription.js";
import {
  type CaughtWebhook,
  startWebhookCatcher,
  type WebhookCatcher,
} from "../../../src/simulator/catchers/webhook.js";
import type { ActorKind } from "../../../src/store/due.js";
import { account as accountKeys, shared } from "../../../src/store/keys.js";
import { createFuse, createMachine, Killed, type Machine, type Replaced } from "../machine.js";
import type { TestRedis } from "../redis.js";
import type { History, Step, Wish } from "./plan.js";

/** An event that was stated, in the order of commits. */
export interface Told {
  readonly id: string;
  readonly at: number;
  readonly body: string;
  readonly type: string;
  readonly account: number;
  /** What events must share to come together. */
  readonly group: string;
}

/** A request that a receiver got. */
export interface Received {
  readonly at: number;
  readonly wish: number;
  readonly id: string;
  readonly body: string;
  readonly delivered: boolean;
}

/** All that can be seen from outside. */
export interface Record {
  readonly history: History;
  readonly told: readonly Told[];
  readonly received: readonly Received[];
  /** How each subscription was from when on, oldest first. */
  readonly wishes: readonly (readonly { readonly at: number; readonly wish: Wish }[])[];
  /** When a process died or an attempt was cut off. */
  readonly cuts: readonly number[];
  /** Actors that still have something to send at the end. */
  readonly left: readonly string[];
}

const nowhere = "http://127.0.0.1:1";
const never = new AbortController().signal;
const collections = ["Smith Wedding", "Family"];
const clients = ["jane@example.com", "tom@example.com"];

export interface Stage {
  readonly redis: TestRedis;
  readonly client: Redis;
  readonly catcher: WebhookCatcher;
  /** Who hears of each request. */
  hear: (request: CaughtWebhook) => void;
  close(): Promise<void>;
}

export async function createStage(redis: TestRedis): Promise<Stage> {
  const client = new Redis(redis.socketPath, { protocol: 2 });
  const stage: { hear: Stage["hear"] } = { hear: () => undefined };
  const catcher = await startWebhookCatcher({ onReceived: (request) => stage.hear(request) });
  return Object.assign(stage, {
    redis,
    client,
    catcher,
    async close() {
      client.disconnect();
      await catcher.close();
    },
  });
}

/** Plays a history over real parts, with a clock that leaps from one moment at which something is due to the next. */
export async function play(stage: Stage, history: History): Promise<Record> {
  const { client, catcher } = stage;
  await client.flushall();
  catcher.clearAnswers();
  const clock = { offset: history.begin - Date.now() };
  const now = () => Date.now() + clock.offset;
  const open: Machine[] = [];
  const start = (diesAt?: number) => {
    const fuse = createFuse(diesAt);
    const machine = createMachine({
      socketPath: stage.redis.socketPath,
      galleryUrl: nowhere,
      studioUrl: nowhere,
      clock,
      fuse,
    });
    open.push(machine);
    return machine;
  };
  /** Of the process that serves the API: it lives as long as the history. */
  const api = start();
  let worker = start();
  const told: Told[] = [];
  const received: Received[] = [];
  const cuts: number[] = [];
  let cutting: AbortController | null = null;
  stage.hear = ({ path, body, status, headers }) => {
    const id = headers["webhook-id"] ?? "";
    const delivered = status !== null && status < 300;
    received.push({ at: now(), wish: Number(path.slice(2)), id, body, delivered });
    if (!cutting) return;
    cuts.push(now());
    cutting.abort();
    cutting = null;
  };

  async function run(kind: ActorKind, id: string): Promise<void> {
    const abort = kind === "deliver" && cutting ? cutting.signal : never;
    const replaced: Replaced = { stop: { draining: abort, abort } };
    try {
      await worker.run(kind, id, replaced);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      cuts.push(now());
      worker = start();
    }
  }

  /** Wakes whoever is due, and leaps to when someone is next, until `end`. */
  async function advance(end: number): Promise<void> {
    for (;;) {
      const late = await api.parts.store.due.takeLate(now(), now() + 20_000, 100);
      for (const { kind, id } of late) await run(kind, id);
      if (late.length > 0) continue;
      const [, next] = await client.zrange(shared.due, "0", "0", "WITHSCORES");
      const to = Math.min(end, next === undefined ? end : Number(next));
      if (now() >= end) return;
      clock.offset += Math.max(0, to - now());
    }
  }

  const accounts: string[] = [];
  for (const [index, timezone] of history.zones.entries()) {
    const made = await api.accounts.create({
      name: `Studio ${index}`,
      resources: null,
      collections: "all",
      polling: { requestsPerMinute: 30, minIntervalSeconds: 60, maxIntervalMinutes: 720 },
      timezone,
      backfill: false,
      floodThreshold: 200,
    });
    if (made.kind !== "created") throw new Error(made.detail);
    accounts.push(made.account.id);
  }
  const subscriptions: string[] = [];
  const wishes: { at: number; wish: Wish }[][] = [];
  for (const [index, wish] of history.wishes.entries()) {
    const input = subscriptionInputSchema.parse({
      account: wish.account === null ? null : accounts[wish.account],
      events: ["favorite.*", "invoice.paid"],
      channel: { type: "webhook", url: `${catcher.url}/s${index}` },
      digest: wish.digest,
      quietHours: wish.quietHours,
      retry: { delays: ["10s", "1m", "10m", "1h", "6h", "6h", "6h", "6h", "6h", "6h", "6h", "6h"] },
      limits: { perSecond: 1_000, concurrency: 10 },
    });
    const made = await api.subscriptions.create(input);
    if (made.kind !== "created") throw new Error(made.detail);
    subscriptions.push(made.subscription.id);
    wishes.push([{ at: now(), wish }]);
  }
  const cursors = accounts.map(() => ({ before: "0", now: "0" }));

  async function handOn(index: number): Promise<void> {
    const account = accounts[index] ?? "";
    const cursor = cursors[index];
    await run("fan-out", account);
    const reached = (await client.get(accountKeys.cursor(account))) ?? "0";
    if (cursor && reached !== cursor.now) Object.assign(cursor, { before: cursor.now, now: reached });
  }

  async function state(step: Step & { do: "event" }): Promise<void> {
    const account = accounts[step.account] ?? "";
    const events = Array.from({ length: step.count }, (_, i) => eventOf(step, account, told.length + i));
    await api.parts.store.due.announce("fan-out", account, now());
    await api.parts.store.events.append(account, events);
    const group = [step.account, step.collection, step.client, step.type].join("/");
    for (const { id, body, type } of events)
      told.push({ id, at: now(), body, type, account: step.account, group });
    await handOn(step.account);
  }

  function eventOf({ type, ...step }: Step & { do: "event" }, account: string, number: number): FrozenEvent {
    const example = findEventType(type)?.example as unknown as PixiehookEvent;
    const identity = { resource: "favorites", scope: null, key: `${number}`, epoch: 1, revision: 1, type };
    return freezeEvent({
      id: eventId(account, identity),
      type,
      timestamp: new Date(now()).toISOString(),
      data: {
        ...example.data,
        account: { id: account, name: `Studio ${step.account}` },
        client: { id: null, name: null, email: clients[step.client] ?? null },
        collection: { id: `${step.collection}`, name: collections[step.collection] ?? null },
        object: { ...example.data.object, id: `${number}` },
      },
    });
  }

  async function perform(step: Step): Promise<void> {
    if (step.do === "event") return state(step);
    if (step.do === "wait") return advance(now() + step.ms);
    if (step.do === "restart") worker = start();
    if (step.do === "kill") worker = start(step.steps);
    if (step.do === "abort") cutting = new AbortController();
    if (step.do === "fail") catcher.answer({ status: step.status, path: `/s${step.wish}` });
    if (step.do === "again") {
      const key = accountKeys.cursor(accounts[step.account] ?? "");
      if (await client.exists(key)) await client.set(key, cursors[step.account]?.before ?? "0");
      await run("fan-out", accounts[step.account] ?? "");
    }
    if (step.do === "patch") {
      const { do: _do, wish: index, ...patch } = step;
      const of = wishes[index];
      const before = of?.at(-1)?.wish;
      if (!of || !before) return;
      of.push({ at: now(), wish: { ...before, ...patch } });
      await api.subscriptions.update(subscriptions[index] ?? "", patch);
    }
  }

  try {
    for (const step of history.steps) {
      await perform(step);
      await advance(now() + 1);
    }
    await advance(now() + 4 * 86_400_000);
    const left = (await client.zrange(shared.due, "0", "-1")).filter((actor) => !actor.startsWith("poll:"));
    return { history, told, received, wishes, cuts, left };
  } finally {
    for (const machine of open) await machine.close();
  }
}
