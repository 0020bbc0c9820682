import type { Trust } from "../domain/hints.js";
import type { ResourceName } from "../domain/record.js";
import { account as keys } from "./keys.js";
import type { RedisClient } from "./redis.js";
import type { RunScript } from "./scripts.js";

/**
 * What lists hint at, and how good those hints have proved. Lost, they are learned again. What a worker says that was
 * overtaken, or whose account was deleted, is not written.
 */
export interface HintStore {
  /** What the hints say (see `marks` of the domain), by collection or by the list that hints. */
  marks(account: string): Promise<Map<string, string>>;
  /** Notes what they say now, and forgets what they say nothing of any more. */
  note(
    account: string,
    fence: string,
    marks: ReadonlyMap<string, string>,
    gone: readonly string[],
  ): Promise<void>;
  /** By the resource that is hinted at. */
  trust(account: string): Promise<Map<ResourceName, Trust>>;
  setTrust(account: string, fence: string, resource: ResourceName, trust: Trust): Promise<void>;
}

/** Largest number of fields in one command: Redis stays responsive for everyone else. */
const chunk = 1_000;

export function createHintStore(client: RedisClient, run: RunScript): HintStore {
  return {
    async marks(account) {
      return new Map(Object.entries(await client.hgetall(keys.hints(account))));
    },
    async note(account, fence, marks, gone) {
      const fields = [...marks];
      const of = [keys.fence(account), keys.hints(account)];
      for (let i = 0; i < fields.length; i += chunk)
        await run("set-field", of, [fence, ...fields.slice(i, i + chunk).flat()]);
      for (let i = 0; i < gone.length; i += chunk)
        await client.hdel(keys.hints(account), ...gone.slice(i, i + chunk));
    },
    async trust(account) {
      const texts = Object.entries(await client.hgetall(keys.trust(account)));
      return new Map(texts.map(([name, text]) => [name as ResourceName, JSON.parse(text) as Trust]));
    },
    async setTrust(account, fence, resource, trust) {
      const of = [keys.fence(account), keys.trust(account)];
      await run("set-field", of, [fence, resource, JSON.stringify(trust)]);
    },
  };
}
