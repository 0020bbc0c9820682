import { findMedia } from "../studio/media.js";
import type {
  Collection,
  Download,
  Favorite,
  FavoriteList,
  GalleryClient,
  Media,
  Studio,
} from "../studio/model.js";
import type { Row } from "./cells.js";
import { lazily, type Sliceable } from "./paging.js";
import type { Volatile } from "./volatile.js";

/** A collection as the API gives it: secrets in plain text, and counts that sometimes lie. */
export function collectionRow(collection: Collection, volatile: Volatile): Row {
  const { id, name, description, createdAt, status, password, privatePassword, downloadPin } = collection;
  return {
    id,
    name,
    description,
    event_date: collection.eventDate,
    expiry_date: collection.expiryDate,
    gallery_count: collection.galleries.length,
    // One collection in nine reports more than it holds, as measured on a real account.
    photo_count: collection.photoCount + (id % 9 === 0 ? 32 : 0),
    video_count: collection.videoCount,
    status,
    password_protected: password !== null,
    password,
    private_password: privatePassword,
    download_pin: downloadPin,
    downloadable: true,
    created_at: new Date(createdAt),
    updated_at: new Date(collection.updatedAt),
    cover_url: volatile.signed(`${id}/cover.jpg`),
    views_count: volatile.count(),
    updated_human: volatile.ago(createdAt),
  };
}

/** Photo sets, with ids as text. */
export function galleryRows(collection: Collection): Row[] {
  return collection.galleries.map(({ id, name, from, to }, position) => ({
    id: String(id),
    name,
    collection_id: String(collection.id),
    photo_count: to - from,
    position,
  }));
}

const clientFacts = (client: GalleryClient | undefined): Row => ({
  client_id: client?.id ?? null,
  client_name: client?.name ?? null,
  client_email: client?.email ?? null,
});

const mediaFacts = (media: Media | null, volatile: Volatile): Row => ({
  [media?.kind === "video" ? "video_id" : "photo_id"]: media?.id ?? null,
  media_type: media?.kind ?? null,
  filename: media?.name ?? null,
  thumbnail_url: media && volatile.signed(`thumb/${media.id}.jpg`),
});

/** One row a favourite, newest first. */
export function favoriteRows(collection: Collection, volatile: Volatile): Sliceable<Row> {
  const clients = new Map(collection.clients.map((client) => [client.id, client]));
  const lists = new Map(collection.lists.map((list) => [list.id, list]));
  const galleries = new Map(collection.galleries.map((gallery) => [gallery.id, gallery.name]));
  const perMedia = new Map<number, number>();
  for (const { media } of collection.favorites.values())
    perMedia.set(media.id, (perMedia.get(media.id) ?? 0) + 1);
  return lazily(newestFirst(collection.favorites.values()), (favorite) => ({
    id: favorite.id,
    ...mediaFacts(favorite.media, volatile),
    gallery_name: galleries.get(favorite.gallery) ?? null,
    list_id: favorite.list,
    list_name: lists.get(favorite.list)?.name ?? null,
    ...clientFacts(clients.get(favorite.client)),
    note: favorite.note,
    favorites_count: perMedia.get(favorite.media.id) ?? 1,
    created_at: new Date(favorite.at),
    created_human: volatile.ago(favorite.at),
  }));
}

/** One row a list, its photos inside. A list without photos is shown too. */
export function favoriteGroups(collection: Collection, volatile: Volatile): Row[] {
  const inList = new Map<number, Favorite[]>();
  for (const favorite of newestFirst(collection.favorites.values())) {
    const photos = inList.get(favorite.list);
    if (photos) photos.push(favorite);
    else inList.set(favorite.list, [favorite]);
  }
  return collection.lists.map((list: FavoriteList) => {
    const client = collection.clients.find(({ id }) => id === list.client);
    const photos = inList.get(list.id) ?? [];
    return {
      id: list.id,
      name: list.name,
      client: { id: list.client, name: client?.name ?? null, email: client?.email ?? null },
      created_at: new Date(list.createdAt),
      photo_count: photos.length,
      photos: photos.map((favorite) => ({
        id: favorite.media.id,
        type: favorite.media.kind,
        filename: favorite.media.name,
        note: favorite.note,
        gallery_id: favorite.gallery,
        favorited_at: new Date(favorite.at),
        thumbnail_url: volatile.signed(`thumb/${favorite.media.id}.jpg`),
      })),
    };
  });
}

/** One row a download, newest first. */
export function downloadRows(
  collection: Collection,
  volatile: Volatile,
  accept: (download: Download) => boolean,
): Sliceable<Row> {
  return lazily(newestFirst(collection.downloads.values()).filter(accept), (download) => ({
    id: download.id,
    type: download.kind,
    ...mediaFacts(download.media, volatile),
    ...clientFacts(collection.clients.find(({ id }) => id === download.client)),
    pin_used: download.pinUsed,
    photo_count: download.count,
    format: download.format,
    file_size: download.bytes,
    status: download.status,
    part: download.part && `${download.part.number}/${download.part.of}`,
    download_url: download.kind === "gallery" ? volatile.signed(`zip/${download.id}.zip`) : null,
    downloaded_at: new Date(download.at),
    downloaded_human: volatile.ago(download.at),
  }));
}

/** One row a sharing link. */
export function linkRows(collection: Collection, volatile: Volatile, now: number): Row[] {
  return [...collection.links.values()].map((link) => ({
    id: link.id,
    url: `https://smithstudio.pixieset.example/p/${link.token}`,
    photo_id: link.media.id,
    filename: link.media.name,
    permissions: link.permissions,
    expires_at: link.expiresAt === null ? null : new Date(link.expiresAt),
    is_expired: link.expiresAt !== null && link.expiresAt < now,
    usage_count: link.uses,
    preview_url: volatile.signed(`thumb/${link.media.id}.jpg`),
    created_at: new Date(link.createdAt),
  }));
}

/** One row a visitor. */
export function clientRows(collection: Collection): Row[] {
  return collection.clients.map(({ id, name, email, accessLevel, lastAccessed }) => {
    const own = [...collection.favorites.values()].filter(({ client }) => client === id).length;
    return {
      id,
      email,
      name,
      access_level: accessLevel,
      last_accessed: new Date(lastAccessed),
      // Another count that lies now and then.
      favorites_count: own + (id % 7 === 0 ? 3 : 0),
    };
  });
}

/** The owner's own stars. */
export function starredRows(studio: Studio, volatile: Volatile): Row[] {
  return [...studio.starred].map(([id, { collection: owner, at }]) => {
    const collection = studio.collections.get(owner);
    const media = (collection && findMedia(collection, id)) ?? null;
    return {
      id,
      // The row is the photo itself, so that without its id it would be nobody.
      ...mediaFacts(media, volatile),
      collection_id: owner,
      collection_name: collection?.name ?? null,
      is_starred: true,
      starred_at: new Date(at),
    };
  });
}

function newestFirst<T extends { readonly at: number; readonly id: number }>(rows: Iterable<T>): T[] {
  return [...rows].sort((one, two) => two.at - one.at || two.id - one.id);
}
