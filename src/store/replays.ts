import { keptReplays, type Replay } from "../domain/replay.js";
import { mailbox as keys } from "./keys.js";
import type { RedisClient } from "./redis.js";
import type { RunScript } from "./scripts.js";

export interface ReplayStore {
  /** Begins a replay, unless one runs (`running`) or the subscription is not there any more (`gone`). */
  begin(replay: Replay): Promise<"begun" | "running" | "gone">;
  /** Newest first. */
  list(subscription: string): Promise<Replay[]>;
  get(subscription: string, id: string): Promise<Replay | null>;
  /** Puts a replay into another state, if it is still as it was read; whether it was. */
  replace(from: Replay, to: Replay): Promise<boolean>;
  /** The digest that each of these events is in; null for those that are in none. */
  digestsOf(subscription: string, events: readonly string[]): Promise<(string | null)[]>;
  /** When (ms) the newest delivery was made; 0 when there is none. */
  lastMade(subscription: string): Promise<number>;
}

export function createReplayStore(client: RedisClient, run: RunScript): ReplayStore {
  async function list(subscription: string): Promise<Replay[]> {
    const replays = (await client.hvals(keys.replays(subscription))).map(
      (text) => JSON.parse(text) as Replay,
    );
    return replays.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }
  return {
    list,
    async begin(replay) {
      const { subscription, id } = replay;
      const old = (await list(subscription)).slice(keptReplays - 1).map((each) => each.id);
      const args = [id, JSON.stringify(replay), ...old];
      const names = [keys.replays(subscription), keys.subscription(subscription)];
      return (await run("replay-begin", names, args)) as "begun" | "running" | "gone";
    },
    async get(subscription, id) {
      const text = await client.hget(keys.replays(subscription), id);
      return text ? (JSON.parse(text) as Replay) : null;
    },
    async replace(from, to) {
      const args = [from.id, JSON.stringify(from), JSON.stringify(to)];
      return (await run("replace-field", [keys.replays(from.subscription)], args)) === 1;
    },
    async digestsOf(subscription, events) {
      return events.length === 0 ? [] : client.hmget(keys.members(subscription), ...events);
    },
    async lastMade(subscription) {
      const [, made] = await client.zrevrange(keys.index(subscription), "0", "0", "WITHSCORES");
      return Number(made ?? 0);
    },
  };
}
