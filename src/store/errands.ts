import { attendingMs, type Errand, type ErrandAnswer } from "../domain/companion.js";
import { account as keys } from "./keys.js";
import type { RedisClient } from "./redis.js";
import type { RunScript } from "./scripts.js";

/** Which browser got a page, and with which sign-in. */
export interface ErrandReader {
  readonly companion: string;
  readonly signIn: string;
}

/** How a page stands that a browser is to get. */
export type ErrandStanding =
  /** Nobody came for it yet. */
  | { readonly kind: "waiting" }
  | { readonly kind: "taken" }
  | { readonly kind: "answered"; readonly reader: ErrandReader; readonly answer: ErrandAnswer }
  /** Its time is over, or another one is in its place. */
  | { readonly kind: "over" };

/**
 * Pages that a user's browser is to get for an account: one at a time, as its requests go. Whoever polls puts them
 * here, and the browser takes them, whatever processes the two have to do with.
 */
export interface ErrandStore {
  /** In place of an older one, whoever waits for that. For one browser, whoever reads, or (null) the one that does. */
  put(account: string, errand: Errand, keptMs: number, companion?: string | null): Promise<void>;
  standing(account: string, id: string): Promise<ErrandStanding>;
  withdraw(account: string, id: string): Promise<void>;
  /**
   * `isNews`: no browser was there before this one. `announce` is waited for before that is noted: whoever dies in
   * between leaves it news for the next one that comes.
   */
  take(
    account: string,
    by: ErrandReader,
    announce?: () => Promise<void>,
  ): Promise<{ readonly errand: Errand | null; readonly isNews: boolean }>;
  /** False: nobody waits for it, or it was not this browser's. */
  answer(account: string, id: string, companion: string, answer: ErrandAnswer): Promise<boolean>;
  /** Makes this companion the one that reads, where one does. */
  prefer(account: string, companion: string): Promise<void>;
  /** Whether some browser asks for errands. */
  isAttended(account: string): Promise<boolean>;
  /** Says that nobody does: this companion, or (null) whoever it was. */
  leave(account: string, companion: string | null): Promise<void>;
}

type Taken = readonly [news: number, text: string | null];

/** What the browser that reads has not come for after this time (ms) may be taken by another one. */
const leftLyingMs = 3_000;
/** How long (ms) an answer is kept for whoever asked: they look many times a second. */
const answerKeptMs = 30_000;

export function createErrandStore(client: RedisClient, run: RunScript): ErrandStore {
  const { errand: errandKey, errandAnswer: answerKey, attending } = keys;
  return {
    async put(account, errand, keptMs, companion = null) {
      const args = [errand.id, JSON.stringify(errand), Math.round(keptMs), companion ?? ""];
      await run("errand-put", [errandKey(account)], args);
    },
    async standing(account, id) {
      const [asked, by] = await client.hmget(errandKey(account), "id", "by");
      if (asked === id) return { kind: by ? "taken" : "waiting" };
      // After that: an answer takes the place of the errand.
      const fields = await client.hmget(answerKey(account), "id", "by", "sign-in");
      const [answered, companion, signIn] = fields;
      if (answered !== id || !companion) return { kind: "over" };
      const answer = await client.hget(answerKey(account), "answer");
      await client.unlink(answerKey(account));
      if (!answer) return { kind: "over" };
      const reader = { companion, signIn: signIn ?? "" };
      return { kind: "answered", reader, answer: JSON.parse(answer) as ErrandAnswer };
    },
    async withdraw(account, id) {
      if ((await client.hget(errandKey(account), "id")) === id) await client.del(errandKey(account));
    },
    async take(account, { companion, signIn }, announce = async () => undefined) {
      const ask = async (isAnnounced: 0 | 1) => {
        const args = [companion, signIn, attendingMs, leftLyingMs, isAnnounced];
        return (await run("errand-take", [errandKey(account), attending(account)], args)) as Taken;
      };
      let taken = await ask(0);
      if (taken[0] === 1) {
        await announce();
        taken = await ask(1);
      }
      const [news, text] = taken;
      return { isNews: news === 1, errand: text === null ? null : (JSON.parse(text) as Errand) };
    },
    async answer(account, id, companion, answer) {
      const args = [id, companion, JSON.stringify(answer), answerKeptMs];
      return (await run("errand-answer", [errandKey(account), answerKey(account)], args)) === 1;
    },
    async prefer(account, companion) {
      await client.set(attending(account), companion, "PX", attendingMs, "XX");
    },
    isAttended: async (account) => (await client.exists(attending(account))) === 1,
    async leave(account, companion) {
      if (companion === null || (await client.get(attending(account))) === companion)
        await client.del(attending(account));
    },
  };
}
