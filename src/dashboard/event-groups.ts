import { type EventType, eventTypes } from "../domain/catalog.js";
import { title } from "./format.js";

/** Kinds of events that people think of together. */
export interface EventGroup {
  readonly title: string;
  readonly help: string;
  /** What the whole group stands for: `object.*` for each of its objects. */
  readonly patterns: readonly string[];
  readonly types: readonly EventType[];
}

const own = "pixiehook itself";
const named: readonly (readonly [name: string, help: string, objects: readonly string[]])[] = [
  ["Favorites", "Clients pick photos, change their mind or leave a note.", ["favorite"]],
  [
    "Downloads",
    "Clients download photos, videos or whole galleries.",
    ["download", "photo_download", "video_download"],
  ],
  ["Invoices and payments", "Sent, paid, overdue; money that comes in or fails.", ["invoice", "payment"]],
  ["Clients", "Clients and leads appear or change.", ["client"]],
  ["Collections", "Galleries appear, change or are deleted.", ["collection"]],
  ["Sharing links", "Links to photos are made, change or run out.", ["sharing_link"]],
  [
    "Contracts and quotes",
    "Sent, viewed, signed, accepted; questionnaires too.",
    ["contract", "quote", "questionnaire"],
  ],
  ["Starred photos", "The studio itself stars a photo.", ["photo"]],
];

const objectOf = ({ type }: EventType): string => type.slice(0, type.indexOf("."));

function group(name: string, help: string, objects: readonly string[]): EventGroup {
  return {
    title: name,
    help,
    patterns: objects.map((object) => `${object}.*`),
    types: eventTypes.filter((entry) => objects.includes(objectOf(entry))),
  };
}

/** Every type of the catalogue, each in one group. What has no place of its own becomes its own group. */
export function eventGroups(): readonly EventGroup[] {
  const placed = new Set(named.flatMap(([, , objects]) => objects));
  const objectsOf = (entries: readonly EventType[]) => [...new Set(entries.map(objectOf))];
  const service = objectsOf(eventTypes.filter(({ resource }) => resource === "service"));
  const rest = objectsOf(eventTypes).filter((object) => !placed.has(object) && !service.includes(object));
  return [
    ...named.map(([name, help, objects]) => group(name, help, objects)),
    ...rest.map((object) => group(title(object), "", [object])),
    group(own, "The session ends, a list cannot be read, a delivery fails.", service),
  ];
}

/** A type for people: `Favorite added`. */
export function typeTitle(type: string): string {
  const [noun = "", verb = ""] = type.split(".");
  return `${title(noun)} ${verb.replaceAll("_", " ")}`;
}
