import { createHash } from "node:crypto";

/** A favorite as the upstream tells it. */
export interface FavoriteRow {
  readonly id: number;
  readonly client: { readonly id: number; readonly name: string; readonly email: string };
  readonly photo: { readonly id: number; readonly filename: string };
  readonly list: { readonly id: number; readonly name: string };
  readonly note: string | null;
  readonly created_at: string;
}

const firstNames = [
  "Anna",
  "Ben",
  "Chloe",
  "David",
  "Emma",
  "Felix",
  "Grace",
  "Henry",
  "Isla",
  "Jonas",
  "Katie",
];
const lastNames = [
  "Smith",
  "Jones",
  "Taylor",
  "Brown",
  "Evans",
  "Walker",
  "Wright",
  "Hughes",
  "Green",
  "Hall",
];
const lists = ["My Favorites", "Album", "Prints for the parents"];
const notes = [
  "Please retouch",
  "This one for the album cover!",
  "Black and white?",
  "Crop the left side a little",
];

/** How many favorites one client makes of a large gallery. */
const favoritesOfOne = 250;

/** A number that looks drawn at random and is the same in every run. */
function drawn(seed: string, below: number): number {
  return createHash("sha256").update(seed).digest().readUInt32BE(0) % below;
}

/** The row with this number in a gallery; rows with higher numbers are newer. */
export function makeRow(gallery: number, number: number): FavoriteRow {
  const seed = `${gallery}/${number}`;
  const person = gallery * 1_000 + Math.floor(number / favoritesOfOne);
  const [first, last] = [firstNames[person % 11] ?? "", lastNames[person % 10] ?? ""];
  const list = drawn(`list ${seed}`, lists.length);
  const noted = drawn(`noted ${seed}`, 20) === 0;
  const photo = drawn(`photo ${seed}`, 4_000_000_000);
  return {
    id: 169_000_000 + gallery * 1_000_000 + number * 3,
    client: {
      id: 5_000_000 + person,
      name: `${first} ${last}`,
      email: `${first}.${last}${person}@example.com`.toLowerCase(),
    },
    photo: { id: photo, filename: `DSC_${String(photo % 10_000).padStart(4, "0")}.jpg` },
    list: { id: 800_000 + gallery * 3 + list, name: lists[list] ?? "" },
    note: noted ? (notes[drawn(`note ${seed}`, notes.length)] ?? null) : null,
    created_at: new Date(1_764_000_000_000 + number * 7_000 + drawn(`time ${seed}`, 7_000)).toISOString(),
  };
}

/** The row as JSON. Its link is signed anew with each `signing`, as such links are. */
export function textOf(row: FavoriteRow, signing: number): string {
  const { photo, ...rest } = row;
  const signature = createHash("sha256").update(`${photo.id}/${signing}`).digest("base64url");
  const expires = 1_764_000_000 + signing * 3_600;
  const thumb = `https://images.pixieset.com/${photo.id}/thumb.jpg?Expires=${expires}&Signature=${signature}`;
  return JSON.stringify({ ...rest, photo: { ...photo, thumb_url: thumb } });
}
