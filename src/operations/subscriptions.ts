import { randomBytes } from "node:crypto";
import type { Account } from "../domain/account.js";
import { sampleAccount } from "../domain/catalog/entry.js";
import { eventTypes, matchesPattern } from "../domain/catalog.js";
import type { AttemptOutcome, Message } from "../domain/delivery.js";
import { freezeEvent, type PixiehookEvent } from "../domain/event.js";
import { deliveryId } from "../domain/ids.js";
import { mailboxState } from "../domain/mailbox.js";
import { receiverOf, startSlowly } from "../domain/receiver.js";
import { makeSample, testEventId, whyNever } from "../domain/sample.js";
import {
  type ChannelSettings,
  defaultDigest,
  rotateSecrets,
  type Subscription,
  type SubscriptionInput,
} from "../domain/subscription.js";
import { attemptOf, type ChannelParts } from "../pipeline/attempt.js";
import { removeSubscription } from "../pipeline/delete.js";
import { announceMs, iso, type Parts } from "../pipeline/parts.js";
import { takeTurn } from "../pipeline/rate.js";
import type { Refusal } from "../services/shared.js";
import type { SubscriptionService } from "../services/subscriptions.js";
import { newestWanted } from "./preview.js";

export interface SubscriptionParts extends ChannelParts {
  /** Why such a channel cannot be used, or null. */
  readonly check: (channel: ChannelSettings) => Promise<string | null>;
  readonly createSecret: () => string;
  readonly publicKeyOf: (secret: string) => string;
  /** The recipient that an unsubscribe token names, or null. */
  readonly recipientOf: (subscription: string, token: string) => string | null;
}

/** How long (ms) a test waits for its turn at a Slack URL. */
const testPatienceMs = 10_000;
const noTurn: AttemptOutcome = {
  kind: "retry",
  error:
    "nothing was sent: Slack takes one message a second, and others wait for this URL; try again in a minute",
  afterMs: null,
  holdMailbox: false,
  overloaded: false,
};

export function createSubscriptionService(parts: Parts & SubscriptionParts): SubscriptionService {
  const { store, now, wakeUps } = parts;

  /** Accounts look again at what they should poll: a new subscription may want a resource that nobody wanted. */
  async function wakeAccounts(account: string | null): Promise<void> {
    const ids = account === null ? await store.accounts.ids() : [account];
    for (const id of ids) await store.due.announce("poll", id, now());
    await wakeUps.wakeMany("poll", ids);
  }

  function keyFor(channel: ChannelSettings, secret: string): string | null {
    return channel.type === "webhook" && channel.asymmetric ? parts.publicKeyOf(secret) : null;
  }

  /** Shows the key of the current secret; looks again after it, for another rotation may have come between. */
  async function showPublicKey(id: string): Promise<Subscription | null> {
    for (;;) {
      const secrets = await store.subscriptions.secrets(id);
      if (!secrets) return null;
      const shown = await store.subscriptions.update(id, (current) => ({
        ...current,
        publicKey: keyFor(current.channel, secrets.current),
      }));
      const latest = await store.subscriptions.secrets(id);
      if (!shown || latest?.current === secrets.current) return shown;
    }
  }

  async function accountRefusal(account: string): Promise<Refusal | null> {
    if (await store.accounts.exists(account)) return null;
    const detail = `There is no account ${account}: GET /v1/accounts lists them.`;
    return { kind: "refused", code: "account_not_found", detail };
  }

  async function refusalOf(input: {
    account: string | null;
    channel: ChannelSettings;
  }): Promise<Refusal | null> {
    const unknown = input.account === null ? null : await accountRefusal(input.account);
    if (unknown) return unknown;
    const detail = await parts.check(input.channel);
    if (detail === null) return null;
    if (input.channel.type === "email") return { kind: "refused", code: "email_not_configured", detail };
    // Other rules say themselves what would be right.
    const isAddress = !/^must|^not a URL/.test(detail);
    const remedy = "use a public https address, or allow its network with PIXIEHOOK_ALLOWED_NETWORKS";
    return {
      kind: "refused",
      code: "url_not_allowed",
      detail: isAddress ? `${detail}: ${remedy}` : detail,
    };
  }

  return {
    async create(input) {
      const refusal = await refusalOf(input);
      if (refusal) return refusal;
      const secret = parts.createSecret();
      const subscription = await store.subscriptions.create(
        { ...complete(input), publicKey: keyFor(input.channel, secret) },
        { current: secret, previous: [] },
      );
      // Deleted meanwhile: whoever deleted it may not have seen this one.
      const gone = subscription.account === null ? null : await accountRefusal(subscription.account);
      if (gone) {
        await removeSubscription(subscription.id, parts);
        return gone;
      }
      await wakeAccounts(subscription.account);
      return { kind: "created", subscription, secret };
    },
    get: (id) => store.subscriptions.get(id),
    list: (page) => store.subscriptions.list(page),
    async mailbox(subscription) {
      const [size, receiver] = await Promise.all([
        store.mailboxes.size(subscription.id, now()),
        store.mailboxes.receiver(subscription.id),
      ]);
      return mailboxState(subscription, size, receiver, now());
    },
    async update(id, patch) {
      const before = await store.subscriptions.get(id);
      if (!before) return null;
      const refusal = patch.channel ? await refusalOf({ account: null, channel: patch.channel }) : null;
      if (refusal) return refusal;
      const secrets = await store.subscriptions.secrets(id);
      const { limits, ...rest } = patch;
      const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
      await store.due.announce("deliver", id, now() + announceMs);
      // Before it is on: its first failure must not count together with those of the time before it was off.
      const wanted = { ...before, ...given };
      if (isOff(before) && !isOff(wanted)) {
        const state = startSlowly(receiverOf(null, wanted.channel));
        await store.mailboxes.setReceiver(id, { state, known: before.updatedAt });
      }
      const subscription = await store.subscriptions.update(id, (current) => ({
        ...current,
        ...given,
        limits: {
          perSecond: limits?.perSecond ?? current.limits.perSecond,
          concurrency: limits?.concurrency ?? current.limits.concurrency,
        },
        disabledReason: patch.enabled === true ? null : current.disabledReason,
        publicKey: secrets ? keyFor(patch.channel ?? current.channel, secrets.current) : null,
      }));
      if (!subscription) return null;
      // A rotation that came between has changed the key.
      const rotated = (await store.subscriptions.secrets(id))?.current !== secrets?.current;
      const shown = rotated ? await showPublicKey(id) : subscription;
      if (!shown) return null;
      // Deliveries that waited while it was off, or for another address, go on now.
      await wakeUps.wake("deliver", id);
      await wakeAccounts(subscription.account);
      return { kind: "updated", subscription: shown };
    },
    remove: (id) => removeSubscription(id, parts),
    async unsubscribe(id, token) {
      const recipient = parts.recipientOf(id, token);
      if (recipient === null) return null;
      const subscription = await store.subscriptions.update(id, (current) =>
        withoutRecipient(current, recipient),
      );
      return subscription ? { recipient } : null;
    },
    async test(id) {
      const [subscription, secrets] = await Promise.all([
        store.subscriptions.get(id),
        store.subscriptions.secrets(id),
      ]);
      if (!subscription || !secrets) return null;
      const owner = subscription.account === null ? null : await store.accounts.get(subscription.account);
      const event = sampleFor(subscription, owner ?? sampleAccount, iso(now()));
      const message: Message = {
        delivery: { id: deliveryId(id, event.id), digest: false, closedAt: null },
        subscription,
        secrets,
        events: [event],
        bodies: [freezeEvent(event).body],
        timezone: owner?.timezone ?? "UTC",
        publicUrl: parts.publicUrl,
        at: new Date(now()),
      };
      const startedAt = now();
      const late = AbortSignal.timeout(90_000);
      const waitMs = await takeTurn(subscription, parts, startedAt + testPatienceMs, late);
      const outcome = waitMs > 0 ? noTurn : await parts.send(message, late);
      return attemptOf(outcome, null, startedAt, now());
    },
    async rotateSecret(id, graceSeconds) {
      const secret = parts.createSecret();
      const at = now();
      const until = iso(at + graceSeconds * 1_000);
      const stored = await store.subscriptions.changeSecrets(id, (secrets) =>
        rotateSecrets(secrets, secret, { now: at, until }),
      );
      if (!stored) return null;
      await showPublicKey(id);
      return { secret, previousValidUntil: until };
    },
    async preview(input) {
      const subscription = { ...complete(input), id: "sub_preview", enabled: true };
      return newestWanted(store, subscription);
    },
    async deliveries(id, page) {
      if (!(await store.subscriptions.get(id))) return null;
      return store.mailboxes.list(id, page);
    },
    finished: (id, limit) => store.mailboxes.finished(id, limit),
  };
}

const isOff = ({ enabled, paused }: Subscription) => !enabled || paused;

function complete({
  digest,
  ...input
}: SubscriptionInput): Omit<SubscriptionInput, "digest"> & Pick<Subscription, "digest"> {
  return { ...input, digest: digest === undefined ? defaultDigest(input.channel.type) : digest };
}

/** The last recipient that leaves takes the subscription's purpose along: it is switched off. */
function withoutRecipient(subscription: Subscription, recipient: string): Subscription {
  const { channel } = subscription;
  if (channel.type !== "email") return subscription;
  const to = channel.to.filter((address) => address !== recipient);
  if (to.length > 0) return { ...subscription, channel: { ...channel, to } };
  return { ...subscription, enabled: false, disabledReason: `${recipient} unsubscribed.` };
}

/** A sample of the first type that can come to the subscription. It is stated nowhere: its id names nothing. */
function sampleFor(
  subscription: Subscription,
  account: Pick<Account, "id" | "name">,
  now: string,
): PixiehookEvent {
  const wanted = eventTypes.filter(({ type }) =>
    subscription.events.some((pattern) => matchesPattern(pattern, type)),
  );
  // A filter that lets nothing through is no reason to send nothing.
  const entry = wanted.find((each) => whyNever(subscription, each) === null) ?? wanted[0] ?? eventTypes[0];
  if (!entry) throw new Error("the catalogue is empty");
  const nonce = randomBytes(8).toString("hex");
  return { ...makeSample(entry, [subscription], { account, now, nonce }), id: testEventId(nonce) };
}
