import type { Hold } from "../domain/hold.js";
import { account as keys } from "./keys.js";
import type { RedisClient } from "./redis.js";
import type { RunScript } from "./scripts.js";

export interface HoldStore {
  /** Newest first. */
  list(account: string): Promise<Hold[]>;
  get(account: string, id: string): Promise<Hold | null>;
  /** Puts a hold into another state, if it is still as it was read; whether it was. */
  replace(from: Hold, to: Hold): Promise<boolean>;
  /** Deletes holds from before `time` (ms): the events that they keep back are not kept any longer either. */
  trim(account: string, time: number): Promise<void>;
}

export function createHoldStore(client: RedisClient, run: RunScript): HoldStore {
  async function list(account: string): Promise<Hold[]> {
    const holds = (await client.hvals(keys.holds(account))).map((text) => JSON.parse(text) as Hold);
    return holds.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }
  return {
    list,
    async get(account, id) {
      const text = await client.hget(keys.holds(account), id);
      return text ? (JSON.parse(text) as Hold) : null;
    },
    async replace(from, to) {
      const args = [from.id, JSON.stringify(from), JSON.stringify(to)];
      return (await run("replace-field", [keys.holds(from.account)], args)) === 1;
    },
    async trim(account, time) {
      for (const hold of await list(account)) {
        if (Date.parse(hold.createdAt) < time) await client.hdel(keys.holds(account), hold.id);
      }
    },
  };
}
