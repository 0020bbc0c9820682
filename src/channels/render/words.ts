import { findEventType } from "../../domain/catalog.js";
import type { PixiehookEvent } from "../../domain/event.js";
import type { JsonObject, JsonValue } from "../../domain/json.js";
import { clean, cut, day, hour, money, size, time } from "./format.js";
import { type Group, groupOf, member, nameOfClient } from "./group.js";
import { phraseOf } from "./phrases.js";

/** One message in human words, plain text throughout: every channel escapes it in its own way. */
export interface Story {
  /** One sentence on one line, at most 200 characters. */
  readonly title: string;
  readonly icon: string;
  /** Whether someone should look: failures, disputes, lost sessions. */
  readonly attention: boolean;
  /** What it means, for events about pixiehook itself; null otherwise. */
  readonly lead: string | null;
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

export interface Fact {
  readonly label: string;
  readonly value: string;
}

export interface Item {
  readonly name: string;
  readonly detail: string | null;
  readonly when: string | null;
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
  const service = first.data.detected.resource === "service";
  return {
    title: cut(phraseOf(group), 200),
    icon: icons[first.type.split(".")[0] ?? ""] ?? "🔔",
    attention: group.type !== null && attention.test(group.type),
    lead: service && group.type !== null ? (findEventType(group.type)?.description ?? null) : null,
    account: group.account,
    facts: factsOf(group, first, telling.timezone),
    items: events.length === 1 ? [] : itemsOf(group, events, telling),
    count: events.length,
    when: whenOf(events, telling.timezone),
    link: linkTo(first, telling),
  };
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

const text = (max: number) => (value: JsonValue | undefined) => clean(value, max);
const quoted = (value: JsonValue | undefined) => {
  const words = clean(value, 300);
  return words === null ? null : `“${words}”`;
};
const number = (value: JsonValue | undefined) =>
  typeof value === "number" && Number.isFinite(value) ? value.toLocaleString("en-GB") : null;

/** Fields that people want to see, in this order, with how each is written. */
const shown: readonly (readonly [
  string,
  string,
  (value: JsonValue | undefined, zone: string) => string | null,
])[] = [
  ["note", "Note", quoted],
  ["email", "Email", text(120)],
  ["dueDate", "Due", day],
  ["method", "Method", text(40)],
  ["format", "Format", text(40)],
  ["bytes", "Size", size],
  ["photoCount", "Photos", number],
  ["videoCount", "Videos", number],
  ["eventDate", "Event date", day],
  ["permissions", "Permissions", text(60)],
  ["uses", "Uses", number],
  ["expiresAt", "Expires", day],
  ["reason", "Reason", text(300)],
  ["error", "Error", text(300)],
  ["failures", "Failed polls", number],
  ["attempts", "Attempts", number],
  ["since", "Failing since", time],
  ["disablesAt", "Switched off at", time],
];

function factsOf(group: Group, first: PixiehookEvent, zone: string): Fact[] {
  const { object } = group;
  const facts: [string, string | null][] = [
    ["Client", personOf(group, first)],
    ["Collection", group.collection],
    [group.count > 1 ? "Total" : "Amount", group.amount],
  ];
  if (group.count === 1) {
    facts.push(
      ["List", clean(member(object, "list")?.name, 80)],
      ["Fee", money(object.fee, object.currency)],
    );
    for (const [key, label, write] of shown) {
      const known = key === "email" && first.data.client?.email === object.email;
      if (!known) facts.push([label, write(object[key], zone)]);
    }
    facts.push(["Changed", changesOf(first.data.previous, object, zone)]);
  }
  return facts.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]));
}

/** `Jane Doe, jane@example.com`, or what is known of it. */
function personOf(group: Group, first: PixiehookEvent): string | null {
  const email = clean(first.data.client?.email, 80);
  const alone = group.client !== null && group.client === nameOfClient(first);
  return alone && email !== null && email !== group.client ? `${group.client}, ${email}` : group.client;
}

/** `name: Smith Wedding → Smith Wedding 2025`. */
function changesOf(previous: JsonObject | null, object: JsonObject, zone: string): string | null {
  const known = new Map(shown.map(([key, , write]) => [key, write]));
  const write = (key: string, value: JsonValue | undefined) => {
    if (key === "amount" || key === "fee") return money(value, object.currency) ?? clean(value, 60) ?? "none";
    return (
      known.get(key)?.(value, zone) ??
      clean(value, 60) ??
      (typeof value === "boolean" ? String(value) : "none")
    );
  };
  const changes = Object.keys(previous ?? {})
    .filter((key) => typeof previous?.[key] !== "object" || previous[key] === null)
    // Not what is said already: a formatted amount, a fact that was empty before.
    .filter((key) => key !== "amountFormatted" && !(previous?.[key] === null && known.has(key)))
    .slice(0, 5)
    .map((key) => `${wordsOf(key)}: ${write(key, previous?.[key])} → ${write(key, object[key])}`);
  return changes.length === 0 ? null : changes.join(", ");
}

/** `dueDate` → `due date`. */
function wordsOf(key: string): string {
  return (clean(key, 40) ?? "")
    .replaceAll("_", " ")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
}

function itemsOf(group: Group, events: readonly PixiehookEvent[], telling: Telling): Item[] {
  const listed = events.slice(0, telling.maxItems);
  // Within one day the hour says enough: the message itself is dated.
  const days = new Set(listed.map((event) => day(timeOf(event), telling.timezone)));
  const moment = (at: string) => (days.size === 1 ? hour : time)(at, telling.timezone);
  return listed.map((event) => {
    const one = groupOf([event]);
    const { object } = event.data;
    const name =
      clean(member(object, "media")?.name, 80) ?? clean(object.number, 40) ?? clean(object.name, 80);
    const person = nameOfClient(event);
    // What the title already says of all is not said again of each.
    const details = [
      person === group.client ? null : person,
      one.collection === group.collection ? null : one.collection,
      one.amount,
      quoted(object.note),
    ];
    return {
      name: group.type === null ? cut(phraseOf(one), 120) : (name ?? cut(phraseOf(one), 120)),
      detail: group.type === null ? null : details.filter((part) => part !== null).join(" · ") || null,
      when: moment(timeOf(event)),
      link: linkTo(event, telling),
    };
  });
}

function timeOf(event: PixiehookEvent): string {
  return event.data.detected.occurredAt ?? event.timestamp;
}

function whenOf(events: readonly PixiehookEvent[], zone: string): string {
  const moments = events.map((event) => Date.parse(timeOf(event))).filter((ms) => !Number.isNaN(ms));
  if (moments.length === 0) return "";
  const at = (ms: number) => time(new Date(ms).toISOString(), zone) ?? "";
  const from = at(moments.reduce((least, ms) => Math.min(least, ms)));
  const to = at(moments.reduce((most, ms) => Math.max(most, ms)));
  return from === to ? from : `${from} – ${to}`;
}

function linkTo(event: PixiehookEvent, { publicUrl }: Telling): string {
  return `${publicUrl}/events/${encodeURIComponent(event.id)}`;
}
