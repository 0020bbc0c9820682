import { matchesPattern } from "../domain/catalog.js";
import { hidden, hideChannel, revealChannel } from "../domain/hidden.js";
import {
  type ChannelSettings,
  type Digest,
  defaultDigest,
  type Subscription,
} from "../domain/subscription.js";
import type { KnownCollection } from "./collections.js";
import type { DraftProblems, SubscriptionDraft } from "./subscription-draft.js";
import { readAmount } from "./subscription-draft-amount.js";

/** What a draft is read with: the subscription that it changes, if any, and the collections that have a name. */
export interface DraftSetting {
  readonly stored: Subscription | null;
  readonly collections: readonly KnownCollection[];
}

/** A part that was read, not checked yet; or what is wrong with it already. */
type Reading<T> = { readonly value: T } | { readonly problems: DraftProblems };

const unbroken = (text: string) => text.replaceAll(/[\r\n]/g, "").trim();
const split = (text: string, by: RegExp) =>
  [...new Set(text.split(by).map((part) => part.trim()))].filter((part) => part !== "");
/** Addresses, one a line or with commas between them. */
export const addressesIn = (text: string) => split(text, /[,;\n]/);
/** Durations with commas or spaces between them. */
export const delaysIn = (text: string) => text.split(/[\s,;]+/).filter((part) => part !== "");

/**
 * A list as it is stored, to the letter, where the form says the same: opening and saving changes nothing.
 * `read`: what the form makes of a stored entry.
 */
function keep(
  stored: readonly string[] | undefined,
  chosen: readonly string[],
  read: (entry: string) => string[] = (entry) => [unbroken(entry)],
): readonly string[] {
  if (stored === undefined) return chosen;
  const [before, now] = [new Set(stored.flatMap(read)), new Set(chosen.map(unbroken))];
  return before.size === now.size && [...before].every((entry) => now.has(entry)) ? stored : chosen;
}

/** Each pattern once, and none that another one covers. */
function tidy(patterns: readonly string[]): string[] {
  const covered = (type: string) => patterns.some((other) => other !== type && matchesPattern(other, type));
  return [...new Set(patterns)].filter((pattern) => !covered(pattern));
}

export function readDescription({ description }: SubscriptionDraft, stored: Subscription | null): string {
  // A field of one line shows no line breaks.
  return stored && unbroken(stored.description) === unbroken(description) ? stored.description : description;
}

export function readEvents({ events }: SubscriptionDraft, stored: Subscription | null): readonly string[] {
  const kept = keep(stored?.events, events);
  return kept === events ? tidy(events) : kept;
}

/** Ids of collections out of names and ids, one a line; as text what is wrong. */
function collectionsIn(text: string, known: readonly KnownCollection[]): string[] | string {
  const ids: string[] = [];
  for (const line of split(text, /\n/)) {
    const named = known.filter(({ name }) => name?.toLowerCase() === line.toLowerCase());
    const isId = /^\d+$/.test(line) || known.some(({ id }) => id === line);
    if (named.length > 1)
      return `${named.length} collections are called “${line}”: write the number of yours, ${named.map(({ id }) => id).join(" or ")}.`;
    if (named[0]) ids.push(named[0].id);
    else if (isId) ids.push(line);
    else return `No collection “${line}” is known: write its name as Pixieset shows it, or its number.`;
  }
  return ids;
}

/** Only what was filled in; null when nothing was. */
export function readFilter(
  draft: SubscriptionDraft,
  { stored, collections: known }: DraftSetting,
): Reading<Subscription["filter"]> {
  const before = stored?.filter ?? null;
  const named = collectionsIn(draft.moreCollections, known);
  const amount = draft.amount === "" ? null : readAmount(draft.amount, draft.unit);
  if (typeof named === "string" || typeof amount === "string") {
    const problems = {
      ...(typeof named === "string" && { collections: named }),
      ...(typeof amount === "string" && { amount }),
    };
    return { problems };
  }
  const collections = keep(before?.collections, [...new Set([...draft.collections, ...named])]);
  const clients = keep(before?.clients, addressesIn(draft.clients), addressesIn);
  const filter = {
    ...(collections.length > 0 && { collections: [...collections] }),
    ...(clients.length > 0 && { clients: [...clients] }),
    ...(amount !== null && { amountAtLeast: amount }),
  };
  if (Object.keys(filter).length > 0) return { value: filter };
  return { value: before !== null && Object.keys(before).length === 0 ? before : null };
}

/** `Name: value`, one a line, after the names of those that stay. */
function readHeaders(draft: SubscriptionDraft): Reading<Record<string, string>> {
  const lines = draft.headers.split("\n").map((line) => line.trim());
  const typed: [string, string][] = [];
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    const colon = line.indexOf(":");
    // The line itself may be a secret that lost its name.
    if (colon < 1) return { problems: { headers: `Line ${index + 1} is not of the form “Name: value”.` } };
    typed.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()]);
  }
  const names = typed.map(([name]) => name.toLowerCase());
  const twice = typed.find(([name], index) => names.indexOf(name.toLowerCase()) < index);
  if (twice) return { problems: { headers: `The header “${twice[0]}” stands there twice.` } };
  const kept = draft.keptHeaders.filter((name) => !names.includes(name.toLowerCase()));
  return { value: Object.fromEntries([...kept.map((name) => [name, hidden]), ...typed]) };
}

/** The channel with what the form does not show taken from the stored one. */
export function readChannel(draft: SubscriptionDraft, stored: Subscription | null): Reading<unknown> {
  const { channel: type, webhook, slack, email, format, asymmetric } = draft;
  const before = stored?.channel ?? null;
  if (type === null) return { problems: { channel: "Choose where it should go." } };
  if (type === "slack" && slack === "" && before?.type === "slack") return { value: before };
  if (draft[type] === "") return { problems: { to: "Fill this in: it cannot go nowhere." } };
  if (type === "slack") return { value: { type, url: slack } };
  if (type === "email") {
    const kept = before?.type === "email" ? before.to : undefined;
    return { value: { type, to: [...keep(kept, addressesIn(email), addressesIn)] } };
  }
  const headers = readHeaders(draft);
  if ("problems" in headers) return headers;
  return revealed({ type, url: webhook, format, asymmetric, headers: headers.value }, before);
}

function revealed(
  typed: Extract<ChannelSettings, { type: "webhook" }>,
  stored: ChannelSettings | null,
): Reading<ChannelSettings> {
  const shown = stored?.type === "webhook" ? hideChannel(stored) : null;
  const isSame = shown?.type === "webhook" && unbroken(shown.url) === unbroken(typed.url);
  const result = revealChannel(isSame ? { ...typed, url: shown.url } : typed, stored);
  if (result.kind === "revealed") return { value: result.channel };
  const [place, name] = result.path;
  return place === "url"
    ? { problems: { to: `“${hidden}” stands for a part that is not shown: write the whole address.` } }
    : { problems: { headers: `The header “${name}” is not stored any more: write it with its value.` } };
}

export function readDigest(draft: SubscriptionDraft, stored: Subscription | null): Digest | null {
  const { channel, together, quiet, max, every, dailyAt, digestEvents } = draft;
  if (together === "usual") return defaultDigest(channel ?? "webhook");
  if (together === "single") return null;
  const kept = keep(stored?.digest?.events, digestEvents);
  const events = kept === digestEvents ? tidy(digestEvents) : kept;
  const only = digestEvents.length > 0 ? { events: [...events] } : {};
  if (together === "every") return { every, ...only };
  return together === "daily" ? { dailyAt, ...only } : { quiet, max, ...only };
}

export function readQuietHours(
  { quietFrom: from, quietTo: to, except }: SubscriptionDraft,
  stored: Subscription | null,
): Subscription["quietHours"] {
  if (from === "" && to === "") return null;
  const kept = keep(stored?.quietHours?.except, except);
  return { from, to, except: [...(kept === except ? tidy(except) : kept)] };
}
