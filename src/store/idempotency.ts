import { randomBytes } from "node:crypto";
import { shared } from "./keys.js";
import type { RedisClient } from "./redis.js";
import type { Vault } from "./secrets.js";

/** Answers by key, for a while. They can hold new secrets, so they are sealed. */
export interface AnswerStore<Answer> {
  get(key: string): Promise<Answer | null>;
  put(key: string, answer: Answer, ttlSeconds: number): Promise<void>;
  /** Takes the key; a function that gives it back, or null while another holds it. */
  lock(key: string, ttlSeconds: number): Promise<(() => Promise<void>) | null>;
}

export function createAnswerStore<Answer>(client: RedisClient, vault: Vault): AnswerStore<Answer> {
  const purpose = (key: string) => `answer:${key}`;
  return {
    async get(key) {
      const sealed = await client.get(shared.idempotency(key));
      return sealed ? (JSON.parse(vault.open(sealed, purpose(key))) as Answer) : null;
    },
    async put(key, answer, ttlSeconds) {
      await client.set(
        shared.idempotency(key),
        vault.seal(JSON.stringify(answer), purpose(key)),
        "EX",
        ttlSeconds,
      );
    },
    async lock(key, ttlSeconds) {
      const lock = shared.idempotencyLock(key);
      const holder = randomBytes(8).toString("hex");
      if ((await client.set(lock, holder, "EX", ttlSeconds, "NX")) !== "OK") return null;
      return async () => {
        if ((await client.get(lock)) === holder) await client.del(lock);
      };
    },
  };
}
