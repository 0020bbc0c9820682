import { randomBytes } from "node:crypto";
import { idFromBytes } from "../domain/ids.js";
import type { ChannelSettings, SigningSecrets, Subscription } from "../domain/subscription.js";
import { messageOf } from "../errors.js";
import type { Page, PageRequest } from "../services/shared.js";
import { forgetAnswers } from "./idempotency.js";
import { mailbox as keys, mailboxKeys, shared } from "./keys.js";
import { pageOfIds } from "./page.js";
import type { RedisClient } from "./redis.js";
import type { RunScript } from "./scripts.js";
import type { Vault } from "./secrets.js";

type StoredSecret = SigningSecrets["previous"][number];
type StoredSecrets = Pick<SigningSecrets, "current"> & {
  readonly previous: readonly StoredSecret[] | StoredSecret | null;
};
type NewSubscription = Omit<Subscription, "id" | "createdAt" | "updatedAt" | "disabledReason">;

export interface SubscriptionStore {
  create(input: NewSubscription, secrets: SigningSecrets): Promise<Subscription>;
  get(id: string): Promise<Subscription | null>;
  /** When it was last changed; null when it is deleted. Takes less than reading it whole. */
  updatedAt(id: string): Promise<string | null>;
  list(page: PageRequest): Promise<Page<Subscription>>;
  /** Every subscription, as of now. Kept in memory while nothing changes; treat it as read-only. */
  all(): Promise<readonly Subscription[]>;
  ids(): Promise<string[]>;
  /** Those whose deletion has begun and not ended. */
  ended(): Promise<string[]>;
  update(id: string, change: (subscription: Subscription) => Subscription): Promise<Subscription | null>;
  /** Deletes the subscription with its mailbox. */
  remove(id: string): Promise<boolean>;
  secrets(id: string): Promise<SigningSecrets | null>;
  /** Answers with what is stored afterwards; null when there is no such subscription. */
  changeSecrets(
    id: string,
    change: (secrets: SigningSecrets) => SigningSecrets,
  ): Promise<SigningSecrets | null>;
}

/** How long (ms) subscriptions are kept in memory at most: a writer can die before it says that they changed. */
const cacheMs = 60_000;

/** Stands for a channel that no key opens any more. */
const lostChannel: ChannelSettings = {
  type: "webhook",
  url: "https://unreadable.invalid",
  format: "standard",
  headers: {},
  asymmetric: false,
};

/** What the channel of a subscription, and its signing secrets, are sealed for. */
export const channelPurpose = (id: string) => `channel:${id}`;
export const secretsPurpose = (id: string) => `secrets:${id}`;

export function createSubscriptionStore(
  client: RedisClient,
  run: RunScript,
  vault: Vault,
): SubscriptionStore {
  let cache: { version: string; until: number; subscriptions: readonly Subscription[] } | null = null;

  // Not a counter: after a loss of Redis's last seconds it would show a number that stood for something else.
  const touch = () => client.set(shared.subscriptionsVersion, randomBytes(8).toString("hex"));
  // The channel is sealed whole: a Slack URL, a token in a webhook's URL or a header are credentials.
  const write = (subscription: Subscription) => {
    const channel = vault.seal(JSON.stringify(subscription.channel), channelPurpose(subscription.id));
    return JSON.stringify({ ...subscription, channel });
  };
  const read = (text: string): Subscription => {
    // Those of earlier releases could not be paused.
    const stored = { paused: false, ...JSON.parse(text) } as Omit<Subscription, "channel"> & {
      channel: string;
    };
    try {
      const channel = JSON.parse(vault.open(stored.channel, channelPurpose(stored.id))) as ChannelSettings;
      return { ...stored, channel };
    } catch (error) {
      // One that cannot be opened must not keep the others from their events.
      return { ...stored, channel: lostChannel, enabled: false, disabledReason: messageOf(error) };
    }
  };
  /** An older version kept one previous secret or null, not a list. */
  const openSecrets = (id: string, sealed: string): SigningSecrets => {
    const { current, previous } = JSON.parse(vault.open(sealed, secretsPurpose(id))) as StoredSecrets;
    return { current, previous: previous === null ? [] : [previous].flat() };
  };
  const sealSecrets = (id: string, secrets: SigningSecrets) =>
    vault.seal(JSON.stringify(secrets), secretsPurpose(id));

  async function get(id: string): Promise<Subscription | null> {
    const text = await client.get(keys.subscription(id));
    return text ? read(text) : null;
  }

  async function load(ids: readonly string[]): Promise<Subscription[]> {
    const found: Subscription[] = [];
    for (let i = 0; i < ids.length; i += 500) {
      const some = await Promise.all(ids.slice(i, i + 500).map(get));
      found.push(...some.filter((subscription) => subscription !== null));
    }
    return found;
  }

  return {
    get,
    async updatedAt(id) {
      const text = await client.get(keys.subscription(id));
      return text ? (JSON.parse(text) as Subscription).updatedAt : null;
    },
    async create(input, secrets) {
      const id = idFromBytes("sub", randomBytes(16));
      const now = new Date().toISOString();
      const subscription: Subscription = {
        id,
        ...input,
        disabledReason: null,
        createdAt: now,
        updatedAt: now,
      };
      await client.set(keys.secrets(id), sealSecrets(id, secrets));
      await client.set(keys.subscription(id), write(subscription));
      await client.zadd(shared.subscriptions, String(Date.parse(now)), id);
      await touch();
      return subscription;
    },
    async list(page) {
      const ids = await pageOfIds(client, shared.subscriptions, page);
      return { data: await load(ids.data), next: ids.next };
    },
    async all() {
      const version = (await client.get(shared.subscriptionsVersion)) ?? "0";
      if (cache?.version !== version || cache.until < Date.now()) {
        const ids = await client.zrange(shared.subscriptions, "0", "-1");
        cache = { version, until: Date.now() + cacheMs, subscriptions: await load(ids) };
      }
      return cache.subscriptions;
    },
    ids: () => client.zrange(shared.subscriptions, "0", "-1"),
    async ended() {
      const ids = await client.zrange(shared.subscriptions, "0", "-1");
      const found = await Promise.all(ids.map((id) => client.exists(keys.subscription(id))));
      return ids.filter((_, index) => found[index] === 0);
    },
    async update(id, change) {
      for (;;) {
        const text = await client.get(keys.subscription(id));
        if (!text) return null;
        const before = read(text);
        // Always another time: whoever saw the one before can tell that there was a change.
        const at = Math.max(Date.now(), Date.parse(before.updatedAt) + 1);
        const changed = { ...change(before), updatedAt: new Date(at).toISOString() };
        const done = await run("replace-text", [keys.subscription(id)], [text, write(changed)]);
        if (done !== 1) continue;
        await touch();
        return changed;
      }
    },
    async remove(id) {
      // The index goes last, so that a deletion that was cut off can be asked for again.
      await client.del(keys.subscription(id));
      await touch();
      await forgetAnswers(client, id);
      await client.del(shared.rate(id));
      const digests = await client.hvals(keys.members(id));
      await client.unlink(...mailboxKeys(id, [...new Set(digests)]));
      return (await client.zrem(shared.subscriptions, id)) > 0;
    },
    async secrets(id) {
      const sealed = await client.get(keys.secrets(id));
      return sealed ? openSecrets(id, sealed) : null;
    },
    async changeSecrets(id, change) {
      for (;;) {
        const sealed = await client.get(keys.secrets(id));
        if (!sealed) return null;
        const changed = change(openSecrets(id, sealed));
        const done = await run("replace-text", [keys.secrets(id)], [sealed, sealSecrets(id, changed)]);
        if (done === 1) return changed;
      }
    },
  };
}
