import type { AttemptOutcome, Channel, Message } from "../domain/delivery.js";
import type { ChannelSettings, ChannelType } from "../domain/subscription.js";
import { messageOf } from "../errors.js";
import type { Log } from "../log.js";
import { parseNetworks } from "./addresses.js";
import { createEmailChannel } from "./email.js";
import { createHttp } from "./http.js";
import { retryLater } from "./outcome.js";
import { createSlackChannel, slackHosts } from "./slack.js";
import { createWebhookChannel } from "./webhook.js";

export interface ChannelsOptions {
  /** CIDRs that may be reached although private, and over plain http. */
  readonly allowedNetworks: readonly string[];
  /** Null: email is not set up. */
  readonly smtp: { readonly url: string; readonly from: string } | null;
  readonly version: string;
  /** A signed link that needs no login. */
  unsubscribeUrl(subscriptionId: string, recipient: string): string;
  readonly log?: Log;
}

/** All channels behind one door. */
export interface Channels {
  /** Never throws: a bug in a channel is a failed attempt like any other. */
  send(message: Message, signal: AbortSignal): Promise<AttemptOutcome>;
  /** Why a subscription with this channel must be refused now, as a sentence; null when it is fine. */
  check(settings: ChannelSettings): Promise<string | null>;
  close(): Promise<void>;
}

/** A channel as it stands in the registry. */
interface Entry<Type extends ChannelType> {
  readonly channel: Channel;
  check(settings: Extract<ChannelSettings, { type: Type }>): Promise<string | null>;
  close(): Promise<void> | void;
}

/** Builds every channel. Throws `SettingsError` for networks that are not CIDRs. */
export function createChannels(options: ChannelsOptions): Channels {
  const entries: { readonly [Type in ChannelType]: Entry<Type> } = {
    webhook: webhookEntry(options),
    slack: slackEntry(options),
    email: emailEntry(options),
  };

  return {
    async send(message, signal) {
      const { type } = message.subscription.channel;
      try {
        return await entries[type].channel.send(message, signal);
      } catch (error) {
        options.log?.error(
          { err: error, channel: type, delivery: message.delivery.id },
          "a channel failed on its own",
        );
        const reason = `internal error in the ${type} channel: ${messageOf(error)}`;
        return retryLater(reason);
      }
    },
    check(settings) {
      const entry: { check(some: ChannelSettings): Promise<string | null> } = entries[settings.type];
      return entry.check(settings);
    },
    async close() {
      await Promise.all(Object.values(entries).map((entry) => entry.close()));
    },
  };
}

function webhookEntry({ allowedNetworks, version }: ChannelsOptions): Entry<"webhook"> {
  const http = createHttp({ allowed: parseNetworks(allowedNetworks) });
  return {
    channel: createWebhookChannel({ http, version }),
    check: ({ url }) => http.checkReach(url),
    close: http.close,
  };
}

function slackEntry({ allowedNetworks, version }: ChannelsOptions): Entry<"slack"> {
  const http = createHttp({ allowed: parseNetworks(allowedNetworks), publicHosts: slackHosts });
  return {
    channel: createSlackChannel({ http, version }),
    check: ({ url }) => http.checkReach(url),
    close: http.close,
  };
}

function emailEntry({ smtp, unsubscribeUrl }: ChannelsOptions): Entry<"email"> {
  const missing = "email is not set up: set SMTP_URL and EMAIL_FROM";
  if (smtp === null) {
    const channel: Channel = {
      send: async () => retryLater(missing),
    };
    return { channel, check: async () => missing, close: () => {} };
  }
  const channel = createEmailChannel({ smtp, unsubscribeUrl });
  return { channel, check: async () => null, close: channel.close };
}
