import { Cluster } from "ioredis";
import { jarPurpose } from "./accounts.js";
import { answerPurpose } from "./idempotency.js";
import { account, mailbox, shared } from "./keys.js";
import type { RedisClient } from "./redis.js";
import { credentialsPurpose } from "./revivals.js";
import type { RunScript } from "./scripts.js";
import type { Vault } from "./secrets.js";
import { channelPurpose, secretsPurpose } from "./subscriptions.js";

/** A sealed text, as a look at it left it: `kept` is under the first key already, `lost` is under one that is gone. */
export interface Seal {
  readonly what: "session" | "credentials" | "channel" | "signing_secrets" | "answer";
  readonly became: "sealed" | "kept" | "lost";
}

/** Every sealed text that is kept, to be put under the first key. Nothing else of it changes, and no writer is overtaken. */
export interface SealStore {
  account(id: string): Promise<Seal[]>;
  subscription(id: string): Promise<Seal[]>;
  /** Some of the answers that are kept for repeated requests, from a place on (null: the first); `next` is null behind the last. */
  answers(place: string | null): Promise<{ readonly seals: Seal[]; readonly next: string | null }>;
}

const scannedAtOnce = 1_000;

export function createSealStore(client: RedisClient, run: RunScript, vault: Vault): SealStore {
  /** `sealedIn` finds the sealed text in what is stored. A text that somebody else wrote meanwhile is looked at again. */
  async function renew(
    key: string,
    what: Seal["what"],
    purpose: string,
    sealedIn = (text: string) => text,
  ): Promise<Seal[]> {
    for (;;) {
      const text = await client.get(key);
      if (text === null) return [];
      const sealed = sealedIn(text);
      let renewed: string | null;
      try {
        renewed = vault.renew(sealed, purpose);
      } catch {
        return [{ what, became: "lost" }];
      }
      if (renewed === null) return [{ what, became: "kept" }];
      const done = await run("replace-text", [key], [text, text.replace(sealed, renewed)]);
      if (done === 1) return [{ what, became: "sealed" }];
    }
  }

  const channelIn = (text: string) => (JSON.parse(text) as { readonly channel: string }).channel;
  const [before = "", behind = ""] = shared.idempotency("\n").split("\n");

  return {
    async account(id) {
      const { jar, credentials } = account;
      const session = await renew(jar(id), "session", jarPurpose(id));
      return [...session, ...(await renew(credentials(id), "credentials", credentialsPurpose(id)))];
    },
    async subscription(id) {
      const { subscription, secrets } = mailbox;
      const channel = await renew(subscription(id), "channel", channelPurpose(id), channelIn);
      return [...channel, ...(await renew(secrets(id), "signing_secrets", secretsPurpose(id)))];
    },
    async answers(place) {
      const nodes = client instanceof Cluster ? client.nodes("master") : [client];
      const [, number = "0", cursor = "0"] = /^(\d+) (\d+)$/.exec(place ?? "") ?? [];
      const node = nodes[Number(number)];
      if (!node) return { seals: [], next: null };
      const pattern = `${before}*${behind}`;
      const [next, found] = await node.scan(cursor, "MATCH", pattern, "COUNT", scannedAtOnce);
      const seals: Seal[] = [];
      for (const key of found) {
        const name = key.slice(before.length, key.length - behind.length);
        seals.push(...(await renew(key, "answer", answerPurpose(name))));
      }
      if (next !== "0") return { seals, next: `${number} ${next}` };
      return { seals, next: Number(number) + 1 < nodes.length ? `${Number(number) + 1} 0` : null };
    },
  };
}
