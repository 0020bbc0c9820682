import { randomBytes } from "node:crypto";
import { shared } from "./keys.js";
import type { RedisClient } from "./redis.js";
import type { Vault } from "./secrets.js";

/** Answers by key, for a while. They can hold new secrets, so they are sealed. */
export interface AnswerStore<Answer> {
  get(key: string): Promise<Answer | null>;
  /** `about`: ids of accounts, subscriptions and tokens that it names; deleting one of them deletes the answer. */
  put(key: string, answer: Answer, ttlSeconds: number, about: readonly string[]): Promise<void>;
  /**
   * Takes the key; a function that gives it back, or null while another holds it. It is held for as long as this process
   * lives: one that is killed holds it for `ttlSeconds` more at most.
   */
  lock(key: string, ttlSeconds: number): Promise<(() => Promise<void>) | null>;
}

/** Deletes the kept answers that name what is being deleted. */
export async function forgetAnswers(client: RedisClient, id: string): Promise<void> {
  const names = shared.answersAbout(id);
  for (const key of await client.smembers(names)) await client.del(shared.idempotency(key));
  await client.del(names);
}

/** What an answer is sealed for. */
export const answerPurpose = (key: string) => `answer:${key}`;

export function createAnswerStore<Answer>(client: RedisClient, vault: Vault): AnswerStore<Answer> {
  return {
    async get(key) {
      const sealed = await client.get(shared.idempotency(key));
      return sealed ? (JSON.parse(vault.open(sealed, answerPurpose(key))) as Answer) : null;
    },
    async put(key, answer, ttlSeconds, about) {
      for (const id of about) {
        const names = shared.answersAbout(id);
        await client.sadd(names, key);
        await client.expire(names, ttlSeconds);
      }
      await client.set(
        shared.idempotency(key),
        vault.seal(JSON.stringify(answer), answerPurpose(key)),
        "EX",
        ttlSeconds,
      );
    },
    async lock(key, ttlSeconds) {
      const lock = shared.idempotencyLock(key);
      const holder = randomBytes(8).toString("hex");
      if ((await client.set(lock, holder, "EX", ttlSeconds, "NX")) !== "OK") return null;
      const keep = async () => {
        if ((await client.get(lock)) === holder) await client.expire(lock, ttlSeconds);
      };
      // Should Redis not answer, the key ends by itself.
      const keeping = setInterval(() => void keep().catch(() => undefined), ttlSeconds * 250).unref();
      return async () => {
        clearInterval(keeping);
        if ((await client.get(lock)) === holder) await client.del(lock);
      };
    },
  };
}
