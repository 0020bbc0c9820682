import type { AccountStore, StoredJar } from "./accounts.js";

/** The session of one account, as whoever makes requests with it loads and renews it. */
export interface JarKeeper {
  loadSession(): Promise<StoredJar | null>;
  /** Stores what became of `before`, which was loaded or stored here; not when a person put another in its place. */
  saveSession(jar: StoredJar, before: StoredJar): Promise<void>;
}

/** Several may read with sessions of different ages at once: each jar remembers which session it comes from. */
export function createJarKeeper(
  accounts: Pick<AccountStore, "jar" | "refreshJar">,
  account: string,
): JarKeeper {
  const epochs = new WeakMap<StoredJar, number>();
  return {
    async loadSession() {
      const found = await accounts.jar(account);
      if (!found) return null;
      epochs.set(found.stored, found.epoch);
      return found.stored;
    },
    async saveSession(jar, before) {
      const epoch = epochs.get(before);
      if (epoch === undefined) return;
      epochs.set(jar, epoch);
      await accounts.refreshJar(account, jar, epoch);
    },
  };
}
