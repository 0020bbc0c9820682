import { isDeepStrictEqual } from "node:util";
import { hideChannel } from "../domain/hidden.js";
import {
  type ChannelSettings,
  type Digest,
  defaultDigest,
  type Subscription,
} from "../domain/subscription.js";
import { emptyDraft, type SubscriptionDraft } from "./subscription-draft.js";
import { writeAmount } from "./subscription-draft-amount.js";

function channelAnswers(channel: ChannelSettings): Partial<SubscriptionDraft> {
  const shown = hideChannel(channel);
  switch (shown.type) {
    case "webhook": {
      const { url, format, asymmetric, headers } = shown;
      return { webhook: url, format, asymmetric, keptHeaders: Object.keys(headers) };
    }
    case "slack":
      return {};
    case "email":
      return { email: shown.to.join("\n") };
  }
}

function digestAnswers(digest: Digest | null, channel: ChannelSettings): Partial<SubscriptionDraft> {
  if (isDeepStrictEqual(digest, defaultDigest(channel.type))) return { together: "usual" };
  if (digest === null) return { together: "single" };
  const digestEvents = digest.events ?? [];
  if ("every" in digest) return { together: "every", every: digest.every, digestEvents };
  if ("dailyAt" in digest) return { together: "daily", dailyAt: digest.dailyAt, digestEvents };
  return { together: "quiet", quiet: digest.quiet, max: digest.max, digestEvents };
}

/** The form filled in with what a subscription is now. What is secret stays away: nothing stands for it. */
export function draftOf(subscription: Subscription): SubscriptionDraft {
  const { description, account, channel, events, filter, digest, quietHours } = subscription;
  const { retry, limits, ordered, enabled, paused } = subscription;
  const empty = emptyDraft(account ?? "");
  const amount = filter?.amountAtLeast;
  return {
    ...empty,
    description,
    channel: channel.type,
    ...channelAnswers(channel),
    events,
    collections: filter?.collections ?? [],
    clients: filter?.clients?.join("\n") ?? "",
    amount: amount === undefined ? "" : writeAmount(amount, empty.unit),
    ...digestAnswers(digest, channel),
    ...(quietHours && { quietFrom: quietHours.from, quietTo: quietHours.to, except: quietHours.except }),
    delays: retry.delays.join(", "),
    perSecond: String(limits.perSecond),
    concurrency: String(limits.concurrency),
    ordered,
    state: enabled ? (paused ? "paused" : "on") : "off",
  };
}
