import { size } from "../../domain/bytes.js";
import type { PixiehookEvent } from "../../domain/event.js";
import type { JsonObject, JsonValue } from "../../domain/json.js";
import { money } from "../../domain/money.js";
import { clean, day, number } from "./format.js";
import { type Group, member } from "./group.js";

export interface Fact {
  readonly label: string;
  readonly value: string;
}

type Write = (value: JsonValue | undefined, zone: string) => string | null;

const text =
  (max: number): Write =>
  (value) =>
    clean(value, max);
const positive: Write = (value) => (value === 0 ? null : number(value));

/** A client's own words. */
export const quoted: Write = (value) => {
  const words = clean(value, 300);
  return words === null ? null : `“${words}”`;
};

/** Fields that people want to see, in this order, with how each is written. */
const shown: readonly (readonly [key: string, label: string, Write])[] = [
  ["note", "Note", quoted],
  ["email", "Email", text(120)],
  ["dueDate", "Due", day],
  ["method", "Method", text(40)],
  ["format", "Format", text(40)],
  ["bytes", "Size", size],
  ["photoCount", "Photos", number],
  ["videoCount", "Videos", positive],
  ["eventDate", "Event date", day],
  ["permissions", "Permissions", text(60)],
  ["uses", "Uses", positive],
  ["expiresAt", "Expires", day],
  ["reason", "Reason", text(300)],
  ["error", "Error", text(300)],
  ["failures", "Failed polls", positive],
  ["attempts", "Attempts", positive],
];
const writers = new Map(shown.map(([key, , write]) => [key, write]));

/** What there is to say beside the title, label and value. */
export function factsOf(group: Group, first: PixiehookEvent, zone: string): Fact[] {
  const { object, count, type } = group;
  const several = (names: readonly string[], noun: string): [string, string | null] => [
    names.length > 1 ? `${noun}s` : noun,
    names.length > 1 ? enumerate(names) : (names[0] ?? null),
  ];
  const whole = type === "invoice.partially_paid" ? "Invoice total" : "Amount";
  const facts: [string, string | null][] = [
    group.clients.length > 1 ? several(group.clients, "Client") : ["Client", personOf(group, first)],
    // A collection's own news names it in the title.
    type?.startsWith("collection.") ? ["Collection", null] : several(group.collections, "Collection"),
    [count > 1 ? "Total" : whole, group.amount],
  ];
  if (count === 1) {
    facts.push(
      ["List", clean(member(object, "list")?.name, 80)],
      ["Fee", object.fee === 0 ? null : money(object.fee, object.currency)],
      ["Status", type === "payment.created" ? (text(40)(object.status, zone) ?? null) : null],
    );
    for (const [key, label, write] of shown) {
      const known = key === "email" && first.data.client?.email === object.email;
      if (!known) facts.push([label, write(object[key], zone)]);
    }
    facts.push(["Changed", changesOf(first, zone)]);
  }
  return facts.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]));
}

/** `Jane Doe, Tom Roe and 4 more`. */
function enumerate(names: readonly string[]): string {
  const few = names.length > 4 ? names.slice(0, 3) : names.slice(0, -1);
  const rest = names.length > 4 ? `${number(names.length - 3)} more` : names.at(-1);
  return `${few.join(", ")} and ${rest}`;
}

/** `Jane Doe, jane@example.com`, or what is known of the only client. */
function personOf({ client, clients }: Group, first: PixiehookEvent): string | null {
  const email = clean(first.data.client?.email, 80);
  return clients.length === 1 && email !== null && email !== client ? `${client}, ${email}` : client;
}

/** `name: Smith Wedding → Smith Wedding 2025`; null where the title says it all. */
export function changesOf({ type, data: { previous, object } }: PixiehookEvent, zone: string): string | null {
  const updated = type.endsWith(".updated");
  const write = (key: string, value: JsonValue | undefined) => {
    if (key === "amount" || key === "fee") return money(value, object.currency) ?? clean(value, 60) ?? "none";
    const known = writers.get(key)?.(value, zone) ?? clean(value, 60);
    return (
      (key === "status" ? known?.replaceAll("_", " ") : known) ??
      (typeof value === "boolean" ? (value ? "yes" : "no") : "none")
    );
  };
  const changes = Object.keys(previous ?? {})
    .filter((key) => typeof previous?.[key] !== "object" || previous[key] === null)
    // Not what is said already: the status that the title tells, a formatted amount, a fact that was empty before.
    .filter((key) => updated || !/^(status|expired)$/.test(key))
    .filter((key) => key !== "amountFormatted" && !(previous?.[key] === null && isShown(key, object, zone)))
    .slice(0, 5)
    .map((key) => `${wordsOf(key)}: ${write(key, previous?.[key])} → ${write(key, object[key])}`);
  return changes.length === 0 ? null : changes.join(", ");
}

function isShown(key: string, object: JsonObject, zone: string): boolean {
  return (writers.get(key)?.(object[key], zone) ?? null) !== null;
}

/** `dueDate` → `due date`. */
function wordsOf(key: string): string {
  return (clean(key, 40) ?? "")
    .replaceAll("_", " ")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
}
