import { drawCollection } from "../studio/build.js";
import { newLink } from "../studio/build-activity.js";
import { pickPhoto } from "../studio/media.js";
import { UnknownThingError, type World } from "../world.js";
import { chooseCollection, choosePhoto, type Id } from "./choose.js";

/** A collection that was made, changed or removed. */
export interface CollectionMade {
  readonly id: string;
  readonly name: string;
  readonly photoCount: number;
}

/** A new collection, empty of clients and favourites. */
export function addCollection(
  world: World,
  wanted: { readonly name?: string | undefined; readonly photos?: number | undefined } = {},
): CollectionMade {
  const { collection } = drawCollection(world.studio, world.random, world.now(), wanted);
  world.record("collection.created", collection.id, { name: collection.name });
  return { id: String(collection.id), name: collection.name, photoCount: collection.photoCount };
}

/** Renames a collection or adds photos to it. */
export function changeCollection(
  world: World,
  wanted: {
    readonly id?: Id | undefined;
    readonly name?: string | undefined;
    readonly photos?: number | undefined;
  } = {},
): CollectionMade {
  const collection = chooseCollection(world, wanted.id);
  if (wanted.name !== undefined) collection.name = wanted.name;
  collection.photoCount += wanted.photos ?? 0;
  world.record("collection.updated", collection.id, { name: collection.name, photos: collection.photoCount });
  return { id: String(collection.id), name: collection.name, photoCount: collection.photoCount };
}

/** Removes a collection with everything in it; its paths answer 404 from then on. */
export function removeCollection(
  world: World,
  wanted: { readonly id?: Id | undefined } = {},
): CollectionMade {
  const collection = chooseCollection(world, wanted.id);
  world.studio.collections.delete(collection.id);
  for (const [photo, star] of world.studio.starred) {
    if (star.collection === collection.id) world.studio.starred.delete(photo);
  }
  world.record("collection.removed", collection.id, { name: collection.name });
  return { id: String(collection.id), name: collection.name, photoCount: collection.photoCount };
}

/** A sharing link that was made, changed or removed. */
export interface LinkMade {
  readonly collection: string;
  readonly id: string;
  readonly photo: string;
}

/** A new sharing link, or with an `id` a changed one. */
export function putLink(
  world: World,
  wanted: {
    readonly collection?: Id | undefined;
    readonly id?: Id | undefined;
    readonly permissions?: "view" | "download" | undefined;
    readonly expired?: boolean | undefined;
    readonly removed?: boolean | undefined;
  } = {},
): LinkMade {
  const owner =
    wanted.id === undefined
      ? chooseCollection(world, wanted.collection)
      : [...world.studio.collections.values()].find(({ links }) => links.has(Number(wanted.id)));
  if (!owner) throw new UnknownThingError(`no sharing link ${JSON.stringify(wanted.id)}`);
  const existing = owner.links.get(Number(wanted.id));
  const link =
    existing ?? newLink(world.studio, owner, pickPhoto(owner, world.random), world.random, world.now());
  if (wanted.permissions !== undefined) link.permissions = wanted.permissions;
  if (wanted.expired === true) link.expiresAt = world.now() - 1000;
  if (wanted.removed === true) owner.links.delete(link.id);
  const verb = wanted.removed ? "removed" : wanted.expired ? "expired" : existing ? "updated" : "created";
  world.record(`sharing_link.${verb}`, owner.id, { link: String(link.id), photo: String(link.media.id) });
  return { collection: String(owner.id), id: String(link.id), photo: String(link.media.id) };
}

/** The owner's own star on a photo; starring a starred photo takes the star away. */
export function toggleStar(
  world: World,
  wanted: { readonly collection?: Id | undefined; readonly photo?: Id | undefined } = {},
): { readonly collection: string; readonly photo: string; readonly starred: boolean } {
  const collection = chooseCollection(world, wanted.collection);
  const photo = choosePhoto(world, collection, wanted.photo);
  const starred = !world.studio.starred.delete(photo.id);
  if (starred) world.studio.starred.set(photo.id, { collection: collection.id, at: world.now() });
  world.record(starred ? "photo.starred" : "photo.unstarred", collection.id, { photo: String(photo.id) });
  return { collection: String(collection.id), photo: String(photo.id), starred };
}
