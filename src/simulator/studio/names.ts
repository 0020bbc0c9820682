import type { Random } from "../random.js";

const firstNames =
  "Jane Tom Amelia Oliver Priya Kenji Sofia Noah Isla Zoë Marek Ingrid Aoife Luca Fatima Hugo Mia André Chloe Sven".split(
    " ",
  );
const lastNames =
  "Smith Doe O'Brien Nakamura García Müller Kowalski Johansson Patel Rossi Brown Taylor Nguyen Dubois Murphy Larsen".split(
    " ",
  );
const domains = ["example.com", "example.org", "mail.example.net", "family.example"];
const occasions = [
  ["Wedding", ["Getting Ready", "Ceremony", "Reception", "Portraits", "First Dance"]],
  ["Engagement", ["Golden Hour", "City"]],
  ["Newborn", ["Studio", "At Home"]],
  ["Family Portraits", ["Together", "Children"]],
  ["Headshots", ["Selects"]],
  ["Bar Mitzvah & Party", ["Ceremony", "Party", "Speeches"]],
] as const;

export const listNames = ["Favorites", "Album picks", "For Grandma", "Print these", "Retouch please", "♥"];
export const notes = [
  "Please retouch",
  "For the cover!",
  "Love this one ❤️",
  "B&W version?",
  "<b>crop</b> tighter",
];
export const lineItems = ["Wedding collection", "Second photographer", "Album 30×30", "Travel", "Retouching"];

export interface Person {
  readonly first: string;
  readonly last: string;
  readonly email: string;
}

function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/[^a-zA-Z]/g, "")
    .toLowerCase();
}

export function drawPerson(random: Random): Person {
  const first = random.pick(firstNames);
  const last = random.pick(lastNames);
  const suffix = random.int(1, 99);
  return { first, last, email: `${plain(first)}.${plain(last)}${suffix}@${random.pick(domains)}` };
}

export function drawOccasion(
  random: Random,
  year: number,
): { name: string; sets: readonly string[]; hosts: Person[] } {
  const [occasion, sets] = random.pick(occasions);
  const hosts = [drawPerson(random), drawPerson(random)];
  const [one, two] = hosts as [Person, Person];
  const who = occasion === "Wedding" || occasion === "Engagement" ? `${one.first} & ${two.first}` : one.last;
  return { name: `${who} ${occasion} ${year}`, sets, hosts };
}
