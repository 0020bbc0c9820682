import type { ChannelSettings } from "./subscription.js";

/** Stands for what is not shown again. Sent back, it means: as it is. */
export const hidden = "[hidden]";

/** An address without what makes it a key: the path of an incoming Slack webhook, the query of any other. */
function hideUrl({ type, url }: Extract<ChannelSettings, { url: string }>): string {
  const { origin, pathname, search, hash } = new URL(url);
  if (type === "slack") return `${origin}/${hidden}`;
  return search === "" && hash === "" ? url : `${origin}${pathname}?${hidden}`;
}

/** A channel as it is shown to anyone but the one who just set it. */
export function hideChannel(channel: ChannelSettings): ChannelSettings {
  if (channel.type === "email") return channel;
  const url = hideUrl(channel);
  if (channel.type === "slack") return { ...channel, url };
  const headers = Object.fromEntries(Object.keys(channel.headers).map((name) => [name, hidden]));
  return { ...channel, url, headers };
}

/** What stands hidden and is not there in the stored channel: a hidden value is no address and no header. */
export interface NotStored {
  readonly kind: "not stored";
  /** From the channel on: `["url"]`, `["headers", "Authorization"]`. */
  readonly path: readonly string[];
}

/** A channel as it was sent, with what stands hidden in it taken from the stored one. */
export function revealChannel(
  channel: ChannelSettings,
  stored: ChannelSettings | null,
): { readonly kind: "revealed"; readonly channel: ChannelSettings } | NotStored {
  if (channel.type === "email") return { kind: "revealed", channel };
  const sameType = stored?.type === channel.type ? stored : null;
  const known = sameType !== null && hideUrl(sameType) === channel.url ? sameType.url : null;
  const url = channel.url.includes(hidden) ? known : channel.url;
  if (url === null) return { kind: "not stored", path: ["url"] };
  if (channel.type === "slack") return { kind: "revealed", channel: { ...channel, url } };
  const before = stored?.type === "webhook" ? stored.headers : {};
  const headers: [string, string][] = [];
  for (const [name, value] of Object.entries(channel.headers)) {
    const revealed = value !== hidden ? value : Object.hasOwn(before, name) ? before[name] : undefined;
    if (revealed === undefined) return { kind: "not stored", path: ["headers", name] };
    headers.push([name, revealed]);
  }
  return { kind: "revealed", channel: { ...channel, url, headers: Object.fromEntries(headers) } };
}
