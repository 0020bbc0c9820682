import { newFavorite } from "../studio/build-activity.js";
import type { Collection, Favorite, FavoriteList, GalleryClient } from "../studio/model.js";
import { UnknownThingError, type World } from "../world.js";
import {
  chooseClient,
  chooseCollection,
  chooseList,
  choosePhoto,
  clientsNamed,
  type Id,
  pickOne,
} from "./choose.js";

/** Which favourites to make; what is left out is picked. */
export interface FavoritesWanted {
  readonly collection?: Id | undefined;
  /** Id, e-mail address or name. A new address becomes a new visitor. */
  readonly client?: Id | undefined;
  /** Id or name. A new name becomes a new list. */
  readonly list?: Id | undefined;
  readonly photo?: Id | undefined;
  readonly note?: string | undefined;
  /** How many photos, 1 unless told. */
  readonly count?: number | undefined;
}

/** Favourites of one client in one list. */
export interface FavoritesMade {
  readonly collection: { readonly id: string; readonly name: string };
  readonly client: { readonly id: string; readonly name: string | null; readonly email: string | null };
  readonly list: { readonly id: string; readonly name: string };
  readonly favorites: readonly {
    readonly id: string;
    readonly photo: { readonly id: string; readonly name: string };
    readonly note: string | null;
  }[];
}

/** Lets a client favourite photos that were not favourites before. */
export function addFavorites(world: World, wanted: FavoritesWanted = {}): FavoritesMade {
  const collection = chooseCollection(world, wanted.collection);
  const client = chooseClient(world, collection, wanted.client);
  const list = chooseList(world, collection, client, wanted.list);
  const made: Favorite[] = [];
  const count = wanted.photo === undefined ? (wanted.count ?? 1) : 1;
  // Picks may fall on favourites that exist; a list that holds nearly every photo ends the search.
  for (let tries = 0; made.length < count && tries < count * 20; tries++) {
    const photo = choosePhoto(world, collection, wanted.photo);
    const before = collection.favorites.size;
    const favorite = newFavorite(
      world.studio,
      collection,
      list,
      photo,
      world.random,
      world.now(),
      wanted.note ?? null,
    );
    if (collection.favorites.size === before) continue;
    made.push(favorite);
    recordFavorite(world, "favorite.added", collection, favorite);
  }
  client.lastAccessed = world.now();
  return describe(collection, client, list, made);
}

/** Which favourites to take back. */
export interface FavoritesUnwanted {
  readonly id?: Id | undefined;
  readonly collection?: Id | undefined;
  readonly client?: Id | undefined;
  readonly photo?: Id | undefined;
  readonly count?: number | undefined;
}

/** Removes favourites; answers with those that were removed. */
export function removeFavorites(world: World, wanted: FavoritesUnwanted = {}): FavoritesMade[] {
  const holding = (collection: Collection): Favorite[] => {
    const clients =
      wanted.client === undefined ? null : clientsNamed(collection, wanted.client).map(({ id }) => id);
    return [...collection.favorites.values()].filter(
      (favorite) =>
        (wanted.id === undefined || favorite.id === Number(wanted.id)) &&
        (wanted.photo === undefined || favorite.media.id === Number(wanted.photo)) &&
        (clients === null || clients.includes(favorite.client)),
    );
  };
  const collections =
    wanted.collection === undefined
      ? [...world.studio.collections.values()]
      : [chooseCollection(world, wanted.collection)];
  const found = collections.flatMap((collection) =>
    holding(collection).map((favorite) => ({ collection, favorite })),
  );
  if (found.length === 0) throw new UnknownThingError("no favorite fits");
  const made: FavoritesMade[] = [];
  const count = Math.min(found.length, wanted.count ?? 1);
  for (let removed = 0; removed < count; removed++) {
    const [chosen] = found.splice(world.random.int(0, found.length - 1), 1);
    if (!chosen) break;
    const { collection, favorite } = chosen;
    collection.favorites.delete(favorite.id);
    recordFavorite(world, "favorite.removed", collection, favorite);
    const client = collection.clients.find(({ id }) => id === favorite.client);
    const list = collection.lists.find(({ id }) => id === favorite.list);
    if (client && list) made.push(describe(collection, client, list, [favorite]));
  }
  return made;
}

/** Changes the note of a favourite, or the name of a whole list. */
export function changeFavorites(
  world: World,
  wanted: {
    readonly collection?: Id | undefined;
    readonly id?: Id | undefined;
    readonly note?: string | undefined;
    readonly list?: Id | undefined;
    readonly name?: string | undefined;
  } = {},
): { readonly collection: string; readonly changed: string; readonly id: string } {
  const filled = [...world.studio.collections.values()].filter(
    ({ favorites }) => favorites.size > 0 && (wanted.id === undefined || favorites.has(Number(wanted.id))),
  );
  const collection =
    wanted.collection === undefined
      ? pickOne(world, filled, "collection with such favorites")
      : chooseCollection(world, wanted.collection);
  const favorites = [...collection.favorites.values()];
  if (wanted.name !== undefined) {
    const lists = collection.lists.filter(({ id, name }) =>
      wanted.list === undefined
        ? favorites.some((favorite) => favorite.list === id)
        : String(id) === String(wanted.list) || name === wanted.list,
    );
    const list = pickOne(world, lists, "such list");
    const before = list.name;
    list.name = wanted.name;
    world.record("list.renamed", collection.id, { list: String(list.id), before, name: wanted.name });
    return { collection: String(collection.id), changed: "list", id: String(list.id) };
  }
  const fitting = favorites.filter(({ id }) => wanted.id === undefined || id === Number(wanted.id));
  const favorite = pickOne(world, fitting, "such favorite");
  favorite.note = wanted.note ?? `${favorite.note ?? "Please retouch"}!`;
  recordFavorite(world, "favorite.updated", collection, favorite);
  return { collection: String(collection.id), changed: "note", id: String(favorite.id) };
}

function recordFavorite(world: World, kind: string, collection: Collection, favorite: Favorite): void {
  const client = collection.clients.find(({ id }) => id === favorite.client);
  world.record(kind, collection.id, {
    favorite: String(favorite.id),
    photo: String(favorite.media.id),
    list: String(favorite.list),
    client: String(favorite.client),
    email: client?.email ?? null,
  });
}

function describe(
  collection: Collection,
  client: GalleryClient,
  list: FavoriteList,
  favorites: readonly Favorite[],
): FavoritesMade {
  return {
    collection: { id: String(collection.id), name: collection.name },
    client: { id: String(client.id), name: client.name, email: client.email },
    list: { id: String(list.id), name: list.name },
    favorites: favorites.map(({ id, media, note }) => ({
      id: String(id),
      photo: { id: String(media.id), name: media.name },
      note,
    })),
  };
}
