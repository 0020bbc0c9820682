import { shared } from "./keys.js";
import { breaksOf, type RedisClient } from "./redis.js";
import type { RunScript } from "./scripts.js";

export type ActorKind = "poll" | "fan-out" | "deliver" | "replay";

/** What an actor knew of the due-set when it began. */
export interface Generation {
  readonly announced: string;
  /** How often the connection to Redis had broken by then. */
  readonly breaks: number;
}

/**
 * The one due-set: which actor has work, and when. It is a promise to look, not the work itself, so writers announce
 * before they write: a writer that dies in between causes a look for nothing, never work that nobody looks for.
 */
export interface DueSet {
  /** Says that an actor has work at `at` (ms). */
  announce(kind: ActorKind, id: string, at: number): Promise<void>;
  announceMany(kind: ActorKind, ids: readonly string[], at: number): Promise<void>;
  /** To be taken when an actor begins, and handed to `settle` when it ends. */
  generation(kind: ActorKind, id: string): Promise<Generation>;
  /** Says when (ms) an actor is due next; null when it has nothing to do. */
  settle(
    kind: ActorKind,
    id: string,
    generation: Generation,
    next: number | null,
    now: number,
  ): Promise<void>;
  /** Actors that are late, each leased until `leaseUntil`. */
  takeLate(now: number, leaseUntil: number, limit: number): Promise<{ kind: ActorKind; id: string }[]>;
  /** Takes an actor out that is no more. */
  forget(kind: ActorKind, id: string): Promise<void>;
  /** When (ms) the first of all actors is due; null when none is. */
  first(): Promise<number | null>;
  /** Makes sure that these actors are in the set at all, due at `at` (ms) unless they are due otherwise. */
  ensure(kind: ActorKind, ids: readonly string[], at: number): Promise<void>;
  /** Makes everyone late now: for a process that starts as the only owner of its Redis. */
  wakeAll(now: number): Promise<void>;
}

export function createDueSet(client: RedisClient, run: RunScript): DueSet {
  const keys = [shared.due, shared.dueGenerations, shared.duePromises, shared.dueCounter];
  const breaks = breaksOf(client);
  const announceMany: DueSet["announceMany"] = async (kind, ids, at) => {
    for (let i = 0; i < ids.length; i += 500) {
      const actors = ids.slice(i, i + 500).map((id) => `${kind}:${id}`);
      await run("due-announce", keys, [Math.round(at), ...actors]);
    }
  };
  return {
    announce: (kind, id, at) => announceMany(kind, [id], at),
    announceMany,
    async generation(kind, id) {
      const before = breaks();
      const announced = (await client.hget(shared.dueGenerations, `${kind}:${id}`)) ?? "0";
      return { announced, breaks: before };
    },
    async settle(kind, id, generation, next, now) {
      const due = next === null ? "" : Math.round(next);
      await run("due-settle", keys, [`${kind}:${id}`, generation.announced, due, Math.round(now)]);
      // Redis may have come back without its last second: what the actor did may be undone, and it knows nothing of that.
      if (breaks() !== generation.breaks) await announceMany(kind, [id], now);
    },
    async takeLate(now, leaseUntil, limit) {
      const late = (await run("due-take", [shared.due], [now, leaseUntil, limit])) as string[];
      return late.map((actor) => {
        const [kind, id = ""] = actor.split(":");
        return { kind: kind as ActorKind, id };
      });
    },
    async forget(kind, id) {
      const actor = `${kind}:${id}`;
      await client.zrem(shared.due, actor);
      await client.hdel(shared.dueGenerations, actor);
      await client.hdel(shared.duePromises, actor);
    },
    async first() {
      const [, at] = await client.zrange(shared.due, "0", "0", "WITHSCORES");
      return at === undefined ? null : Number(at);
    },
    async ensure(kind, ids, at) {
      for (let i = 0; i < ids.length; i += 500) {
        const scored = ids.slice(i, i + 500).flatMap((id) => [String(at), `${kind}:${id}`]);
        await client.zadd(shared.due, "NX", ...scored);
      }
    },
    async wakeAll(now) {
      const actors = await client.zrange(shared.due, "0", "-1");
      for (let i = 0; i < actors.length; i += 500) {
        const scored = actors.slice(i, i + 500).flatMap((actor) => [String(now), actor]);
        await client.zadd(shared.due, "XX", ...scored);
      }
    },
  };
}
