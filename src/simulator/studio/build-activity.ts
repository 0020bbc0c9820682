import type { Random } from "../random.js";
import { galleriesOf, pickPhoto, videoAt } from "./media.js";
import type { Collection, Download, Favorite, FavoriteList, GalleryClient, Media, Studio } from "./model.js";
import { listNames, notes, type Person } from "./names.js";

/** Gives a collection visitors, favourites, downloads and links of the past. */
export function drawActivity(
  studio: Studio,
  collection: Collection,
  hosts: readonly Person[],
  random: Random,
  now: number,
): void {
  const moment = (): number => random.int(collection.createdAt, now - 60_000);
  const [one, two] = hosts;
  if (one) newClient(studio, collection, { name: `${one.first} ${one.last}`, email: one.email }, moment());
  // An address in mixed case, and without a name: the form asks for the e-mail only.
  if (two) newClient(studio, collection, { name: null, email: mixedCase(two.email) }, moment());
  if (random.chance(0.4)) newClient(studio, collection, { name: null, email: null }, moment());
  // Now and then the same person comes back and types the address another way.
  if (one && random.chance(0.2)) {
    newClient(studio, collection, { name: null, email: one.email.toUpperCase() }, moment());
  }

  for (const client of collection.clients) {
    const lists = random.int(0, 2);
    for (let made = 0; made < lists; made++) {
      const list = newList(studio, collection, client, random.pick(listNames), moment());
      const photos = random.int(1, 8);
      for (let drawn = 0; drawn < photos; drawn++) {
        newFavorite(studio, collection, list, pickPhoto(collection, random), random, moment());
      }
    }
  }
  const downloads = random.int(0, 4);
  for (let made = 0; made < downloads; made++) {
    const client = random.chance(0.2) ? null : random.pick(collection.clients);
    const photo = pickPhoto(collection, random);
    newDownload(studio, collection, { kind: "photo", client, media: photo, at: moment() }, random);
  }
  if (collection.videoCount > 0 && random.chance(0.5)) {
    const client = random.pick(collection.clients);
    newDownload(
      studio,
      collection,
      { kind: "video", client, media: videoAt(collection, 0), at: moment() },
      random,
    );
  }
  if (random.chance(0.3)) newLink(studio, collection, pickPhoto(collection, random), random, moment());
  if (random.chance(0.2)) {
    const photo = pickPhoto(collection, random);
    studio.starred.set(photo.id, { collection: collection.id, at: moment() });
  }
}

function mixedCase(address: string): string {
  return address.replace(/(^|\.)[a-z]/g, (match) => match.toUpperCase());
}

export function newClient(
  studio: Studio,
  collection: Collection,
  who: { readonly name: string | null; readonly email: string | null },
  at: number,
): GalleryClient {
  const client: GalleryClient = {
    id: studio.next.row++,
    ...who,
    accessLevel: who.email === null ? "guest" : "full",
    lastAccessed: at,
  };
  collection.clients.push(client);
  return client;
}

export function newList(
  studio: Studio,
  collection: Collection,
  client: GalleryClient,
  name: string,
  at: number,
): FavoriteList {
  const list = { id: studio.next.row++, client: client.id, name, createdAt: at };
  collection.lists.push(list);
  return list;
}

export function newFavorite(
  studio: Studio,
  collection: Collection,
  list: FavoriteList,
  media: Media,
  random: Random,
  at: number,
  note: string | null = random.chance(0.15) ? random.pick(notes) : null,
): Favorite {
  // The same photo can be favourited through each of its sets, but only once through one.
  const same = [...collection.favorites.values()].filter(
    (favorite) => favorite.list === list.id && favorite.media.id === media.id,
  );
  const gallery = galleriesOf(collection, media).find(({ id }) => !same.some((one) => one.gallery === id));
  const existing = same[0];
  if (!gallery && existing) return existing;
  const favorite: Favorite = {
    id: studio.next.row++,
    client: list.client,
    list: list.id,
    media,
    gallery: gallery?.id ?? 0,
    note,
    at,
  };
  collection.favorites.set(favorite.id, favorite);
  return favorite;
}

export interface DownloadDraft {
  readonly kind: Download["kind"];
  readonly client: GalleryClient | null;
  readonly media: Media | null;
  readonly at: number;
  readonly count?: number;
  readonly bytes?: number | undefined;
  readonly format?: string | undefined;
  readonly status?: Download["status"] | undefined;
  readonly part?: { readonly number: number; readonly of: number };
}

export function newDownload(
  studio: Studio,
  collection: Collection,
  draft: DownloadDraft,
  random: Random,
): Download {
  const bytes =
    draft.kind === "photo" ? random.int(400_000, 18_000_000) : random.int(90_000_000, 4_294_967_296);
  const format = { photo: "original", video: "mp4", gallery: "zip" }[draft.kind];
  const download: Download = {
    id: studio.next.row++,
    kind: draft.kind,
    client: draft.client?.id ?? null,
    pinUsed: draft.client === null,
    media: draft.media,
    count: draft.count ?? 1,
    format: draft.format ?? format,
    bytes: draft.bytes ?? bytes,
    status: draft.status ?? "completed",
    part: draft.part ?? null,
    at: draft.at,
  };
  collection.downloads.set(download.id, download);
  return download;
}

export function newLink(studio: Studio, collection: Collection, media: Media, random: Random, at: number) {
  const link = {
    id: studio.next.row++,
    token: random.code(16).toLowerCase(),
    media,
    expiresAt: random.chance(0.5) ? null : at + 90 * 86_400_000,
    permissions: random.pick(["view", "download"] as const),
    uses: 0,
    createdAt: at,
  };
  collection.links.set(link.id, link);
  return link;
}
