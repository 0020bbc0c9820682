import type { ChannelSettings } from "../domain/subscription.js";
import { ProblemError } from "./problem.js";

/** Stands for what is not shown again. Sent back, it means: as it is. */
const hidden = "[hidden]";

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

/**
 * A channel as it was sent, with what stands hidden in it taken from the stored one. Throws `ProblemError` where
 * that has no such thing: a hidden value is no address and no header.
 */
export function revealChannel(channel: ChannelSettings, stored: ChannelSettings | null): ChannelSettings {
  const refuse = (path: string): never => {
    const message = `stands for a value that is not shown: send the value itself`;
    throw new ProblemError("invalid_request", `The body is not valid. ${path}: ${message}.`, [
      { path, message },
    ]);
  };
  if (channel.type === "email") return channel;
  const sameType = stored?.type === channel.type ? stored : null;
  const known = sameType !== null && hideUrl(sameType) === channel.url ? sameType.url : null;
  const url = channel.url.includes(hidden) ? (known ?? refuse("channel.url")) : channel.url;
  if (channel.type === "slack") return { ...channel, url };
  const before = stored?.type === "webhook" ? stored.headers : {};
  const headers = Object.entries(channel.headers).map(([name, value]) =>
    value === hidden ? [name, before[name] ?? refuse(`channel.headers.${name}`)] : [name, value],
  );
  return { ...channel, url, headers: Object.fromEntries(headers) };
}
