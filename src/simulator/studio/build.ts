import { createRandom, type Random } from "../random.js";
import { drawActivity } from "./build-activity.js";
import { buildBusiness } from "./build-business.js";
import { day, isoDate } from "./dates.js";
import type { Collection, Gallery, Studio, StudioOptions } from "./model.js";
import { drawOccasion, type Person } from "./names.js";

const smith = {
  username: "smithstudio",
  email: "owner@smithstudio.example",
  businessName: "Smith Studio",
};

/** Builds a studio with a past. The same options give the same studio, to the last id. */
export function buildStudio(options: StudioOptions): Studio {
  const random = createRandom(options.seed);
  const { owner = smith, idsBeyond = 0 } = options;
  const studio: Studio = {
    owner: { ...owner, password: `correct-${random.code(6)}` },
    collections: new Map(),
    starred: new Map(),
    clients: new Map(),
    invoices: new Map(),
    payments: new Map(),
    documents: new Map(),
    next: {
      collection: 90_516_387 + idsBeyond,
      photo: 4_100_000_000 + idsBeyond,
      row: 169_355_728 + idsBeyond,
      invoice: 1,
    },
  };
  for (let made = 0; made < options.collections; made++) {
    const createdAt = options.now - random.int(2, 400) * day;
    const { collection, hosts } = drawCollection(studio, random, createdAt);
    drawActivity(studio, collection, hosts, random, options.now);
  }
  buildBusiness(studio, random, options);
  return studio;
}

/** Adds an empty collection with its photo sets. */
export function drawCollection(
  studio: Studio,
  random: Random,
  createdAt: number,
  wanted: { readonly name?: string | undefined; readonly photos?: number | undefined } = {},
): { collection: Collection; hosts: Person[] } {
  const occasion = drawOccasion(random, new Date(createdAt).getUTCFullYear());
  const photoCount = wanted.photos ?? random.int(40, 900);
  const collection: Collection = {
    id: studio.next.collection,
    name: wanted.name ?? occasion.name,
    description: random.chance(0.3) ? null : "Thank you for letting me be part of it.",
    eventDate: random.chance(0.15) ? null : isoDate(createdAt - random.int(3, 30) * day),
    expiryDate: random.chance(0.6) ? null : isoDate(createdAt + 365 * day),
    createdAt,
    updatedAt: createdAt,
    status: random.chance(0.9) ? "published" : "hidden",
    password: random.chance(0.5) ? `album-${random.code(6)}` : null,
    privatePassword: `client-${random.code(8)}`,
    downloadPin: String(random.int(1000, 9999)),
    galleries: [],
    firstMediaId: studio.next.photo,
    photoCount,
    videoCount: random.chance(0.5) ? random.int(1, 6) : 0,
    clients: [],
    lists: [],
    favorites: new Map(),
    downloads: new Map(),
    links: new Map(),
  };
  studio.next.collection += random.int(1, 40);
  studio.next.photo += 100_000;
  collection.galleries.push(...drawGalleries(studio, photoCount, occasion.sets));
  studio.collections.set(collection.id, collection);
  return { collection, hosts: occasion.hosts };
}

function drawGalleries(studio: Studio, photoCount: number, sets: readonly string[]): Gallery[] {
  const size = Math.ceil(photoCount / sets.length);
  const galleries = sets.map((name, position) => ({
    id: studio.next.row++,
    name,
    from: position * size,
    to: Math.min(photoCount, (position + 1) * size),
  }));
  // Every tenth photo also stands in "Highlights": the same photo through two sets.
  return [
    ...galleries,
    { id: studio.next.row++, name: "Highlights", from: 0, to: Math.ceil(photoCount / 10) },
  ];
}
