import type { CookieJar } from "tough-cookie";
import type { UpstreamClient } from "./client.js";
import { parseJar, type StoredSession, serializeJar } from "./cookies.js";
import type { Fetcher } from "./fetcher.js";
import { urlOf } from "./hosts.js";

export interface SessionKeeper {
  /** The stored session of the account; null when there is none. */
  loadSession(): Promise<StoredSession | null>;
  /** Stores a session whose cookies the upstream renewed. `before` is what was loaded: a session that a person
   * has stored since must not be overwritten. */
  saveSession(session: StoredSession, before: StoredSession): Promise<void>;
}

/**
 * This server asks, with the stored session. Cookies that the upstream renews are stored before anything else happens;
 * `loadSession` and `saveSession` may throw, and that goes through.
 */
export function createServerFetcher(client: UpstreamClient, keeper: SessionKeeper): Fetcher {
  return {
    galleryUrl: client.galleryUrl,
    studioUrl: client.studioUrl,
    isShared: false,
    now: client.now,
    async begin() {
      let stored = await keeper.loadSession();
      if (!stored) return null;
      let jar: CookieJar;
      try {
        jar = parseJar(stored.cookies);
      } catch {
        return null;
      }
      const { userAgent } = stored;
      return {
        knows: (host) => jar.getCookiesSync(urlOf(client, host, "/").href).length > 0,
        session: () => stored?.cookies ?? "",
        async get(wanted) {
          const { jarChanged, ...answer } = await client.get({ ...wanted, jar, userAgent });
          if (jarChanged && stored) {
            const renewed = { cookies: serializeJar(jar), userAgent };
            await keeper.saveSession(renewed, stored);
            stored = renewed;
          }
          return answer;
        },
      };
    },
  };
}
