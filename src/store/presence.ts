import { shared } from "./keys.js";
import type { RedisClient } from "./redis.js";
import type { RunScript } from "./scripts.js";

/** A process of the program, as it says of itself. */
export interface Presence {
  readonly id: string;
  readonly roles: readonly string[];
  /** How far the clock of Redis is ahead of its own, ms. */
  readonly redisAheadMs: number;
  /** The same of the upstream's clock, and when (ms) that was heard; null where it has asked nothing yet. */
  readonly upstream: { readonly aheadMs: number; readonly at: number } | null;
}

/** Which processes run. By the clock of Redis: theirs may differ. */
export interface PresenceStore {
  /** To be said every `beatMs`. */
  beat(process: Presence): Promise<void>;
  leave(id: string): Promise<void>;
  list(): Promise<Presence[]>;
}

export const beatMs = 5_000;
/** A process that missed two of its beats counts as gone. */
const goneMs = 3 * beatMs;

export function createPresenceStore(client: RedisClient, run: RunScript): PresenceStore {
  const keys = [shared.presenceSeen, shared.presence];
  return {
    async beat(process) {
      await run("presence-beat", keys, [process.id, JSON.stringify(process), goneMs]);
    },
    async leave(id) {
      await Promise.all([client.zrem(shared.presenceSeen, id), client.hdel(shared.presence, id)]);
    },
    async list() {
      const texts = (await run("presence-list", keys, [goneMs])) as (string | null)[];
      return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as Presence]));
    },
  };
}
