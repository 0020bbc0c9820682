import { createHash, timingSafeEqual } from "node:crypto";
import { firstToken, isExpired, type Token } from "../domain/token.js";
import type { Entrance, Entry, TokenService } from "../services/tokens.js";
import { createFailedLogins } from "./failed-logins.js";

/** How often it is looked whether a token that holds something open still stands, ms. */
const watchEveryMs = 1_000;

/** The door of API and dashboard. `apiToken` is the first token, which needs no store. */
export function createEntrance(options: {
  apiToken: string;
  tokens: Pick<TokenService, "find" | "get">;
  now: () => number;
}): Entrance {
  const { apiToken, tokens, now } = options;
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const expected = digest(apiToken);
  const failed = createFailedLogins(now);

  async function judge(text: string, given: Buffer): Promise<Entry> {
    if (timingSafeEqual(given, expected)) return { kind: "known", token: firstToken };
    const token = await tokens.find(text);
    if (!token) return { kind: "unknown" };
    return { kind: isExpired(token, now()) ? "expired" : "known", token };
  }

  async function standing(id: string): Promise<Token | null> {
    if (id === firstToken.id) return firstToken;
    const token = await tokens.get(id);
    return token && !isExpired(token, now()) ? token : null;
  }

  return {
    standing,
    async enter(text, address) {
      const given = digest(text);
      const attempt = failed.begin(address, given.toString("base64url"));
      if ("retryAfterSeconds" in attempt) return { kind: "limited", ...attempt };
      let entry: Entry | null = null;
      try {
        entry = await judge(text, given);
      } finally {
        // A store that is away has not called the token wrong.
        if (entry?.kind === "unknown") attempt.fail();
        else attempt.forgive();
      }
      if (entry.kind === "known") attempt.recognise();
      return entry;
    },
    watch(id, done) {
      const ended = new AbortController();
      if (id === firstToken.id || done.aborted) return ended.signal;
      // A store that is away says nothing about the token.
      const look = () =>
        standing(id).then(
          (token) => token ?? ended.abort(),
          () => undefined,
        );
      const timer = setInterval(() => void look(), watchEveryMs).unref();
      for (const signal of [done, ended.signal]) {
        signal.addEventListener("abort", () => clearInterval(timer), { once: true });
      }
      return ended.signal;
    },
  };
}
