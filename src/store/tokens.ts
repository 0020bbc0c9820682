import { createHash, timingSafeEqual } from "node:crypto";
import { firstToken, type Token } from "../domain/token.js";
import type { Page, PageRequest } from "../services/shared.js";
import { forgetAnswers } from "./idempotency.js";
import { shared } from "./keys.js";
import { pageOfIds, wrapCursor } from "./page.js";
import type { RedisClient } from "./redis.js";
import type { RunScript } from "./scripts.js";

/** API tokens. Of the text of a token only its SHA-256 is kept: it has 256 random bits, so no salt is needed. */
export interface TokenStore {
  add(token: Token & { readonly createdAt: string }, text: string): Promise<void>;
  /** By the text of a token. The lookup is by its hash, so the time it takes tells nothing of the text. */
  find(text: string): Promise<Token | null>;
  get(id: string): Promise<Token | null>;
  /** Newest first; the first token, which is a setting, last. */
  list(page: PageRequest): Promise<Page<Token>>;
  remove(id: string): Promise<boolean>;
  /** Writes down that a token was used. One that was deleted meanwhile stays deleted. */
  noteUse(id: string, at: string): Promise<void>;
}

interface Stored extends Token {
  readonly digest: string;
}

const digestOf = (text: string) => createHash("sha256").update(text).digest();

function shown({ digest: _, ...token }: Stored): Token {
  return token;
}

export function createTokenStore(client: RedisClient, run: RunScript): TokenStore {
  const { tokens, tokenDigests, tokenRecords, firstTokenUsed } = shared;

  async function first(): Promise<Token> {
    return { ...firstToken, lastUsedAt: await client.get(firstTokenUsed) };
  }

  async function read(id: string): Promise<string | null> {
    const digest = await client.hget(tokenDigests, id);
    return digest === null ? null : client.hget(tokenRecords, digest);
  }

  async function get(id: string): Promise<Token | null> {
    if (id === firstToken.id) return first();
    const text = await read(id);
    return text === null ? null : shown(JSON.parse(text) as Stored);
  }

  return {
    get,
    async add(token, text) {
      const digest = digestOf(text).toString("hex");
      const stored: Stored = { ...token, digest };
      const added = await client
        .multi()
        .hset(tokenRecords, digest, JSON.stringify(stored))
        .hset(tokenDigests, token.id, digest)
        .zadd(tokens, String(Date.parse(token.createdAt)), token.id)
        .exec();
      if (added === null) throw new Error("the token was not stored");
    },
    async find(text) {
      const digest = digestOf(text);
      const found = await client.hget(tokenRecords, digest.toString("hex"));
      if (found === null) return null;
      const stored = JSON.parse(found) as Stored;
      return timingSafeEqual(Buffer.from(stored.digest, "hex"), digest) ? shown(stored) : null;
    },
    async list(page) {
      const { data: ids, next } = await pageOfIds(client, tokens, page);
      const data = (await Promise.all(ids.map(get))).filter((token) => token !== null);
      if (next !== null) return { data, next };
      if (ids.length < page.limit) return { data: [...data, await first()], next: null };
      const last = data.at(-1);
      return { data, next: wrapCursor(`${Date.parse(last?.createdAt ?? "1970")} ${last?.id ?? "tok_0"}`) };
    },
    async remove(id) {
      await forgetAnswers(client, id);
      const digest = await client.hget(tokenDigests, id);
      if (digest === null) return false;
      // What opens doors goes first; the id goes last, so that a deletion that was cut off can be asked for again.
      await client.hdel(tokenRecords, digest);
      await client.del(shared.rate(`token:${id}`));
      await client.zrem(tokens, id);
      return (await client.hdel(tokenDigests, id)) > 0;
    },
    async noteUse(id, at) {
      if (id === firstToken.id) {
        await client.set(firstTokenUsed, at);
        return;
      }
      const text = await read(id);
      if (text === null) return;
      const stored = JSON.parse(text) as Stored;
      const used = JSON.stringify({ ...stored, lastUsedAt: at } satisfies Stored);
      // Another one that noted a use at the same time has said the same.
      await run("replace-field", [tokenRecords], [stored.digest, text, used]);
    },
  };
}
