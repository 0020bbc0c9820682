import { type EventType, eventTypes, matchesPattern } from "../domain/catalog.js";
import { durationMs } from "../domain/duration.js";
import {
  type Digest,
  type QuietHours,
  type Subscription,
  type SubscriptionInput,
  subscriptionInputSchema,
} from "../domain/subscription.js";
import { eventGroups } from "./event-groups.js";
import { count, span, title } from "./format.js";

/** `Invoice paid` of `invoice.paid`. */
export function typeWords(type: string): string {
  return title(type.replaceAll(".", " "));
}

const period = (duration: string) => span(durationMs(duration) / 1_000);

/** What its patterns stand for: whole groups by their names, single types by their own. `Favorites, Invoice paid`. */
function wantedNames(patterns: readonly string[]): string[] {
  const isWanted = ({ type }: EventType) => patterns.some((pattern) => matchesPattern(pattern, type));
  if (eventTypes.every(isWanted)) return ["Every event"];
  return eventGroups().flatMap((group) => {
    if (group.types.every(isWanted)) return [group.title];
    const objects = [...new Set(group.types.map(({ type }) => type.slice(0, type.indexOf("."))))];
    return objects.flatMap((object) => {
      const types = group.types.filter(({ type }) => type.startsWith(`${object}.`));
      const many = `${title(object)}s`;
      // `Downloads` stands for the group, of which this would be a part.
      if (types.every(isWanted) && many !== group.title) return [many];
      return types.filter(isWanted).map(({ type }) => typeWords(type));
    });
  });
}

/** The same as text, cut where it would fill the row of a list. */
export function wantedWords(patterns: readonly string[], most = Number.POSITIVE_INFINITY): string {
  const names = wantedNames(patterns);
  const rest = names.length - most;
  return rest > 0 ? `${names.slice(0, most).join(", ")} and ${rest} more` : names.join(", ");
}

/** When events go out together. */
export function togetherWords(digest: Digest | null): string {
  if (digest === null) return "Each event goes out by itself";
  const of = digest.events ? ` for ${wantedWords(digest.events)}; the rest go out one by one` : "";
  if ("every" in digest) return `One message every ${period(digest.every)}${of}`;
  if ("dailyAt" in digest) return `One message a day at ${digest.dailyAt}${of}`;
  return `One message after ${period(digest.quiet)} of quiet, ${period(digest.max)} at most${of}`;
}

/** Between which times of day nothing is sent. */
export function quietWords(quiet: QuietHours | null): string {
  if (quiet === null) return "None";
  const except = quiet.except.length > 0 ? `, but for ${wantedWords(quiet.except)}` : "";
  return `${quiet.from} to ${quiet.to} in the time zone of the account${except}`;
}

const defaults: Pick<SubscriptionInput, "retry" | "limits"> = {
  retry: subscriptionInputSchema.shape.retry.parse(undefined),
  limits: subscriptionInputSchema.shape.limits.parse(undefined),
};

/** How often a failed attempt is made again; null when it is as usual. */
export function retryWords({ retry: { delays } }: Pick<Subscription, "retry">): string | null {
  if (delays.join() === defaults.retry.delays.join()) return null;
  if (delays.length === 0) return "Never: one attempt only";
  return `${count(delays.length, "more time")}: after ${delays.map(period).join(", ")}`;
}

/** How much it may be sent; null when it is as usual. */
export function limitWords({ limits }: Pick<Subscription, "limits">): string | null {
  const { perSecond, concurrency } = limits;
  if (perSecond === defaults.limits.perSecond && concurrency === defaults.limits.concurrency) return null;
  const rate = perSecond >= 1 ? `${perSecond} a second` : `one every ${span(1 / perSecond)}`;
  return `At most ${rate}, ${concurrency} at once`;
}

/** The least amount that is told, in the unit that amounts are kept in. */
export function amountWords(least: number): string {
  return `amounts from ${least.toLocaleString("en-GB")} in the smallest unit of their currency (50,000 is 500.00)`;
}
