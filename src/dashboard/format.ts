import type { Attempt } from "../domain/delivery.js";
import type { PixiehookEvent } from "../domain/event.js";
import { isJsonObject } from "../domain/json.js";
import type { ChannelSettings, Digest, Subscription } from "../domain/subscription.js";
import type { ForecastView } from "../services/accounts.js";

/** `3 sources`, `1 source`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en-GB")} ${noun}${number === 1 ? "" : "s"}`;
}

/** A name out of a program for people: `dueDate` and `due_date` are `Due date`. */
export function title(text: string): string {
  const spaced = text
    .replaceAll("_", " ")
    .replace(/[a-z](?=[A-Z])/g, "$& ")
    .toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** `45 s`, `3 min`, `2 h`, `5 days`. */
export function span(seconds: number): string {
  if (seconds < 1) return "under 1 s";
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3_600)} h`;
  return count(Math.round(seconds / 86_400), "day");
}

/** An estimate: `about 3 min`, `under 1 s`. */
export function about(seconds: number): string {
  return seconds < 1 ? span(seconds) : `about ${span(seconds)}`;
}

/** How soon changes are found, and what more budget would make of it; null while nothing is known. */
export function delaySentence(forecast: ForecastView): string | null {
  const { requestsPerMinute, effectiveRequestsPerMinute, usedRequestsPerMinute } = forecast;
  if (forecast.expectedDelaySeconds === null || usedRequestsPerMinute === null) return null;
  const delayWith = (budget: number) => {
    const option = forecast.options.find((each) => each.requestsPerMinute === budget);
    return option?.expectedDelaySeconds == null ? null : about(option.expectedDelaySeconds);
  };
  const present = about(forecast.expectedDelaySeconds);
  const found = `Changes are found in ${present} on average`;
  const [full, twice] = [delayWith(requestsPerMinute), delayWith(2 * requestsPerMinute)];
  if (effectiveRequestsPerMinute < requestsPerMinute && full !== null && full !== present)
    return `${found} while it is slowed down, in ${full} with the full budget${twice === null ? "" : ` and ${twice} with twice as much`}.`;
  if (usedRequestsPerMinute < 0.99 * effectiveRequestsPerMinute)
    return `${found}; more budget would not be used, because no list is polled more often than was set.`;
  if (twice === null) return `${found}.`;
  return twice === present
    ? `${found}; twice the budget would change little.`
    : `${found}; with twice the budget in ${twice}.`;
}

/** How long an attempt took: `84 ms`, `15 s`. */
export function took(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : span(ms / 1_000);
}

/** `2 min ago`, `in 30 s`, `just now`. `live.js` keeps them right in the same words. */
export function relative(iso: string, now: Date): string {
  const seconds = (now.getTime() - Date.parse(iso)) / 1_000;
  if (Math.abs(seconds) < 5) return "just now";
  return seconds > 0 ? `${span(seconds)} ago` : `in ${span(-seconds)}`;
}

/** `20 Nov 2026, 10:15:00 UTC`. */
export function absolute(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return `${day(iso)}, ${date.toISOString().slice(11, 19)} UTC`;
}

/** `20 Nov 2026`, in UTC. */
export function day(iso: string): string {
  const shape = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" } as const;
  return new Date(iso).toLocaleDateString("en-GB", shape);
}

/** A type and the name of its object: what can be said of any event. */
export function plainSentence(event: PixiehookEvent): string {
  const { object } = event.data;
  const media = isJsonObject(object.media) ? object.media.name : null;
  const label = [object.number, object.name, media, object.resource].find((text) => typeof text === "string");
  const [noun = "", verb = ""] = event.type.split(".");
  const what = `${title(noun)} ${verb.replaceAll("_", " ")}`.trim();
  return label === undefined ? what : `${what}: ${String(label)}`;
}

/** Where a channel sends to, without what could be used by a reader: an incoming webhook's address is a key. */
export function destination(channel: ChannelSettings): string {
  if (channel.type === "email") return channel.to.join(", ");
  const url = new URL(channel.url);
  if (channel.type === "slack") return `${url.host}/…`;
  return `${url.host}${url.pathname === "/" ? "" : url.pathname}${url.search === "" ? "" : "?…"}`;
}

/** The name that people gave it, or else what it does. */
export function subscriptionName(subscription: Pick<Subscription, "description" | "channel">): string {
  const kinds = { webhook: "Webhook", slack: "Slack", email: "Email" };
  const { description, channel } = subscription;
  return description === "" ? `${kinds[channel.type]} to ${destination(channel)}` : description;
}

/** A digest setting, as a sentence. */
export function digestSentence(digest: Digest | null): string {
  if (digest === null) return "Each event goes out by itself.";
  const of = digest.events ? ` for ${digest.events.join(", ")}; the rest go out one by one` : "";
  if ("every" in digest) return `One message every ${digest.every}${of}.`;
  if ("dailyAt" in digest) return `One message a day at ${digest.dailyAt}${of}.`;
  return `One message after ${digest.quiet} of quiet, ${digest.max} at most${of}.`;
}

/** `0.9 MB`, `12 MB`, `3.4 GB`. */
export function memory(bytes: number): string {
  const megabytes = bytes / 1_000_000;
  const round = (value: number) => (value < 9.95 ? value.toFixed(1) : Math.round(value).toString());
  return megabytes < 999.5 ? `${round(megabytes)} MB` : `${round(megabytes / 1_000)} GB`;
}

/** What came of an attempt, as a sentence. */
export function attemptSentence(attempt: Attempt): string {
  const code = attempt.status === undefined ? "" : ` (${attempt.status})`;
  const outcomes: Record<Attempt["outcome"], string> = {
    delivered: `Delivered${code}`,
    retry: `Failed${code}, tried again`,
    failed: `Failed for good${code}`,
    gone: `The receiver is gone${code}`,
    blocked: "Not sent: the address may not be reached",
  };
  return outcomes[attempt.outcome];
}
