import { Redis } from "ioredis";
import { pino } from "pino";
import { createChannels } from "../../src/channels/registry.js";
import { createSecret, publicKeyOf } from "../../src/channels/sign.js";
import { usualRetentionMs } from "../../src/domain/retention.js";
import type { Upstream } from "../../src/domain/upstream.js";
import { createMetrics } from "../../src/metrics.js";
import { createAccountService } from "../../src/operations/accounts.js";
import { createCompanionService } from "../../src/operations/companions.js";
import { createLogin, createSessionOpener } from "../../src/operations/sessions.js";
import { createSubscriptionService } from "../../src/operations/subscriptions.js";
import { createUpstreams } from "../../src/operations/upstreams.js";
import type { DeliverParts } from "../../src/pipeline/attempt.js";
import { deliverMailbox } from "../../src/pipeline/deliver.js";
import { fanOut } from "../../src/pipeline/fan-out.js";
import type { Parts, UpstreamParts } from "../../src/pipeline/parts.js";
import { createPlaces } from "../../src/pipeline/places.js";
import { pollAccount } from "../../src/pipeline/poll.js";
import { replaySubscription } from "../../src/pipeline/replay.js";
import { createUpstreamClient } from "../../src/pixieset/client.js";
import { findResource } from "../../src/pixieset/resources/index.js";
import type { Stop } from "../../src/queues/wake-ups.js";
import type { ActorKind } from "../../src/store/due.js";
import { createVault } from "../../src/store/secrets.js";
import { createStore } from "../../src/store/store.js";

/** Thrown wherever a process that was killed would have gone on. */
export class Killed extends Error {}

/** Counts steps (each Redis command and each send, before and after) and dies at one of them, for good. */
export interface Fuse {
  readonly steps: () => number;
  step(): void;
}

export function createFuse(diesAt = Number.POSITIVE_INFINITY): Fuse {
  let steps = 0;
  return {
    steps: () => steps,
    step() {
      steps++;
      if (steps >= diesAt) throw new Killed(`killed at step ${diesAt}`);
    },
  };
}

export function fused<T extends object>(target: T, fuse: Fuse): T {
  return new Proxy(target, {
    get(object, name) {
      const member = Reflect.get(object, name);
      if (typeof member !== "function" || typeof name !== "string" || /^(on|once|off|emit|nodes)$/.test(name))
        return member;
      return async (...args: unknown[]) => {
        fuse.step();
        const answer = await member.apply(object, args);
        fuse.step();
        return answer;
      };
    },
  });
}

/** One "process": the data path over real parts, with BullMQ replaced by a list, so that every step is ours to cut. */
export interface Machine {
  readonly parts: Parts;
  readonly accounts: ReturnType<typeof createAccountService>;
  readonly companions: ReturnType<typeof createCompanionService>;
  readonly subscriptions: ReturnType<typeof createSubscriptionService>;
  /** Works until no actor has anything to do within `aheadMs`, moving the clock on as needed. */
  settle(aheadMs?: number): Promise<void>;
  /** Lets one actor work once, with some of its parts replaced. */
  run(kind: ActorKind, id: string, replaced?: Replaced): Promise<void>;
  close(): Promise<void>;
}

/** What a test puts in the place of an actor's own parts. */
export type Replaced = Partial<UpstreamParts & DeliverParts & { stop: Stop }>;

const vaultKey = Buffer.alloc(32, 7);

export function createMachine(options: {
  socketPath: string;
  galleryUrl: string;
  studioUrl: string;
  /** Where the form login is; none unless told. */
  loginUrl?: string | null;
  fuse?: Fuse;
  clock: { offset: number };
  /** How long things are kept, ms; thirty days unless told. */
  retentionMs?: number;
  /** What stands between the store and Redis; nothing unless told. */
  through?: (client: Redis) => Redis;
  /** Instead of the upstream at the two addresses. */
  upstream?: Upstream;
}): Machine {
  const { clock, fuse = createFuse(), retentionMs = usualRetentionMs } = options;
  const client = new Redis(options.socketPath, { protocol: 2 });
  const { through = (direct: Redis) => direct } = options;
  const store = createStore(fused(through(client), fuse), createVault([vaultKey]));
  const channels = createChannels({
    allowedNetworks: ["127.0.0.0/8"],
    smtp: null,
    version: "0.0.0",
    unsubscribeUrl: () => "http://localhost/unsubscribe",
  });
  const upstreamClient = createUpstreamClient(options);
  const woken: { kind: ActorKind; id: string }[] = [];
  const now = () => Date.now() + clock.offset;
  const wakeUps: Parts["wakeUps"] = {
    async wake(kind, id) {
      if (
        kind !== "clock" &&
        kind !== "sweep" &&
        !woken.some((actor) => actor.kind === kind && actor.id === id)
      )
        woken.push({ kind, id });
    },
    // The clock of `settle` moves on by itself and finds whoever is late.
    wakeSoon: () => undefined,
    forget: async () => undefined,
    async wakeMany(kind, ids) {
      for (const id of ids) await this.wake(kind, id);
    },
  };
  const log = pino({ level: "silent" });
  const parts: Parts = { store, wakeUps, log, metrics: createMetrics(), retentionMs, now, random: () => 0.5 };
  const upstreams = createUpstreams(upstreamClient, store);
  const upstreamFor: UpstreamParts["upstreamFor"] = (...of) => options.upstream ?? upstreams(...of);
  const send: typeof channels.send = async (message, signal) => {
    fuse.step();
    const outcome = await channels.send(message, signal);
    fuse.step();
    return outcome;
  };
  const login = createLogin(upstreamClient, options.loginUrl ?? null);
  const sessions = createSessionOpener(upstreamClient, options, login);
  const upstreamParts: UpstreamParts = { resource: findResource, upstreamFor, login };
  const whole = { ...parts, ...upstreamParts, send, publicUrl: "http://localhost", places: createPlaces() };
  const never = new AbortController().signal;
  const stop = { draining: never, abort: never };
  const actors = {
    poll: pollAccount,
    "fan-out": fanOut,
    deliver: deliverMailbox,
    replay: replaySubscription,
  };
  const run: Machine["run"] = (kind, id, { stop: other, ...replaced } = {}) =>
    actors[kind](id, { ...whole, ...replaced }, other ?? stop);

  return {
    parts,
    run,
    accounts: createAccountService(parts, sessions),
    companions: createCompanionService(parts, {
      sessions,
      upstreamFor,
      hosts: options,
      publicUrl: "http://localhost",
    }),
    subscriptions: createSubscriptionService({
      ...whole,
      check: channels.check,
      createSecret,
      publicKeyOf,
      recipientOf: () => null,
    }),
    async settle(aheadMs = 0) {
      const end = now() + aheadMs;
      for (;;) {
        for (let actor = woken.shift(); actor; actor = woken.shift()) await run(actor.kind, actor.id);
        const late = await store.due.takeLate(now(), now() + 20_000, 100);
        woken.push(...late);
        if (late.length > 0) continue;
        if (now() >= end) return;
        clock.offset += Math.min(500, end - now());
      }
    },
    async close() {
      client.disconnect();
      await Promise.all([channels.close(), upstreamClient.close()]);
    },
  };
}
