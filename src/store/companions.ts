import { createHash } from "node:crypto";
import { accountOfCompanion, type Companion } from "../domain/companion.js";
import { account as keys, shared } from "./keys.js";
import type { RedisClient } from "./redis.js";
import type { RunScript } from "./scripts.js";

/**
 * Browsers that are paired with accounts. Of a token, as of a pairing code, only its SHA-256 is kept: a token has 256
 * random bits, and a code, of 60, is good for ten minutes and once.
 */
export interface CompanionStore {
  /** Keeps a pairing code for `ms`, or until three newer ones were made. */
  addPairing(code: string, account: string, ms: number): Promise<void>;
  /** The account that a code is for; from then on the code is good for nothing. */
  takePairing(code: string): Promise<string | null>;
  /** False when there is no such account. */
  add(account: string, companion: Companion, token: string): Promise<boolean>;
  /** Whose token this is. */
  find(token: string): Promise<{ readonly account: string; readonly companion: Companion } | null>;
  /** Newest first. */
  list(account: string): Promise<readonly Companion[]>;
  remove(account: string, id: string): Promise<boolean>;
  /** Writes down when a companion was heard of. One whose pairing was ended meanwhile stays out. */
  noteHeard(account: string, token: string, at: string): Promise<void>;
}

/** Codes of one account that are good at the same time; a newer one ends the oldest. */
const mostPairings = 3;

const digestOf = (text: string) => createHash("sha256").update(text).digest("hex");

/** Ends the pairing codes of an account that is deleted. */
export async function forgetPairings(client: RedisClient, account: string): Promise<void> {
  await forget(client, await client.lrange(keys.pairings(account), 0, -1));
}

async function forget(client: RedisClient, digests: readonly string[]): Promise<void> {
  // One by one: each is in a slot of its own.
  for (const digest of digests) await client.del(shared.pairing(digest));
}

export function createCompanionStore(client: RedisClient, run: RunScript): CompanionStore {
  const readAll = async (account: string) =>
    Object.entries(await client.hgetall(keys.companions(account))).map(
      ([digest, text]) => [digest, JSON.parse(text) as Companion] as const,
    );

  return {
    async addPairing(code, account, ms) {
      const digest = digestOf(code);
      await client.lpush(keys.pairings(account), digest);
      await client.pexpire(keys.pairings(account), ms);
      await forget(client, await client.lrange(keys.pairings(account), mostPairings, -1));
      await client.ltrim(keys.pairings(account), 0, mostPairings - 1);
      await client.set(shared.pairing(digest), account, "PX", ms);
    },
    takePairing: (code) => client.getdel(shared.pairing(digestOf(code))),
    async add(account, companion, token) {
      const args = [digestOf(token), JSON.stringify(companion)];
      return (await run("companion-add", [keys.record(account), keys.companions(account)], args)) === 1;
    },
    async find(token) {
      const account = accountOfCompanion(token);
      // The lookup is by its hash, so the time it takes tells nothing of the text.
      const found = account && (await client.hget(keys.companions(account), digestOf(token)));
      return account && found ? { account, companion: JSON.parse(found) as Companion } : null;
    },
    async list(account) {
      const all = (await readAll(account)).map(([, companion]) => companion);
      return all.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id));
    },
    async remove(account, id) {
      const found = (await readAll(account)).find(([, companion]) => companion.id === id);
      if (!found) return false;
      if ((await client.get(keys.attending(account))) === id) await client.del(keys.attending(account));
      return (await client.hdel(keys.companions(account), found[0])) > 0;
    },
    async noteHeard(account, token, at) {
      const digest = digestOf(token);
      const text = await client.hget(keys.companions(account), digest);
      if (text === null) return;
      const heard = JSON.stringify({
        ...(JSON.parse(text) as Companion),
        lastHeardAt: at,
      } satisfies Companion);
      // Another one that noted it at the same time has said about the same.
      await run("replace-field", [keys.companions(account)], [digest, text, heard]);
    },
  };
}
