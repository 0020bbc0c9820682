import type { PixiehookEvent } from "../../domain/event.js";
import { isSample } from "../../domain/sample.js";
import { type Fact, factsOf } from "./facts.js";
import { cut, span } from "./format.js";
import { groupOf } from "./group.js";
import { type Item, itemsOf, timeOf } from "./items.js";
import { phraseOf } from "./phrases.js";
import { adviceOf } from "./service.js";

/** One message in human words, plain text throughout: every channel escapes it in its own way. */
export interface Story {
  /** One sentence on one line, at most 200 characters. */
  readonly title: string;
  readonly icon: string;
  /** Whether someone should look: failures, disputes, lost sessions. */
  readonly attention: boolean;
  /** What it means, for samples and for events about pixiehook itself; null otherwise. */
  readonly lead: string | null;
  /** Where to do something about it; null where there is nothing to do. */
  readonly action: { readonly label: string; readonly link: string } | null;
  readonly account: string;
  readonly facts: readonly Fact[];
  /** Of a digest the first events, one line each; empty for a single event. */
  readonly items: readonly Item[];
  /** Events in all. */
  readonly count: number;
  /** When it happened, in the account's zone; of a digest, from the first to the last. */
  readonly when: string;
  /** Page of the event, of a digest its first. */
  readonly link: string;
}

export interface Telling {
  /** IANA zone. */
  readonly timezone: string;
  readonly publicUrl: string;
  /** How many items the channel shows. */
  readonly maxItems: number;
}

/** Tells the events of one message. */
export function tell(events: readonly PixiehookEvent[], telling: Telling): Story {
  const group = groupOf(events);
  const [first] = events;
  if (first === undefined) throw new Error("a message holds at least one event");
  const advice = adviceOf(group, first.data.account.id, telling.timezone);
  const action = advice?.action ?? null;
  const samples = events.filter(isSample).length;
  const listed = events.length === 1 ? [] : events.slice(0, telling.maxItems);
  return {
    title: cut(`${samples > 0 ? "Sample: " : ""}${phraseOf(group)}`, 200),
    icon: icons[first.type.split(".")[0] ?? ""] ?? "🔔",
    attention: group.type !== null && attention.test(group.type),
    lead: leadOf(samples, advice?.lead ?? null),
    action: action && { label: action.label, link: `${telling.publicUrl}${action.path}` },
    account: group.account,
    facts: factsOf(group, first, telling.timezone),
    items: itemsOf(group, listed, telling.timezone, (event) => linkTo(event, telling)),
    count: events.length,
    when: whenOf(events, telling.timezone),
    link: linkTo(first, telling),
  };
}

/** A sample reads like the real thing, so that somebody could act on it: it is said before all else. */
function leadOf(samples: number, lead: string | null): string | null {
  if (samples === 0) return lead;
  const what = samples === 1 ? "This is a sample" : "These are samples";
  const told = `${what} that somebody sent to see what arrives here: nothing happened.`;
  return lead === null ? told : `${told} A real one says: ${lead}`;
}

const icons: Readonly<Record<string, string>> = {
  favorite: "❤️",
  download: "⬇️",
  photo_download: "⬇️",
  video_download: "🎬",
  sharing_link: "🔗",
  photo: "⭐",
  collection: "🖼️",
  invoice: "🧾",
  payment: "💳",
  client: "👤",
  contract: "✍️",
  questionnaire: "📋",
  quote: "💬",
  session: "🔑",
  source: "📡",
  flood: "🌊",
  subscription: "📪",
  delivery: "📪",
};

const attention =
  /^(?!sharing_link).*\.(failed|overdue|disputed|declined|expired|challenged|failing|shape_changed|held|disabled)$/;

function whenOf(events: readonly PixiehookEvent[], zone: string): string {
  const moments = events.map(timeOf).filter((ms) => !Number.isNaN(ms));
  if (moments.length === 0) return "";
  const from = moments.reduce((least, ms) => Math.min(least, ms));
  return span(
    from,
    moments.reduce((most, ms) => Math.max(most, ms)),
    zone,
  );
}

function linkTo(event: PixiehookEvent, { publicUrl }: Telling): string {
  return `${publicUrl}/events/${encodeURIComponent(event.id)}`;
}
