import type { Credentials } from "../domain/account.js";
import type { Revival } from "../domain/session.js";
import { account as keys } from "./keys.js";
import type { RedisClient } from "./redis.js";
import type { RunScript } from "./scripts.js";
import type { Vault } from "./secrets.js";

/** What was tried to bring a session back, as it was read: to be handed back with the next try. */
export interface StoredRevival {
  readonly revival: Revival | null;
  readonly text: string;
}

/** Tries to bring lost sessions back, kept so that neither restarts nor other processes make more of them. */
export interface RevivalStore {
  get(account: string): Promise<StoredRevival>;
  /**
   * Notes a try before it is made. False: somebody else has made it, the session `epoch` is not the account's any
   * more, or there are no credentials to log in with.
   */
  claim(
    account: string,
    epoch: number,
    before: StoredRevival,
    after: Revival,
    kind: "login" | "probe",
  ): Promise<boolean>;
  /** The stored credentials; null when there are none. Throws when they were sealed with a key that is gone. */
  credentials(account: string): Promise<Credentials | null>;
  /** Forgets the credentials: no login is begun with them from here on. */
  forget(account: string): Promise<void>;
}

/** What the credentials of an account are sealed for. */
export const credentialsPurpose = (account: string) => `credentials:${account}`;

/** Credentials as they are stored. */
export function sealCredentials(vault: Vault, account: string, { email, password }: Credentials): string {
  return vault.seal(JSON.stringify({ email, password }), credentialsPurpose(account));
}

export function createRevivalStore(client: RedisClient, run: RunScript, vault: Vault): RevivalStore {
  return {
    async get(account) {
      const text = (await client.get(keys.revival(account))) ?? "";
      return { revival: text === "" ? null : (JSON.parse(text) as Revival), text };
    },
    async claim(account, epoch, before, after, kind) {
      const of = [keys.record(account), keys.revival(account), keys.credentials(account)];
      const login = kind === "login" ? "1" : "";
      return (await run("claim-revival", of, [epoch, before.text, JSON.stringify(after), login])) === 1;
    },
    async credentials(account) {
      const sealed = await client.get(keys.credentials(account));
      return sealed ? (JSON.parse(vault.open(sealed, credentialsPurpose(account))) as Credentials) : null;
    },
    async forget(account) {
      await client.unlink(keys.credentials(account));
      await client.hdel(keys.record(account), "renewal");
    },
  };
}
